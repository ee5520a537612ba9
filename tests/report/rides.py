"""Readings to be drawn: a simulated rider whose weak leg falls behind, a ride of five hours, one with hostile names."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from legbal.analysis.ride_analysis import RideAnalysis, analyse
from legbal.analysis.ride_trace import RideTrace
from legbal.analysis.summary import RideSummary, Summary
from legbal.app.ride_setup import contribution, with_contributions
from legbal.report.ride import RideDetails
from legbal.ride.inputs import Input, Setup
from legbal.ride.share import BalanceQuality, Share
from legbal.sources.simulator import demo
from tests.meters.profiles import shipped

HOSTILE = (
    "</title></script><script>window.ran = 'text'</script><img src=x onerror=\"window.ran = 'image'\">"
    "<svg onload=\"window.ran = 'svg'\"></svg><!-- ' \" & &lt; \u2028\u2029 \u202e\x00\x1b[31m \ud800"
)
"""A name that would run as a script wherever it is not escaped."""


@cache
def demonstration() -> tuple[Setup, tuple[Input, ...]]:
    """The demonstration with a history, to be ridden: a setup and its inputs."""
    profile = shipped()["favero-assioma-duo"]
    ride = demo(profile, 1)
    setup = Setup(ftp_w=260.0, weak_leg="left", profile=profile)
    setup = with_contributions(setup, [contribution(setup, day.timeline()) for day in ride.earlier(2)])
    return setup, tuple(ride.timeline())


@cache
def falling_behind() -> RideAnalysis:
    """The demonstration, analysed: four intervals, drop-offs of the left leg."""
    found = analyse(*demonstration())
    assert found.summary.dropoffs
    return found


def about(**more: Any) -> RideDetails:
    """A ride with a name and a note."""
    known: dict[str, Any] = {
        "title": "Tuesday threshold",
        "meters": ("ASSIOMA17039",),
        "notes": ((300.0, "left cleat feels loose"),),
        "made_of": "k3wb2n7q",
    }
    return RideDetails(**{**known, **more})


def without_balance(balance: BalanceQuality = "constant") -> RideAnalysis:
    """A quarter of an hour on a meter that measures none."""
    t = np.arange(900.0)
    nothing = np.full(len(t), np.nan)
    ride = RideSummary(
        share=Share(None, None, revolutions=0, power_w=200.0),
        balance=balance,
        reference="unknown",
        duration_s=899.0,
    )
    trace = RideTrace(t, 200 + 20 * np.sin(t / 40), *[nothing] * 5)
    return RideAnalysis(Summary(ride=ride, intervals=(), bands=()), trace, ())


def longer(reading: RideAnalysis, hours: float) -> RideAnalysis:
    """The same ride again and again, second by second, for so long; what is said of it stays."""
    seconds = int(hours * 3600)
    trace = reading.trace
    return RideAnalysis(
        reading.summary,
        RideTrace(
            np.arange(float(seconds)),
            *(
                np.resize(getattr(trace, name), seconds)
                for name in (
                    "power_w",
                    "cadence_rpm",
                    "left_percent",
                    "left_standard_error",
                    "usual_percent",
                    "share_w",
                )
            ),
        ),
        reading.events,
    )
