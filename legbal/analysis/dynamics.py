"""Cycling dynamics: how each leg turned the crank, as its meter measured it, over a ride and its intervals.

They say nothing about the balance and take no part in it. Most come from the records of a FIT file, or from its laps
where the records have none; over Bluetooth (0x2A63) some meters send the dead spots, and nothing else of all this.
Names and units of `FitDynamics` are those of the FIT profile, messages record, lap and session; it counts an angle in
256ths of a turn, which the decoder has turned into degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import msgspec
import numpy as np

from legbal.errors import DecodeError
from legbal.gatt.fields import BY_NAME
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import MEASUREMENT
from legbal.ride.inputs import FIT_LAP, FIT_RECORD, Input, Notification
from legbal.ride.view import Floats

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

_LONGEST_S = 10.0  # between two records; longer, and nobody knows what lay between
_SLACK_S = 3.0  # by which a lap and an interval may differ and still be the same
_MOST_PCO_MM = 127
_DEAD_SPOTS = ("top_dead_spot_angle_deg", "bottom_dead_spot_angle_deg")
_SAYS_DEAD_SPOTS = sum(1 << (BY_NAME[name].bit or 0) for name in _DEAD_SPOTS)
_COLUMNS = (*NUMBERS, *(f"{name}_{end}" for name in ANGLES for end in ("start", "end")), *_DEAD_SPOTS)
_POINTLESS = 1e-6  # the length of a mean direction that is none

Phase = tuple[float, float]


class LegDynamics(msgspec.Struct, frozen=True, gc=False):
    """How one leg pedalled, as means over the pedalling that carried the value; None where nothing told it.

    Angles are degrees, 0 up to 360, of this leg's crank from its top dead centre in the direction of pedalling.

    Attributes:
        torque_effectiveness_percent: of this leg's forward work what was left after its backward work.
        pedal_smoothness_percent: mean power of a revolution in parts of its greatest.
        platform_centre_offset_mm: where the foot pressed; above 0 away from the bicycle.
        power_phase_start_deg: where this leg began to drive the crank forward; `power_phase_end_deg` where it ended.
        peak_phase_start_deg: where the part began that does most of the work; `peak_phase_end_deg` where it ended.
        seconds: of pedalling that carried any of these.
    """

    torque_effectiveness_percent: float | None = None
    pedal_smoothness_percent: float | None = None
    platform_centre_offset_mm: float | None = None
    power_phase_start_deg: float | None = None
    power_phase_end_deg: float | None = None
    peak_phase_start_deg: float | None = None
    peak_phase_end_deg: float | None = None
    seconds: float = 0.0


class Dynamics(msgspec.Struct, frozen=True, gc=False):
    """Both legs' cycling dynamics over some pedalling; `seconds` is the pedalling that carried any of it.

    Attributes:
        combined_pedal_smoothness_percent: of both legs together, from a meter with one sensor for both.
        top_dead_spot_deg: where the least torque is met near the top, both legs together; `bottom_dead_spot_deg`
            near the bottom. Degrees of the crank, from meters that send them over Bluetooth.
    """

    left: LegDynamics = LegDynamics()
    right: LegDynamics = LegDynamics()
    combined_pedal_smoothness_percent: float | None = None
    top_dead_spot_deg: float | None = None
    bottom_dead_spot_deg: float | None = None
    seconds: float = 0.0


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
    """What a FIT record or lap among a ride's inputs says; None where it cannot be read.

    Head units write 0 where a meter gives none, so a share of 0 % and a phase without length are taken out, as is what
    no leg can do.

    Args:
        item: the record or lap.
        swap_sides: the pedals were on the wrong sides: left is right.
    """
    try:
        told = _decoder.decode(item.data)
    except msgspec.MsgspecError:
        return None
    changes: dict[str, None] = {}
    for name in NUMBERS:
        value = getattr(told, name)
        possible = abs(value or 0) <= _MOST_PCO_MM if name.endswith("_pco") else 0 < (value or 0) <= 100
        if not possible:
            changes[name] = None
    for name in ANGLES:
        phase = getattr(told, name)
        if phase is not None and (not all(0 <= x <= 360 for x in phase) or phase[0] == phase[1]):
            changes[name] = None
    told = msgspec.structs.replace(told, **changes)
    return _exchanged(told) if swap_sides else told


def has_dynamics(item: Notification) -> bool:
    """Whether an input says anything of the cycling dynamics."""
    told = dynamics_of(item)
    return told is not None and any(getattr(told, name) is not None for name in (*NUMBERS, *ANGLES))


def _exchanged(told: FitDynamics) -> FitDynamics:
    changes = {}
    for name in (*NUMBERS, *ANGLES):
        side, _, what = name.partition("_")
        if side in ("left", "right"):
            changes[name] = getattr(told, f"{'right' if side == 'left' else 'left'}_{what}")
    return msgspec.structs.replace(told, **changes)


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
    return type(value) is int or (type(value) is float and math.isfinite(value))


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
    found = {}
    for item in inputs:
        if isinstance(item, Notification) and item.uuid == FIT_RECORD:
            told = dynamics_of(item, swap_sides=swap_sides)
            if told is not None and told.pedalling:
                found[math.ceil(item.t)] = told
    return found


class CyclingDynamics:
    """Takes in the inputs of a ride, in order, and then gives their dynamics over any part of it.

    Means are over time, as head units' own are, and over pedalling alone; angles are averaged around the circle.

    Args:
        swap_sides: the pedals were on the wrong sides: left is right.
    """

    def __init__(self, *, swap_sides: bool = False) -> None:
        self._swap_sides = swap_sides
        self._rows: list[tuple[float | None, ...]] = []  # when each begins and ends, its seconds, its columns
        self._before: dict[str, float] = {}

    def feed(self, item: Input) -> None:
        """Takes in one input; all that say nothing of it are passed over."""
        if not isinstance(item, Notification):
            return
        if item.uuid == MEASUREMENT:
            if len(item.data) > 1 and (item.data[0] | item.data[1] << 8) & _SAYS_DEAD_SPOTS:
                self._measured(item)
        elif item.uuid in (FIT_RECORD, FIT_LAP):
            self._told(item)

    def listen(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """The same inputs, each taken in as it passes."""
        for item in inputs:
            self.feed(item)
            yield item

    def _told(self, item: Notification) -> None:
        """A record stands for the time since the one before it; a lap for all of its own."""
        told = dynamics_of(item, swap_sides=self._swap_sides)
        if told is None:
            return
        values = msgspec.structs.asdict(told)
        for name in ANGLES:
            values[f"{name}_start"], values[f"{name}_end"] = values[name] or (None, None)
        if item.uuid == FIT_RECORD:
            seconds = self._since_before(item)
            if told.pedalling:
                self._add(item.t, item.t, seconds, values)
        elif told.start is not None and told.seconds is not None and 0 < told.seconds <= item.t + _SLACK_S:
            self._add(told.start + _SLACK_S, item.t - _SLACK_S, told.seconds, values)

    def _measured(self, item: Notification) -> None:
        try:
            m = decode(item.data)
        except DecodeError:
            return
        seconds = self._since_before(item)
        if m.power_w > 0:
            spots = {name: getattr(m, name) for name in _DEAD_SPOTS}
            known = {name: x for name, x in spots.items() if x is not None and x <= 360}
            self._add(item.t, item.t, seconds, known)

    def _add(self, began: float, ended: float, seconds: float, values: Mapping[str, float | None]) -> None:
        self._rows.append((began, ended, seconds, *map(values.get, _COLUMNS)))

    def _since_before(self, item: Notification) -> float:
        since = item.t - self._before.get(item.meter, item.t - 1.0)
        self._before[item.meter] = item.t
        return since if since <= _LONGEST_S else 1.0

    @cached_property
    def _table(self) -> Floats:
        """All rows, shape (n, columns). A platform offset that is 0 all ride is one that nobody measured."""
        table = np.array(self._rows, dtype=np.float64).reshape(len(self._rows), 3 + len(_COLUMNS))
        sides = [3 + _COLUMNS.index(f"{side}_pco") for side in ("left", "right")]
        if not np.nan_to_num(table[:, sides]).any():
            table[:, sides] = np.nan
        return table

    def over(self, start_s: float = -math.inf, end_s: float = math.inf) -> Dynamics | None:
        """The means over the pedalling from `start_s` to `end_s`, ride seconds; None where nothing told any.

        Without bounds, over the whole ride. Of laps those count that lie within.
        """
        rows = self._table
        means = _Means(rows[(rows[:, 0] > start_s) & (rows[:, 1] <= end_s)])
        seconds = means.seconds(_COLUMNS)
        if not seconds:
            return None
        return Dynamics(
            left=means.leg("left"),
            right=means.leg("right"),
            combined_pedal_smoothness_percent=means.of("combined_pedal_smoothness"),
            top_dead_spot_deg=means.of("top_dead_spot_angle_deg"),
            bottom_dead_spot_deg=means.of("bottom_dead_spot_angle_deg"),
            seconds=seconds,
        )


class _Means:
    """Means of columns over some rows, weighted by the seconds that each row stands for."""

    def __init__(self, rows: Floats) -> None:
        self._values = rows[:, 3:]
        self._weights = np.where(np.isnan(self._values), 0.0, rows[:, 2:3])

    def of(self, name: str) -> float | None:
        """The mean of a column; None where no row has it, or its angles point everywhere alike."""
        at = _COLUMNS.index(name)
        weight, value = self._weights[:, at], np.nan_to_num(self._values[:, at])
        total = weight.sum()
        if not total:
            return None
        if name in NUMBERS:
            return float(weight @ value / total)
        turned = weight @ np.exp(1j * np.radians(value)) / total
        return None if abs(turned) < _POINTLESS else round(float(np.degrees(np.angle(turned))), 6) % 360

    def seconds(self, names: Sequence[str]) -> float:
        """Of the rows that have any of these columns."""
        columns = [_COLUMNS.index(name) for name in names]
        return float(self._weights[:, columns].max(axis=1, initial=0.0).sum())

    def leg(self, side: Literal["left", "right"]) -> LegDynamics:
        """One leg's means."""
        return LegDynamics(
            torque_effectiveness_percent=self.of(f"{side}_torque_effectiveness"),
            pedal_smoothness_percent=self.of(f"{side}_pedal_smoothness"),
            platform_centre_offset_mm=self.of(f"{side}_pco"),
            power_phase_start_deg=self.of(f"{side}_power_phase_start"),
            power_phase_end_deg=self.of(f"{side}_power_phase_end"),
            peak_phase_start_deg=self.of(f"{side}_power_phase_peak_start"),
            peak_phase_end_deg=self.of(f"{side}_power_phase_peak_end"),
            seconds=self.seconds([name for name in _COLUMNS if name.startswith(side)]),
        )
