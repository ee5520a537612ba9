"""The columns of a ride's table, which CSV and Parquet share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from legbal.files.fit.dynamics import FitDynamics
from legbal.ride.resample import BySecond

_RIDE = ("second", "time", "power_w", "cadence_rpm", "left_percent", "interval")
# cycling dynamics: column → the record's field, and which of its two angles
_DYNAMICS: dict[str, tuple[str, int | None]] = {
    **{
        f"{side}_{what}_percent": (f"{side}_{what}", None)
        for what in ("torque_effectiveness", "pedal_smoothness")
        for side in ("left", "right")
    },
    "combined_pedal_smoothness_percent": ("combined_pedal_smoothness", None),
    **{f"{side}_platform_centre_offset_mm": (f"{side}_pco", None) for side in ("left", "right")},
    **{
        f"{side}_{phase}_{end}_deg": (f"{side}_{field}", at)
        for side in ("left", "right")
        for phase, field in (("power_phase", "power_phase"), ("peak_phase", "power_phase_peak"))
        for at, end in enumerate(("start", "end"))
    },
}
COLUMNS = (*_RIDE, *_DYNAMICS)

Row = tuple[int, tuple[float | None, ...]]
_NONE = FitDynamics()


def rows(ride: BySecond, dynamics: Mapping[int, FitDynamics]) -> Iterator[Row]:
    """Every second of a ride, and all columns but that and the time, None where nothing is known.

    A second belongs to the interval in which it ends.
    """
    number = {
        t: stretch.number for stretch in ride.stretches for t in range(stretch.start + 1, stretch.end + 1)
    }
    for x in ride.seconds:
        told = _turned(dynamics.get(x.t, _NONE))
        values = _short(x.power_w), _short(x.cadence_rpm), _short(x.left_percent), number.get(x.t)
        yield x.t, (*values, *told)


def _turned(told: FitDynamics) -> Iterator[float | None]:
    for field, at in _DYNAMICS.values():
        value = getattr(told, field)
        yield _short(value if value is None or at is None else value[at])


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
