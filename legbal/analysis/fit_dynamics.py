"""Cycling dynamics in a FIT file: what its records, laps and sessions say of them.

Fields and units are those of the FIT profile, messages record, lap and session; it counts an angle in 256ths of a turn,
which the decoder has turned into degrees.
"""

import math
from collections.abc import Iterable, Mapping
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
# What one record, or a lap on the average, says: its `COLUMNS`, and power and cadence. A lap says `start` and `seconds`
# too: the ride second at which it began, and its length.
FitDynamics = dict[str, float]

_NUMBERS = (int, float)  # as JSON is read: a truth is none
_MOST = 1e12  # of any number in a file
_ABOUT = ("power", "cadence", "start", "seconds")
# what a leg can do; head units write 0 where a meter gives no share
_OF_UNIT = {"percent": (math.ulp(0.0), 100.0), "mm": (-127.0, 127.0), "deg": (0.0, 360.0)}
_LIMITS = {field: _OF_UNIT[columns[0].rpartition("_")[2]] for field, columns in FIELDS.items()}
_SWAPPED = {
    name: name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_")
    for name in COLUMNS
}

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
    for field, columns in FIELDS.items():
        stated = fields.get(field)
        if stated is None:  # as most are, in most files: this is read for every second of a ride
            continue
        numbers = [stated] if len(columns) == 1 else stated
        if not isinstance(numbers, list) or len(numbers) != len(columns):
            continue
        least, most = _LIMITS[field]
        for x in numbers:
            if type(x) not in _NUMBERS or not least <= x <= most:
                break
        else:
            if len(set(numbers)) == len(columns):
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


def is_pedalling(values: FitDynamics) -> bool:
    """Whether the cranks turned under power; of a record without, the rest is left over from before."""
    return values.get("power", 0.0) > 0 and values.get("cadence", 1.0) > 0


def by_second(inputs: Iterable[Input], *, swap_sides: bool = False) -> dict[int, FitDynamics]:
    """What the records of a ride say in the second that ends at each whole ride second; of several the last."""
    records = (item for item in inputs if isinstance(item, Notification) and item.uuid == FIT_RECORD)
    read = ((math.ceil(item.t), dynamics_of(item, swap_sides=swap_sides)) for item in records)
    return {second: values for second, values in read if is_pedalling(values)}
