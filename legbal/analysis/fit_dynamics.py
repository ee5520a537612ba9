"""Cycling dynamics in a FIT file: what its records, laps and sessions say of them.

Fields and units are those of the FIT profile, messages record, lap and session; it counts an angle in 256ths of a turn,
which the decoder has turned into degrees.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

import msgspec

from legbal.ride.inputs import FIT_RECORD, Input, Notification

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
# What one record says: its `COLUMNS`, and power and cadence.
FitDynamics = dict[str, float]
# a number for each of some records and laps, NaN where it says none
Column = Sequence[float]

_NUMBERS = (int, float)  # as JSON is read: a truth is none
_MOST = 1e12  # of any number in a file
_ABOUT = ("power", "cadence", "start", "seconds")
# what a leg can do; head units write 0 where a meter gives no share
_OF_UNIT = {"percent": (math.ulp(0.0), 100.0), "mm": (-127.0, 127.0), "deg": (0.0, 360.0)}
_LIMITS = dict.fromkeys(_ABOUT, (math.nextafter(-_MOST, 0), math.nextafter(_MOST, 0))) | {
    field: _OF_UNIT[columns[0].rpartition("_")[2]] for field, columns in FIELDS.items()
}
_SWAPPED = {
    name: name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_")
    for name in COLUMNS
}

_Stated = msgspec.defstruct("_Stated", [(field, Any, None) for field in _LIMITS], gc=False)
_decode = msgspec.json.Decoder(_Stated).decode


def dynamics_of(items: Sequence[Notification], *, swap_sides: bool = False) -> dict[str, Column]:
    """What FIT records or laps among a ride's inputs say: for each name a number an item, NaN where it says none.

    The names are those of `COLUMNS`, and power and cadence; of a lap, whose numbers are averages, `start` and `seconds`
    too: the ride second at which it began, and its length. What cannot be read says nothing. Head units write 0 where a
    meter gives none, so a share of 0 % and a phase without length are taken out, as is what no leg can do.

    Args:
        items: the records and laps.
        swap_sides: the pedals were on the wrong sides: left is right.
    """
    columns: dict[str, Column] = dict.fromkeys((*_ABOUT, *COLUMNS), (math.nan,) * len(items))
    fields = zip(*map(_fields, items), strict=True)
    for (field, limits), stated in zip(_LIMITS.items(), fields, strict=False):
        if stated.count(None) < len(items):  # most fields are stated nowhere, in most files
            names = FIELDS.get(field, (field,))
            columns |= zip(names, (_phases if len(names) > 1 else _numbers)(stated, *limits), strict=True)
    return {_SWAPPED.get(name, name): x for name, x in columns.items()} if swap_sides else columns


def _fields(item: Notification) -> tuple[Any, ...]:
    try:
        return msgspec.structs.astuple(_decode(item.data))
    except msgspec.MsgspecError:
        return (None,) * len(_LIMITS)


def _numbers(stated: Sequence[Any], least: float, most: float) -> tuple[Column]:
    return ([float(x) if type(x) in _NUMBERS and least <= x <= most else math.nan for x in stated],)


def _phases(stated: Sequence[Any], least: float, most: float) -> Iterable[Column]:
    pairs = [x if isinstance(x, list) and len(x) == 2 else (None, None) for x in stated]
    bounds = zip(*(_numbers(x, least, most)[0] for x in zip(*pairs, strict=True)), strict=True)
    none = math.nan, math.nan
    return zip(*[x if x[0] != x[1] and x[0] == x[0] and x[1] == x[1] else none for x in bounds], strict=True)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a field holds a number that JSON can tell."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST


def have_dynamics(items: Sequence[Notification]) -> bool:
    """Whether any of these records and laps says anything of the cycling dynamics."""
    columns = dynamics_of(items)
    return any(x == x for name in COLUMNS for x in columns[name])


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


def is_pedalling(columns: Mapping[str, Column]) -> list[bool]:
    """Whether the cranks turned under power, of each record; of one without, the rest is left over from before."""
    both = zip(columns["power"], columns["cadence"], strict=True)
    return [power > 0 and not cadence <= 0 for power, cadence in both]


def by_second(inputs: Iterable[Input], *, swap_sides: bool = False) -> dict[int, FitDynamics]:
    """What the records of a ride say in the second that ends at each whole ride second; of several the last."""
    records = [item for item in inputs if isinstance(item, Notification) and item.uuid == FIT_RECORD]
    columns = dynamics_of(records, swap_sides=swap_sides)
    return {
        math.ceil(item.t): {name: x for name, x in zip(columns, values, strict=True) if x == x}
        for item, pedalling, *values in zip(records, is_pedalling(columns), *columns.values(), strict=True)
        if pedalling
    }
