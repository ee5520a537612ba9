"""What bounds the numbers of a ride that is over: as while it lasted, but for what is said of a missing half."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from legbal.meters.limits import Remark, RemarkOrText
from legbal.ride.events import Event, MeterChange

if TYPE_CHECKING:  # it brings numpy along, which whoever reads a summary does without
    from legbal.ride.view import RideView

_ONE_SIDED = ("pair.not_heard_yet", "pair.missing")
_TOTALS = ("pair.same_power", "pair.total", "pair.total_of_two")


def in_retrospect(
    view: "RideView", events: Iterable[Event] = (), power_w: Sequence[float] = ()
) -> tuple[RemarkOrText, ...]:
    """The limits of a ride by its last view, the most important first.

    A half that never came, or was missing in the end, is told as that; and of each leg that was heard alone with what
    watts, over how many seconds of pedalling, as far as `events` and `power_w` tell that: the latter of each
    second, 0 or NaN where none was told. Where there was no balance for want of a half, nothing is said of what such a
    balance is worth.
    """
    alone, no_balance = tuple(_legs_alone(events, power_w)), view.balance == "absent"
    remarks: list[RemarkOrText] = []
    for remark in view.limits:
        code = "" if isinstance(remark, str) else remark.code
        if code in _ONE_SIDED:
            remarks += [_when_over(remark, no_balance), *alone]
        elif code == "pair.one_side":
            remarks += alone or (remark,)
        elif not (view.one_sided and no_balance and code.startswith("limit.")):
            remarks.append(remark)
    if view.pauses:
        remarks.append(Remark("ride.pauses", {"seconds": view.paused_s}))
    return tuple(remarks)


def _when_over(remark: RemarkOrText, no_balance: bool) -> Remark:
    assert isinstance(remark, Remark)
    if remark.code == "pair.not_heard_yet":
        return Remark("pair.never_heard", remark.values)
    return Remark("pair.never_together" if no_balance else "pair.was_missing", remark.values)


def _legs_alone(events: Iterable[Event], power_w: Sequence[float]) -> Iterator[Remark]:
    """For each side that was heard alone: when, over how many seconds of pedalling, with what watts in the mean."""
    watts = dict[str, list[tuple[int, float]]]()
    spans = _spans(events)
    for (begin, side), (end, _) in zip(spans, [*spans[1:], (float(len(power_w)), "")], strict=True):
        if side:
            of_seconds = enumerate(power_w[int(begin) + 1 : int(end) + 1], int(begin) + 1)
            watts.setdefault(side, []).extend((t, x) for t, x in of_seconds if x and x == x)
    for side, pedalled in sorted(watts.items()):
        if pedalled:
            yield Remark(
                "pair.alone",
                {
                    "side": side,
                    "since_s": float(pedalled[0][0] - 1),
                    "until_s": float(pedalled[-1][0]),
                    "seconds": float(len(pedalled)),
                    "power_w": sum(power_w for _, power_w in pedalled) / len(pedalled),
                },
            )


def _spans(events: Iterable[Event]) -> list[tuple[float, str]]:
    """From when on which side alone was heard, "" for both or neither; what a later word disproved is left out."""
    spans = [(0.0, "")]
    for event in events:
        if not isinstance(event, MeterChange) or isinstance(event.remark, str):
            continue
        code, values = event.remark.code, event.remark.values
        if code in _ONE_SIDED:
            spans.append((event.t, str(values["other"])))
        elif code in _TOTALS or (code == "balance.reference" and values["side"] == "right"):
            spans = [(0.0, "")]
        elif code == "pair.complete":
            spans.append((event.t, ""))
    return spans
