"""Cycling dynamics: how each leg turned the crank, as its meter measured it, over a ride and its intervals.

They say nothing about the balance and take no part in it. Most come from the records of a FIT file, or from its laps
where the records have none; over Bluetooth (0x2A63) some meters send the dead spots, and nothing else of all this.
Fields and units of FIT files are those of the FIT profile, messages record, lap and session; it counts an angle in
256ths of a turn, which the decoder has turned into degrees.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeGuard

import msgspec
import numpy as np

from legbal.errors import DecodeError
from legbal.gatt.fields import BY_NAME
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import MEASUREMENT
from legbal.ride.inputs import FIT_LAP, FIT_RECORD, Input, Notification
from legbal.ride.view import Floats

# each field of a FIT file with the columns in which its value is told, of a phase its start and its end
FIELDS: dict[str, tuple[str, ...]] = {
    "left_torque_effectiveness": ("left_torque_effectiveness_percent",),
    "right_torque_effectiveness": ("right_torque_effectiveness_percent",),
    "left_pedal_smoothness": ("left_pedal_smoothness_percent",),
    "right_pedal_smoothness": ("right_pedal_smoothness_percent",),
    "combined_pedal_smoothness": ("combined_pedal_smoothness_percent",),
    "left_pco": ("left_platform_centre_offset_mm",),
    "right_pco": ("right_platform_centre_offset_mm",),
    "left_power_phase": ("left_power_phase_start_deg", "left_power_phase_end_deg"),
    "left_power_phase_peak": ("left_peak_phase_start_deg", "left_peak_phase_end_deg"),
    "right_power_phase": ("right_power_phase_start_deg", "right_power_phase_end_deg"),
    "right_power_phase_peak": ("right_peak_phase_start_deg", "right_peak_phase_end_deg"),
}
COLUMNS = tuple(column for columns in FIELDS.values() for column in columns)
# What one record, or a lap on the average, says: its `COLUMNS`, and power and cadence. A lap says `start` and `seconds`
# too: the ride second at which it began, and its length.
FitDynamics = dict[str, float]

_LONGEST_S = 10.0  # between two records; longer, and nobody knows what lay between
_SLACK_S = 3.0  # by which a lap and an interval may differ and still be the same
_MOST = 1e12  # of any number in a file
_ABOUT = ("power", "cadence", "start", "seconds")
# what a leg can do; head units write 0 where a meter gives no share
_LIMITS = {"percent": (math.ulp(0.0), 100.0), "mm": (-127.0, 127.0), "deg": (0.0, 360.0)}
_SWAPPED = {
    name: name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_")
    for name in COLUMNS
}
_DEAD_SPOTS = ("top_dead_spot_angle_deg", "bottom_dead_spot_angle_deg")
_SAYS_DEAD_SPOTS = sum(1 << (BY_NAME[name].bit or 0) for name in _DEAD_SPOTS)
_ALL = (*COLUMNS, *_DEAD_SPOTS)
_POINTLESS = 1e-6  # the length of a mean direction that is none


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


_decoder = msgspec.json.Decoder(dict[str, Any])


def dynamics_of(item: Notification, *, swap_sides: bool = False) -> FitDynamics:
    """What a FIT record or lap among a ride's inputs says; nothing where it cannot be read.

    Head units write 0 where a meter gives none, so a share of 0 % and a phase without length are taken out, as is what
    no leg can do.

    Args:
        item: the record or lap.
        swap_sides: the pedals were on the wrong sides: left is right.
    """
    try:
        fields = _decoder.decode(item.data)
    except msgspec.MsgspecError:
        return {}
    values = {name: float(fields[name]) for name in _ABOUT if is_number(fields.get(name))}
    for field, stated in values_of(fields).items():
        columns = FIELDS[field]
        numbers = [stated] if len(columns) == 1 else stated
        least, most = _LIMITS[columns[0].rpartition("_")[2]]
        if all(least <= x <= most for x in numbers) and len(set(numbers)) == len(columns):
            values |= zip(columns, map(float, numbers), strict=True)
    return {_SWAPPED.get(name, name): x for name, x in values.items()} if swap_sides else values


def is_number(value: object) -> TypeGuard[float]:
    """Whether a field holds a number that JSON can tell."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST


def has_dynamics(item: Notification) -> bool:
    """Whether a record or lap says anything of the cycling dynamics."""
    return not dynamics_of(item).keys().isdisjoint(COLUMNS)


def values_of(message: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The dynamics that a decoded FIT message has, by the names that a record's have.

    A lap has more in the array of a phase than its start and end: its length and centre, which follow from them.

    Args:
        message: a record, lap or session.
        prefix: what stands before those names in it: "avg_" in laps and sessions.
    """
    values: dict[str, Any] = {}
    for field, columns in FIELDS.items():
        value = message.get(prefix + field)
        if len(columns) == 1 and is_number(value):
            values[field] = value
        elif isinstance(value, list) and len(value) >= len(columns) > 1 and all(map(is_number, value[:2])):
            values[field] = value[:2]
    return values


def lap_values(lap: Mapping[str, Any], start: float, end: float) -> bytes | None:
    """A lap's or session's dynamics as `Notification.data` of a "fit:lap"; None where it has none.

    Args:
        lap: the decoded message.
        start: the ride second at which it began.
        end: at which it ended.
    """
    values = values_of(lap, "avg_")
    if not values:
        return None
    average = {name: lap[f"avg_{name}"] for name in ("power", "cadence") if is_number(lap.get(f"avg_{name}"))}
    return msgspec.json.encode({"start": start, "seconds": end - start} | values | average)


def _pedalled(values: FitDynamics) -> bool:
    """Whether the cranks turned under power; of a record without, the rest is left over from before."""
    return values.get("power", 0.0) > 0 and values.get("cadence", 1.0) > 0


def by_second(inputs: Iterable[Input], *, swap_sides: bool = False) -> dict[int, FitDynamics]:
    """What the records of a ride say in the second that ends at each whole ride second; of several the last."""
    records = (item for item in inputs if isinstance(item, Notification) and item.uuid == FIT_RECORD)
    read = ((math.ceil(item.t), dynamics_of(item, swap_sides=swap_sides)) for item in records)
    return {second: values for second, values in read if _pedalled(values)}


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
        if item.uuid == MEASUREMENT and int.from_bytes(item.data[:2], "little") & _SAYS_DEAD_SPOTS:
            self._measured(item)
        elif item.uuid in (FIT_RECORD, FIT_LAP):
            self._take_record(item)

    def listen(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """The same inputs, each taken in as it passes."""
        for item in inputs:
            self.feed(item)
            yield item

    def _take_record(self, item: Notification) -> None:
        """A record stands for the time since the one before it; a lap for all of its own."""
        values = dynamics_of(item, swap_sides=self._swap_sides)
        start, seconds = values.get("start"), values.get("seconds", 0.0)
        if item.uuid == FIT_RECORD:
            seconds = self._since_before(item)
            if _pedalled(values):
                self._add(item.t, item.t, seconds, values)
        elif start is not None and 0 < seconds <= item.t + _SLACK_S:
            self._add(start + _SLACK_S, item.t - _SLACK_S, seconds, values)

    def _measured(self, item: Notification) -> None:
        try:
            m = decode(item.data)
        except DecodeError:
            return
        seconds = self._since_before(item)
        if m.power_w > 0:
            spots = {name: getattr(m, name) for name in _DEAD_SPOTS}
            angles = {name: x for name, x in spots.items() if x is not None and x <= 360}
            self._add(item.t, item.t, seconds, angles)

    def _add(self, start: float, end: float, seconds: float, values: Mapping[str, float | None]) -> None:
        self._rows.append((start, end, seconds, *map(values.get, _ALL)))

    def _since_before(self, item: Notification) -> float:
        since = item.t - self._before.get(item.meter, item.t - 1.0)
        self._before[item.meter] = item.t
        return since if since <= _LONGEST_S else 1.0

    @cached_property
    def _table(self) -> Floats:
        """All rows, shape (n, columns). A platform offset that is 0 all ride is one that nobody measured."""
        table = np.array(self._rows, dtype=np.float64).reshape(len(self._rows), 3 + len(_ALL))
        sides = [3 + _ALL.index(f"{side}_platform_centre_offset_mm") for side in ("left", "right")]
        if not np.nan_to_num(table[:, sides]).any():
            table[:, sides] = np.nan
        return table

    def over(self, start_s: float = -math.inf, end_s: float = math.inf) -> Dynamics | None:
        """The means over the pedalling from `start_s` to `end_s`, ride seconds; None where nothing told any.

        Without bounds, over the whole ride. Of laps those count that lie within.
        """
        rows = self._table
        means = _Means(rows[(rows[:, 0] > start_s) & (rows[:, 1] <= end_s)])
        seconds = means.seconds(_ALL)
        if not seconds:
            return None
        return Dynamics(
            left=means.leg("left"),
            right=means.leg("right"),
            combined_pedal_smoothness_percent=means.of("combined_pedal_smoothness_percent"),
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
        at = _ALL.index(name)
        weight, value = self._weights[:, at], np.nan_to_num(self._values[:, at])
        total = weight.sum()
        if not total:
            return None
        if not name.endswith("_deg"):
            return float(weight @ value / total)
        turned = weight @ np.exp(1j * np.radians(value)) / total
        return None if abs(turned) < _POINTLESS else round(float(np.degrees(np.angle(turned))), 6) % 360

    def seconds(self, names: Sequence[str]) -> float:
        """Of the rows that have any of these columns."""
        return float(self._weights[:, [*map(_ALL.index, names)]].max(axis=1, initial=0.0).sum())

    def leg(self, side: Literal["left", "right"]) -> LegDynamics:
        """One leg's means."""
        columns = [name for name in COLUMNS if name.startswith(side)]
        return LegDynamics(
            **{name.removeprefix(f"{side}_"): self.of(name) for name in columns},
            seconds=self.seconds(columns),
        )
