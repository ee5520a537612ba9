"""A made-up year of rides for the screen of months: two meters, and one change between."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from legbal.analysis.change import BandEffect, ChangeReport, MeterEffect
from legbal.analysis.meter_days import Effect
from legbal.analysis.months import Change, MeanShare, RideShare
from legbal.analysis.posterior import CredibleInterval, certainty
from legbal.analysis.trend import BandTrend, MeterAnswer, MeterTrend, Month, Trend
from legbal.ride.share import Share

METER = "ASSIOMA 17039"
BOUNDS = ((0.0, 0.55), (0.55, 0.75), (0.75, 0.9), (0.9, 1.05), (1.05, 1.2), (1.2, None))
NAMES = ("<55 %", "55–75 %", "75–90 %", "90–105 %", "105–120 %", ">120 %")


def trend() -> tuple[Trend, tuple[ChangeReport, ...]]:
    """A year on one meter, and a month on another."""
    change = Change(
        number=1,
        kind="fit",
        first_day=date(2026, 6, 10),
        last_day=date(2026, 6, 10),
        words="left cleat [2°] in",
    )
    first = [_band(i, 0.04 if i == 3 else 0.0) for i in range(6)]
    meters = (
        MeterTrend(
            meter=METER,
            balance="measured",
            reference="left",
            swapped=False,
            answer=MeterAnswer(
                verdict="likely",
                shape="line",
                slope=effect(0.12, 0.05, 0.9),
                since=change.first_day,
                level=CredibleInterval(48.4, 47.9, 48.9),
                plateau=None,
                recovery_days=None,
                unnoted=(),
                last=None,
                day_sd=0.6,
                wander_sd=0.3,
                memory_days=20.0,
                rides_needed=9,
            ),
            bands=tuple(first),
        ),
        MeterTrend(
            meter="power2max",
            balance="estimated",
            reference="left",
            swapped=True,
            answer=None,
            bands=(_band(2, 0.0, 4),),
        ),
    )
    effects = tuple(
        BandEffect(
            band=band.band,
            low_ftp=band.low_ftp,
            high_ftp=band.high_ftp,
            rows=(),
            before=MeanShare(share=Share(47.6, 0.2, seconds=60000, revolutions=90000), rides=20),
            after=MeanShare(share=Share(48.6, 0.2, seconds=66000, revolutions=99000), rides=22),
            difference=effect(1.0, 0.3, 0.99),
            smallest=0.6,
            needed=0,
            verdict="clear",
        )
        for band in first
    )
    report = ChangeReport(
        change=change,
        before=(date(2026, 1, 1), date(2026, 6, 9)),
        after=(date(2026, 6, 11), date(2026, 11, 21)),
        meters=(
            MeterEffect(
                meter=METER,
                balance="measured",
                reference="left",
                swapped=False,
                before=20,
                after=22,
                bands=effects,
                difference=effect(1.0, 0.3, 0.99),
                smallest=0.6,
                needed=0,
                verdict="clear",
            ),
        ),
    )
    return Trend(meters=meters, changes=(change,)), (report,)


def _band(i: int, slope: float, months: int = 11) -> BandTrend:
    low, high = BOUNDS[i]
    scatter = np.random.default_rng(i).normal(0, 0.7, 8 * months)
    rows = tuple(
        RideShare(
            share=Share(
                49.5 - 0.4 * i + slope * number / 2 + float(scatter[number]),
                0.4,
                seconds=900.0,
                revolutions=1300,
                power_w=100.0 + 40 * i,
            ),
            ride=f"ride{number:04}",
            started=datetime(2026, 1, 3, 17, tzinfo=UTC) + timedelta(days=3.7 * number),
        )
        for number in range(8 * months)
    )
    return BandTrend(
        band=NAMES[i],
        low_ftp=low,
        high_ftp=high,
        rows=rows,
        months=tuple(
            Month(
                share=Share(49.5 - 0.4 * i + slope * 4 * month, 0.3, revolutions=9000),
                first_day=date(2026, month, 1),
                rides=8,
            )
            for month in range(1, months + 1)
        ),
        slope=None if months < 5 else effect(slope * 4, 0.05, 0.97 if slope else 0.1),
        verdict="too_few" if months < 5 else "clear" if slope else "unknown",
    )


def effect(value: float, error: float, probability: float) -> Effect:
    """A change with a normal posterior."""
    return Effect(
        value=value,
        standard_error=error,
        low=value - 1.96 * error,
        high=value + 1.96 * error,
        probability=probability,
        certainty=certainty(probability),
        between_sd=0.6,
    )
