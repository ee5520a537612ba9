"""Summaries and trends as the rows of a study's tables, column → value."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from legbal.analysis.dynamics import LegDynamics
from legbal.analysis.summary import Summary
from legbal.analysis.trend import MeterTrend
from legbal.present.objects import plain
from legbal.present.trend import of_trend

# what of a leg's cycling dynamics has a column in tables of rides, behind the side
MEASURED_LEG = tuple(name for name in LegDynamics.__struct_fields__ if name != "seconds")


def summary_rows(summary: Summary) -> Iterator[dict[str, Any]]:
    """A summary as rows of a table, column → value: of the whole ride, and of each of its bands with pedalling in it.

    A table takes the values that it has columns for.
    """
    ride, drift = summary.ride, summary.drift
    whole = plain(ride) | {
        "band": "ride",
        "seconds": sum(band.share.seconds for band in summary.bands),
        "intervals": len(summary.intervals),
        "dropoffs": len(summary.dropoffs),
        "drift_points_per_hour": drift and drift.value,
        "drift_standard_error": drift and drift.standard_error,
    }
    if ride.dynamics is not None:
        for side, leg in (("left", ride.dynamics.left), ("right", ride.dynamics.right)):
            whole |= {f"{side}_{name}": getattr(leg, name) for name in MEASURED_LEG}
        whole["combined_pedal_smoothness_percent"] = ride.dynamics.combined_pedal_smoothness_percent
    yield whole
    for band in summary.bands:
        if band.share.seconds:
            yield {"balance": ride.balance, "reference": ride.reference, **plain(band), "band": band.name}


def trend_rows(trends: Iterable[MeterTrend]) -> Iterator[dict[str, Any]]:
    """Trends as rows of a table, one for each meter and power band; times in UTC."""
    for meter in trends:
        for band in meter.bands:
            slope = band.slope
            yield {
                "meter": meter.meter,
                "balance": meter.balance,
                "reference": meter.reference,
                "swapped": meter.swapped,
                "band": band.band,
                "low_ftp": band.low_ftp,
                "high_ftp": band.high_ftp,
                "rides": len(band.rows),
                "first": band.rows[0].started.astimezone(UTC),
                "last": band.rows[-1].started.astimezone(UTC),
                "points_per_month": slope and slope.value,
                "standard_error": slope and slope.standard_error,
                "low": slope and slope.low,
                "high": slope and slope.high,
                "p_value": slope and slope.p_value,
                "between_sd": slope and slope.between_sd,
                "verdict": band.verdict,
                "words": of_trend(band),
            }
