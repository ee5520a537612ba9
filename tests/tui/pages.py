"""Made-up but plausible rides for the review screens: a season of them, and one read whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from legbal.analysis.change import ChangeReport
from legbal.analysis.leg_dynamics import Dynamics, LegDynamics
from legbal.analysis.power_analysis import DetectableChange, MinimumDetectableChange, VarianceComponents
from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.ride_trace import RideTrace
from legbal.analysis.summary import (
    BandDifference,
    FirstLast,
    IntervalSummary,
    RideSummary,
    SpanAverages,
    Summary,
)
from legbal.analysis.trend import Trend
from legbal.app.review import ReviewService
from legbal.app.ride_values import AnalysedRide
from legbal.app.rides import ListItem
from legbal.config import Settings
from legbal.library.rides import RideRow
from legbal.ride.events import Alert
from legbal.ride.share import BandShare, Estimate, Share
from tests.analysis.dropoffs import dropoff
from tests.tui.months import BOUNDS, METER, NAMES, trend

BEGAN = datetime(2026, 11, 21, 7, 42, tzinfo=UTC)
INTERVALS = tuple((900.0 + 600 * i, 1200.0 + 600 * i) for i in range(5))
LENGTH = 4500.0


def kept(number: int = 1, **changes: Any) -> RideRow:
    """One ride of the season."""
    ride = RideRow(
        number=number,
        id=f"ride{number:04}",
        started=BEGAN - timedelta(days=3 * (number - 1)),
        source="ride",
        title=("Threshold 5×5", "Endurance, river", "", "Over-unders [v2]")[(number - 1) % 4],
        note="",
        version="0.1",
        state="done",
        duration_s=LENGTH + 300 * (number % 5),
        inputs=6000,
        lost=0,
        meters=(METER,),
    )
    return msgspec.structs.replace(ride, **changes)


def entry(number: int = 1, **changes: Any) -> ListItem:
    """The ride as the list has it; `changes` are its own or its share's."""
    left = 47.9 + (number * 7 % 23) / 6
    made = ListItem(
        kept(number),
        Share(left, 0.3, revolutions=6650),
        "measured",
        tuple(Share(left + 1.2 - i / 2, 0.4, 300.0 if i < 5 else 4.0, 450) for i in range(6)),
    )
    of_share = {name: changes.pop(name) for name in Share.__struct_fields__ if name in changes}
    return msgspec.structs.replace(made, share=msgspec.structs.replace(made.share, **of_share), **changes)


def season() -> list[ListItem]:
    """Rides of all kinds, newest first."""
    rides = [entry(number) for number in range(1, 31)]
    rides[2] = entry(3, ride=kept(3, source="demo", title="Demonstration"))
    rides[4] = entry(5, ride=kept(5, state="interrupted", lost=12, title="[red]foreign\x1b[31m"))
    rides[5] = entry(6, balance="constant", left_percent=None, standard_error=None, bands=())
    rides[7] = entry(8, balance="estimated", ride=kept(8, meters=("power2max 311", "left", "right")))
    rides[9] = entry(10, balance=None, left_percent=None, standard_error=None, bands=())
    return rides


def trace() -> RideTrace:
    """Each interval lower on the left than the one before, hard minutes, a stop."""
    t = np.arange(LENGTH + 1)
    noise = np.convolve(np.random.default_rng(17039).normal(0, 1.2, t.size + 29), np.ones(30) / 30, "valid")
    left, power = 49.4 + 2.2 * noise, np.full(t.size, 150.0)
    usual = np.full(t.size, 49.4)
    for number, (start, end) in enumerate(INTERVALS):
        inside = (t >= start) & (t <= end)
        left[inside] -= 0.4 + 0.6 * number * (t[inside] - start) / 300
        power[inside], usual[inside] = 265.0, 48.8
    stopped = (t > 4000) & (t < 4060)
    error = np.full(t.size, 0.8)
    for column in (left, error, usual):
        column[stopped] = np.nan
    power[stopped] = 0.0
    return RideTrace(
        t=t,
        power_w=power,
        cadence_rpm=np.where(stopped, 0.0, 91.0),
        left_percent=left,
        left_standard_error=error,
        usual_percent=usual,
        share_w=power,
    )


def summary(**changes: Any) -> Summary:
    """All that can be said of it."""
    whole = RideSummary(
        share=Share(48.6, 0.2, revolutions=6650, power_w=189.0),
        balance="measured",
        reference="left",
        duration_s=LENGTH,
        dynamics=Dynamics(
            left=LegDynamics(torque_effectiveness_percent=71.0, pedal_smoothness_percent=21.0),
            right=LegDynamics(torque_effectiveness_percent=78.0, pedal_smoothness_percent=23.0),
        ),
    )
    made = Summary(
        ride=whole,
        intervals=tuple(
            IntervalSummary(
                share=Share(48.6 - 0.3 * i, 0.4, revolutions=15, power_w=265.0 + i),
                number=i + 1,
                start_s=start,
                end_s=end,
                slope_per_minute=-0.2 * i,
                slope_error=0.15,
                usual_percent=48.8,
            )
            for i, (start, end) in enumerate(INTERVALS)
        ),
        bands=tuple(
            BandShare(
                name,
                low,
                high,
                Share(
                    49.6 - 0.4 * i if i != 5 else None,
                    0.3 if i != 5 else None,
                    seconds=900.0 if i != 5 else 3.0,
                    revolutions=1350 if i != 5 else 4,
                    power_w=120.0 + 40 * i,
                ),
            )
            for i, ((low, high), name) in enumerate(zip(BOUNDS, NAMES, strict=True))
        ),
        limits=("The balance comes in steps of 1 %.",),
        drift=Estimate(-0.8, 0.3),
        first_last=FirstLast(first=1, last=5, difference=Estimate(-1.4, 0.5)),
        contrasts=(
            BandDifference(
                band="90–105 %",
                against="55–75 %",
                difference=Estimate(-0.8, 0.3),
            ),
        ),
        dropoffs=(
            dropoff(
                3420.0,
                3.1,
                SpanAverages(share=Share(48.4, 0.6, 120.0, 15, 266.0), cadence_rpm=91.0, seconds=120.0),
                SpanAverages(share=Share(45.4, 0.5, 130.0, 15, 264.0), cadence_rpm=89.0, seconds=130.0),
                told_s=3456.0,
                cleared_s=3590.0,
                sure=0.97,
                back_after_s=150.0,
            ),
        ),
        smallest=MinimumDetectableChange(
            scatter=VarianceComponents(within_se=0.4, between_sd=0.6),
            each=(
                DetectableChange(rides=1, points=None),
                DetectableChange(rides=5, points=1.4),
                DetectableChange(rides=10, points=0.9),
            ),
        ),
    )
    return msgspec.structs.replace(made, **changes)


def page(**changes: Any) -> AnalysedRide:
    """The ride, read whole; `changes` are its summary's."""
    told = Alert(
        t=3456.0,
        kind="dropoff",
        side="left",
        points=3.1,
        present_percent=45.4,
        reference_percent=48.5,
        since=3420.0,
        revolutions=50,
        sure=0.97,
    )
    reading = RideAnalysis(summary(**changes), trace(), (told,))
    return AnalysedRide(reading, ((2000.0, "new [b]saddle[/b]"), (3500.0, "left knee \x1b[31m")))


class MadeUp(ReviewService):
    """These rides, without a library."""

    def __init__(self) -> None:
        super().__init__(Settings(), Path("nowhere"))
        self._made = season()

    def items(self, limit: int | None = None, *_: object, **__: object) -> list[ListItem]:
        return self._made[:limit]

    def item(self, name: str, *, compared: bool = True) -> ListItem:
        del compared
        return next(made for made in self._made if made.ride.id == name)

    def summary(self, ride: RideRow) -> Summary | None:
        del ride  # all are the same within
        return summary()

    def detail(self, ride: RideRow, tell: Callable[[float], None] = lambda _: None) -> AnalysedRide:
        tell(0.0)
        del ride
        return page()

    def trend(self, **_: object) -> Trend:
        return trend()[0]

    def change_reports(self, *_: object, **__: object) -> list[ChangeReport]:
        return list(trend()[1])

    def waiting(self) -> int:
        return 0
