"""Months of rides that nobody rode, as the library's rows have them; their trend is reckoned by the real code."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np

from legbal.analysis.months import Change, DatedRide, RideBands
from legbal.analysis.trend import Trend, meter_trends
from legbal.ride.share import BandShare, Share

# name, bounds in parts of FTP, left share at the beginning, points by which it moves in a month
_BANDS = (
    ("<55 %", 0.0, 0.55, 49.4, 0.0),
    ("55–75 %", 0.55, 0.75, 49.0, 0.02),
    ("75–90 %", 0.75, 0.90, 48.4, 0.05),
    ("90–105 %", 0.90, 1.05, 47.2, 0.16),
)


def rides_of_months(
    rides: int, *, days: int = 300, seed: int = 1, meter: str = "ASSIOMA17039"
) -> list[DatedRide]:
    """So many rides over so many days, a share that moves with time at high power."""
    random = np.random.default_rng(seed)
    begin = datetime(2026, 1, 3, 17, 30, tzinfo=timezone(timedelta(hours=1)))
    found = []
    for number, day in enumerate(np.sort(random.uniform(0, days, rides))):
        away = random.normal(0, 0.5)
        bands = []
        for name, low, high, at_first, a_month in _BANDS:
            seconds = float(random.uniform(100, 2500))
            error = 6.0 / np.sqrt(seconds / 1.5) + 0.1
            left = at_first + a_month * day / 30.4 + away + random.normal(0, error)
            share = Share(
                left_percent=float(left),
                standard_error=float(error),
                seconds=seconds,
                revolutions=int(seconds * 1.4),
                power_w=260 * (low + high) / 2,
            )
            bands.append(BandShare(name, low, high, share))
        rows = RideBands(meter=meter, balance="measured", reference="left", swapped=False, bands=tuple(bands))
        started = begin + timedelta(days=float(day))
        found.append(DatedRide(ride=f"ride{number:04}", started=started, rows=rows))
    return found


def months_of_rides(rides: int, *, days: int = 300, seed: int = 1, meter: str = "ASSIOMA17039") -> Trend:
    """The trend of such rides, and two changes."""
    found = rides_of_months(rides, days=days, seed=seed, meter=meter)
    changes = (
        Change(
            number=1,
            kind="fit",
            first_day=date(2026, 3, 14),
            last_day=date(2026, 3, 14),
            words="left cleat 2° in",
        ),
        Change(
            number=2,
            kind="training",
            first_day=date(2026, 6, 1),
            last_day=date(2026, 7, 5),
            words="single-leg strength, twice a week",
        ),
    )
    return Trend(meters=meter_trends(found), changes=changes)


def several_meters(*rides: tuple[str, int, int]) -> Trend:
    """Of each meter (its name, rides, days) a trend, all beginning on one day; the two changes in common."""
    found = [
        months_of_rides(count, days=days, seed=n, meter=meter) for n, (meter, count, days) in enumerate(rides)
    ]
    return Trend(meters=tuple(x for trend in found for x in trend.meters), changes=found[0].changes)
