"""The meter families that are known here, legbal's and the rider's own; which of them sent some inputs, and now.

A recorded ride keeps its packets and the setup that it was ridden with; the profile of its meter may have been
corrected since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import cache

import msgspec

from legbal import config
from legbal.library.rides import Library, RideRow
from legbal.meters.identify import profile_by
from legbal.meters.profile import UNLISTED, Profile, parse
from legbal.ride.inputs import Input, Notification, Setup, is_measured


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile that is known here; of two with one id the later file's. Raises ProfileError."""
    parsed = (parse(text, name) for name, text in config.profile_texts().items())
    return tuple({profile.id: profile for profile in parsed}.values())


def profile_of(inputs: Sequence[Input], families: Iterable[Profile] | None = None) -> Profile:
    """Which of these families the meter belongs to that sent the last of these notifications; None: of all known."""
    sent = [item for item in inputs if isinstance(item, Notification)]
    if not sent:
        return UNLISTED
    name = sent[-1].meter
    values = {item.uuid: item.data for item in sent if item.meter == name}
    return profile_by(profiles() if families is None else families, name or None, values)


def preamble(inputs: Iterable[Input]) -> list[Input]:
    """The inputs up to the first measurement, that one included: by them a ride knows its meter."""
    first = []
    for item in inputs:
        first.append(item)
        if is_measured(item):
            break
    return first


def with_current_profile(setup: Setup, first: Sequence[Input], profiles: Iterable[Profile]) -> Setup:
    """A recorded ride's setup with the profile that its meter has now; all else is as it was ridden with.

    Args:
        setup: what it was ridden with.
        first: its preamble, by which the meter is known.
        profiles: the families as they are known now, the rider's own included.
    """
    then, known = setup.profile, tuple(profiles)
    now = profile_of(first, known)
    if now is UNLISTED:
        now = next((profile for profile in known if profile.id == then.id), then)
    if now.id == then.id and now.reference == "flag":  # then the rider may have said whose balance it is
        now = msgspec.structs.replace(now, reference=then.reference)
    return msgspec.structs.replace(setup, profile=now)


def current_setup(library: Library, ride: RideRow, profiles: Iterable[Profile]) -> Setup:
    """A kept ride's setup with the profile that its meter has now; a demonstration keeps its own."""
    setup = library.setup(ride)
    if ride.source == "demo":
        return setup
    inputs = library.inputs(ride)
    with closing(inputs):
        return with_current_profile(setup, preamble(inputs), profiles)
