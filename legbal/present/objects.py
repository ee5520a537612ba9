"""Results as JSON and a study's tables have them, and a summary back: the one place that knows where names differ.

JSON, and what libraries keep, has the fields of a `Share` or an `Estimate` among those of the object that holds it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from legbal.analysis.leg_dynamics import LegDynamics
from legbal.analysis.months import DatedZero
from legbal.analysis.summary import (
    Summary,
)
from legbal.gatt.fields import TORQUE_PER_NM
from legbal.present.remarks import remark

Kind = TypeVar("Kind", bound=msgspec.Struct)

# By the struct's name, so that the one need not load what the other is made of: the field whose own fields stand
# among the object's, and the object's names in order.
_NAMES: dict[str, tuple[str, str]] = {
    "RideSummary": (
        "share",
        "left_percent left_standard_error balance reference power_w duration_s seconds revolutions left_w right_w"
        " cadence_rpm usual_percent heart_rate dynamics",
    ),
    "IntervalSummary": (
        "share",
        "number start_s end_s left_percent left_standard_error power_w slope_per_minute slope_error left_w right_w"
        " usual_percent dropoffs heart_rate dynamics seconds revolutions",
    ),
    "BandShare": (
        "share",
        "name low_ftp high_ftp left_percent left_standard_error seconds revolutions power_w left_w right_w",
    ),
    "SpanAverages": ("share", "left_percent left_standard_error power_w left_w right_w cadence_rpm seconds"),
    "RideShare": ("share", "ride started left_percent standard_error seconds revolutions power_w"),
    "Month": ("share", "first_day left_percent standard_error rides"),
    "MeanShare": ("share", "rides revolutions seconds left_percent standard_error"),
    "FirstLast": ("difference", "first last difference standard_error"),
    "BandDifference": ("difference", "band against difference standard_error low high"),
    "DropOffSummary": (
        "difference",
        "side told_s since_s cleared_s ended points sure before during after difference standard_error back_after_s"
        " covered",
    ),
    "RideComparison": ("difference", "shares difference standard_error low high"),
    "BandTrend": (
        "slope",
        "band low_ftp high_ftp rows months slope_per_month slope_error low high p_value between_sd verdict probability",
    ),
    "BandEffect": (
        "difference",
        "band low_ftp high_ftp before after difference standard_error low high p_value between_sd smallest needed"
        " verdict probability",
    ),
    "MeterEffect": (
        "difference",
        "meter balance reference swapped bands before after difference standard_error low high smallest needed verdict"
        " probability tiring",
    ),
    "ChangeReport": ("", "change before after meters pending together joined zeros meter_wrong"),
    "Estimate": ("", "slope_per_hour slope_error"),  # by itself it is a drift
}
_OTHERWISE = {
    "left_standard_error": "standard_error",
    "difference": "value",
    "slope_per_month": "value",
    "slope_per_hour": "value",
    "slope_error": "standard_error",
}

# what a zero offset is of → its unit, and the raw steps of one
_UNITS = {"torque": ("N·m", TORQUE_PER_NM), "force": ("N", 1), None: (None, None)}

# what of a leg's cycling dynamics has a column in tables of rides, behind the side
MEASURED_LEG = tuple(name for name in LegDynamics.__struct_fields__ if name != "seconds")


def plain(value: Any) -> Any:
    """A result as objects, arrays and values under JSON's names; values other than structs stay as they are."""
    if isinstance(value, tuple | list):
        return [plain(x) for x in value]
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: plain(_value_at(value, path)) for name, path in _paths(type(value))}
    if isinstance(value, DatedZero):
        return zero_fields(value)
    if isinstance(value, Summary):
        _repeat_levels(fields)
    return fields


def summary_fields(summary: Summary) -> dict[str, Any]:
    """A summary as JSON has it: its remarks in words, and no count of revolutions where records stood for them."""
    fields: dict[str, Any] = plain(
        msgspec.structs.replace(summary, limits=tuple(map(remark, summary.limits)))
    )
    if summary.is_timed:
        _leave_uncounted(fields)
    return fields


def _leave_uncounted(fields: Any) -> None:
    for name, value in fields.items() if isinstance(fields, dict) else enumerate(fields):
        if name == "revolutions":
            fields[name] = None
        elif isinstance(value, dict | list):
            _leave_uncounted(value)


def _repeat_levels(summary: dict[str, Any]) -> None:
    """Has what is compared stand beside each difference, too."""
    left = {band["name"]: band["left_percent"] for band in summary["bands"]}
    for difference in summary["contrasts"]:
        for name in ("band", "against"):
            difference[f"{name}_percent"] = left[difference[name]]
    comparison = summary["first_last"]
    if comparison is not None:
        compared = (comparison["first"], comparison["last"])
        for name in ("power_w", "left_percent"):
            comparison[name] = [x[name] for x in summary["intervals"] if x["number"] in compared]


def structured(value: Any, kind: type[Kind], dec_hook: Callable[[type, Any], Any] | None = None) -> Kind:
    """The inverse of `plain` for summaries and what holds one; `dec_hook` as of `msgspec.convert`.

    What was not kept of a share is 0. Where nobody counted revolutions, they are None.
    Raises msgspec.ValidationError.
    """
    return msgspec.convert(_nested(value, kind), kind, dec_hook=dec_hook)


def zero_fields(zero: DatedZero) -> dict[str, Any]:
    """A zero offset as JSON has it: its value in its unit beside the raw one, None where the meter says no unit."""
    raw, (unit, per_unit) = zero.offset_raw, _UNITS[zero.measures]
    return {
        "number": zero.number,
        "meter": zero.meter,
        "set_at": zero.set_at,
        "origin": zero.origin,
        "ride": zero.ride,
        "offset_raw": raw,
        "offset": None if raw is None or per_unit is None else raw / per_unit,
        "unit": unit,
        "step_raw": zero.step and zero.step.step,
        "usual_step_raw": zero.step and zero.step.usual,
        "jump": zero.step is not None and zero.step.jump,
        "company": zero.company,
        "company_data": zero.company_data,
    }


def summary_rows(summary: Summary) -> Iterator[dict[str, Any]]:
    """A summary as rows of a table, column → value: of the whole ride, and of each of its bands with pedalling in it.

    A table takes the values that it has columns for.
    """
    ride, drift = summary.ride, summary.drift
    uncounted = {"revolutions": None} if summary.is_timed else {}
    whole = (
        plain(ride)
        | uncounted
        | {
            "band": "ride",
            "seconds": sum(band.share.seconds for band in summary.bands),
            "intervals": len(summary.intervals),
            "dropoffs": len(summary.dropoffs),
            "drift_points_per_hour": drift and drift.value,
            "drift_standard_error": drift and drift.standard_error,
        }
    )
    if ride.dynamics is not None:
        for side, leg in (("left", ride.dynamics.left), ("right", ride.dynamics.right)):
            whole |= {f"{side}_{name}": getattr(leg, name) for name in MEASURED_LEG}
        whole["combined_pedal_smoothness_percent"] = ride.dynamics.combined_pedal_smoothness_percent
    yield whole
    for band in summary.bands:
        if band.share.seconds:
            yield {
                "balance": ride.balance,
                "reference": ride.reference,
                **plain(band),
                **uncounted,
                "band": band.name,
            }


@cache
def _paths(kind: type) -> list[tuple[str, list[str]]]:
    """JSON's names of an object's fields, each with the attributes that lead to it."""
    fields: tuple[str, ...] = kind.__struct_fields__  # type: ignore[attr-defined]  # all of them are structs
    within, names = _NAMES.get(kind.__name__, ("", " ".join(fields)))
    own = set(fields) - {within}
    inner = [within] if within else []
    return [(name, [name] if name in own else [*inner, _OTHERWISE.get(name, name)]) for name in names.split()]


def _value_at(value: Any, path: list[str]) -> Any:
    for name in path:
        value = None if value is None else getattr(value, name)
    return value


@cache
def _kinds(kind: type) -> dict[str, type]:
    """The structs that a struct's fields hold, also in a tuple or beside None."""
    return {
        name: kind_of
        for name, hint in get_type_hints(kind).items()
        for kind_of in (hint, *get_args(hint))
        if isinstance(kind_of, type) and issubclass(kind_of, msgspec.Struct)
    }


def _nested(value: Any, kind: type | None) -> Any:
    if isinstance(value, list):
        return [_nested(x, kind) for x in value]
    if not isinstance(value, dict) or kind is None:
        return value
    fields = {name: _nested(x, _kinds(kind).get(name)) for name, x in value.items()}
    inner: dict[str, Any] = {}
    for name, path in _paths(kind):
        if name in value and path != [name]:
            (inner if len(path) > 1 else fields)[path[-1]] = value[name]
    within, _ = _NAMES.get(kind.__name__, ("", ""))
    if within == "share":
        inner.setdefault("revolutions", None)
    if within:
        fields[within] = None if inner.get("value", 0) is None else inner
    return fields
