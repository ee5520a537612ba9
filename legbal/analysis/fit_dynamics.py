"""The cycling dynamics of FIT files: as records and laps tell them, and as the inputs of a ride carry them.

Names and units are those of the FIT profile, messages record, lap and session; it counts an angle in 256ths of a turn,
which the decoder has turned into degrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil, isfinite
from typing import Any

import msgspec

from legbal.ride.inputs import FIT_LAP, FIT_RECORD, Input, Notification

NUMBERS = (
    "left_torque_effectiveness",
    "right_torque_effectiveness",
    "left_pedal_smoothness",
    "right_pedal_smoothness",
    "combined_pedal_smoothness",
    "left_pco",
    "right_pco",
)
ANGLES = ("left_power_phase", "left_power_phase_peak", "right_power_phase", "right_power_phase_peak")

Phase = tuple[float, float]


class FitDynamics(msgspec.Struct, frozen=True, gc=False):
    """What one record, or a lap on the average, says of how the legs turned the crank; None where it says nothing.

    Torque effectiveness and pedal smoothness in percent, platform centre offset (pco) in mm, a power phase as its start
    and end in degrees. `start` and `seconds`, of a lap alone: the ride second at which it began, and its length.
    """

    power: float | None = None
    cadence: float | None = None
    start: float | None = None
    seconds: float | None = None
    left_torque_effectiveness: float | None = None
    right_torque_effectiveness: float | None = None
    left_pedal_smoothness: float | None = None
    right_pedal_smoothness: float | None = None
    combined_pedal_smoothness: float | None = None
    left_pco: float | None = None
    right_pco: float | None = None
    left_power_phase: Phase | None = None
    left_power_phase_peak: Phase | None = None
    right_power_phase: Phase | None = None
    right_power_phase_peak: Phase | None = None

    @property
    def pedalling(self) -> bool:
        """Whether the cranks turned under power; of a record without, the rest is left over from before."""
        return self.power is not None and self.power > 0 and (self.cadence is None or self.cadence > 0)


_decoder = msgspec.json.Decoder(FitDynamics)


def dynamics_of(item: Notification, *, swap_sides: bool = False) -> FitDynamics | None:
    """What a FIT record or lap among a ride's inputs says; None for any other input and for what cannot be read.

    Head units write 0 where a meter gives none, so a share of 0 % and a phase without length are taken out, as is what
    no leg can do.

    Args:
        item: the input.
        swap_sides: the pedals were on the wrong sides: left is right.
    """
    if item.uuid not in (FIT_RECORD, FIT_LAP):
        return None
    try:
        told = _decoder.decode(item.data)
    except msgspec.MsgspecError:
        return None
    changes: dict[str, Any] = {}
    for name in NUMBERS:
        value = getattr(told, name)
        highest = 127 if name.endswith("_pco") else 100
        if value is not None and (not -127 <= value <= highest or (highest == 100 and value <= 0)):
            changes[name] = None
    for name in ANGLES:
        phase = getattr(told, name)
        if phase is not None and (not all(0 <= x <= 360 for x in phase) or phase[0] == phase[1]):
            changes[name] = None
    if changes:
        told = msgspec.structs.replace(told, **changes)
    return _exchanged(told) if swap_sides else told


def has_dynamics(item: Notification) -> bool:
    """Whether an input says anything of the cycling dynamics."""
    told = dynamics_of(item)
    return told is not None and any(getattr(told, name) is not None for name in (*NUMBERS, *ANGLES))


def _exchanged(told: FitDynamics) -> FitDynamics:
    def other(name: str) -> str:
        side, _, what = name.partition("_")
        return {"left": "right_", "right": "left_"}[side] + what

    sided = (name for name in (*NUMBERS, *ANGLES) if not name.startswith("combined"))
    return msgspec.structs.replace(told, **{name: getattr(told, other(name)) for name in sided})


def values_of(message: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The dynamics that a decoded FIT message has, by the names that a record's have.

    A lap has more in the array of a phase than its start and end: its length and centre, which follow from them.

    Args:
        message: a record, lap or session.
        prefix: what stands before those names in it: "avg_" in laps and sessions.
    """
    values = {name: message[prefix + name] for name in NUMBERS if is_number(message.get(prefix + name))}
    for name in ANGLES:
        phase = message.get(prefix + name)
        if isinstance(phase, list) and len(phase) >= 2 and all(map(is_number, phase[:2])):
            values[name] = phase[:2]
    return values


def is_number(value: object) -> bool:
    """Whether a field holds a number that JSON can tell."""
    return type(value) is int or (type(value) is float and isfinite(value))


def lap_values(lap: Mapping[str, Any], start: float, end: float) -> bytes | None:
    """A lap's or session's dynamics as `Notification.data` of a "fit:lap"; None where it has none.

    Args:
        lap: the decoded message.
        start: the ride second at which it began.
        end: at which it ended.
    """
    values = values_of(lap, "avg_") | {
        name: lap[f"avg_{name}"] for name in ("power", "cadence") if is_number(lap.get(f"avg_{name}"))
    }
    if not values.keys() & {*NUMBERS, *ANGLES}:
        return None
    return msgspec.json.encode({"start": start, "seconds": end - start} | values)


def by_second(inputs: Iterable[Input], *, swap_sides: bool = False) -> dict[int, FitDynamics]:
    """What the records of a ride say in the second that ends at each whole ride second; of several the last."""
    return dict(_by_second(inputs, swap_sides))


def _by_second(inputs: Iterable[Input], swap_sides: bool) -> Iterator[tuple[int, FitDynamics]]:
    for item in inputs:
        if isinstance(item, Notification) and item.uuid == FIT_RECORD:
            told = dynamics_of(item, swap_sides=swap_sides)
            if told is not None and told.pedalling:
                yield ceil(item.t), told
