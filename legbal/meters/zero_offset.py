"""A zero offset that a meter answered with, and whether it lies off what this meter usually answers."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from legbal.gatt.characteristics import Feature
from legbal.gatt.control_point import (
    START_ENHANCED_OFFSET_COMPENSATION,
    START_OFFSET_COMPENSATION,
    SUCCESS,
    Reply,
    parse_reply,
)
from legbal.median import median
from legbal.meters.identify import features_of

# Steps from one zero to the next that tell what is usual: with fewer, one warm day would set the measure.
LEAST_STEPS = 4
# The level to which a zero is held: the median of so many before it, so that one odd zero is no level.
_LEVEL = 5
# A jump is more than so many standard deviations; a normal distribution's is 1.4826 times the median of its sizes.
_DEVIATIONS, _SD_PER_MEDIAN = 5.0, 1.4826
# Raw steps: a meter whose zero never moved may count one up without a reason.
_LEAST_JUMP = 2.0


class ZeroOffset(msgspec.Struct, frozen=True):
    """A zero offset that was set.

    Attributes:
        offset_raw: the offset that the meter reports, in its own unit; None where it reports none.
        measures: what its sensor measures, and so what the offset is of: force in N, torque in 1/32 N·m; None
            where it does not say.
        company: the company number of `company_data`, None where there is none.
        company_data: what the maker adds to the answer, as hex; whatever else followed the offset, too.
    """

    offset_raw: int | None = None
    measures: Literal["force", "torque"] | None = None
    company: int | None = None
    company_data: str = ""


def read_zero_offset(answer: bytes, features: bytes | None) -> ZeroOffset | None:
    """The zero offset in an answer of the control point; None where it is no such answer, or says that none was set.

    Args:
        answer: a value of characteristic 0x2A66.
        features: the value of the meter's characteristic 0x2A65; None: not known.
    """
    for request in (START_OFFSET_COMPENSATION, START_ENHANCED_OFFSET_COMPENSATION):
        reply = parse_reply(answer, request)
        if reply is not None and reply.result == SUCCESS:
            return offset_in(reply, features)
    return None


def offset_in(reply: Reply, features: bytes | None) -> ZeroOffset:
    """The zero offset in a reply that says that one was set; `features` as of `read_zero_offset`."""
    bits = features_of(features)
    return ZeroOffset(
        offset_raw=reply.values.get("offset"),
        measures=None if bits is None else Feature(bits).context,
        company=reply.values.get("company"),
        company_data=reply.values.get("company_data", reply.rest.hex()),
    )


class ZeroStep(msgspec.Struct, frozen=True):
    """How far a zero lies from those before it, in the meter's raw unit.

    Attributes:
        step: from the last one before it.
        usual: the size of the meter's usual step, the median of those before; None: too few to say.
        jump: it is farther off than this meter's zero usually moves, from the last one and from the level before.
    """

    step: int
    usual: float | None = None
    jump: bool = False


def step_of(raw: int, earlier: Sequence[int]) -> ZeroStep | None:
    """How far a zero lies from the earlier ones of the same meter and unit, the earliest first; None: there is none.

    >>> step_of(14, [10, 12, 11, 13, 12])
    ZeroStep(step=2, usual=1.5, jump=False)
    >>> step_of(90, [10, 12, 11, 13, 12])
    ZeroStep(step=78, usual=1.5, jump=True)
    >>> step_of(12, [10, 12, 11, 13, 12, 90])  # back where it was
    ZeroStep(step=-78, usual=2.0, jump=False)
    """
    if not earlier:
        return None
    step = raw - earlier[-1]
    sizes = [abs(after - before) for before, after in pairwise(earlier)]
    if len(sizes) < LEAST_STEPS:
        return ZeroStep(step)
    usual = median(sizes)
    limit = max(_DEVIATIONS * _SD_PER_MEDIAN * usual, _LEAST_JUMP)
    return ZeroStep(step, usual, min(abs(step), abs(raw - median(earlier[-_LEVEL:]))) > limit)
