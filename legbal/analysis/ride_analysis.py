"""One reading of a recorded ride: its summary, its trace second by second and all its events, of a single fold."""

from collections.abc import Iterable

import msgspec
import numpy as np

from legbal.analysis.comparisons import RideRevolutions, band_differences, first_last
from legbal.analysis.dropoff_analysis import dropoffs, spans
from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.effort_analysis import efforts
from legbal.analysis.head_unit import HeadUnit
from legbal.analysis.one_usual import with_usual
from legbal.analysis.power_analysis import VarianceComponents, smallest
from legbal.analysis.retrospect import in_retrospect
from legbal.analysis.summary import (
    Summary,
    longest_band,
    summarise,
)
from legbal.ride.balance import Tally
from legbal.ride.events import Event, Lap
from legbal.ride.inputs import Input, Setup
from legbal.ride.resample import ResampledRide, resample
from legbal.ride.view import Floats

WINDOW_S = 30  # over which a trace's share reaches, as `RideView.last_30s`


class RideTrace(msgspec.Struct, frozen=True):
    """A ride second by second: arrays of shape (n,), NaN where nothing can be said.

    Attributes:
        t: the end of each second, ride seconds.
        power_w: as the meter stated it; `cadence_rpm`: at that moment.
        left_percent: the work-weighted left share over the 30 s before, with `left_standard_error` in points; both
            only where as many revolutions stand behind them as behind a share in a table.
        usual_percent: the left share that was usual then, at the power of that moment.
        share_w: mean watts of the revolutions behind `left_percent`.
    """

    t: Floats
    power_w: Floats
    cadence_rpm: Floats
    left_percent: Floats
    left_standard_error: Floats
    usual_percent: Floats
    share_w: Floats


class RideAnalysis(msgspec.Struct, frozen=True):
    """What a ride was, as the same code says it that runs live."""

    summary: Summary
    trace: RideTrace
    events: tuple[Event, ...]


def analyse(setup: Setup, inputs: Iterable[Input], *, lenient: bool = False) -> RideAnalysis:
    """Reads a whole ride.

    Args:
        setup: what it was ridden with.
        inputs: in order of time.
        lenient: as of `resample`.
    """
    summary, ride = _summarised(setup, inputs, lenient=lenient)
    return RideAnalysis(summary, _trace(ride, setup.profile.resolution_percent), ride.events)


def summarise_ride(setup: Setup, inputs: Iterable[Input]) -> Summary:
    """The summary of `analyse` alone, in three fifths of the time: what many rides are read for."""
    return _summarised(setup, inputs, lenient=False)[0]


def _summarised(setup: Setup, inputs: Iterable[Input], *, lenient: bool) -> tuple[Summary, ResampledRide]:
    dynamics = CyclingDynamics(swap_sides=setup.swap_sides)
    head_unit = HeadUnit()
    ride = resample(setup, head_unit.listen(dynamics.listen(inputs)), lenient=lenient)
    summary = summarise(ride.view, dynamics)
    revolutions = RideRevolutions(ride.rows, setup.bands, ride.view.ftp_w, spans(ride.events))
    fell = dropoffs(ride.events, ride.rows, ride.seconds, summary.intervals, revolutions)
    tired = efforts(revolutions, summary.intervals, fell, ride.view.ftp_w)
    longest = longest_band(summary.bands)
    error = None if longest is None else longest.share.standard_error
    summary = msgspec.structs.replace(
        summary,
        ride=msgspec.structs.replace(summary.ride, cadence_rpm=_mean_cadence(ride)),
        laps=tuple(x.t for x in ride.events if isinstance(x, Lap)),
        limits=in_retrospect(ride.view, ride.events, ride.seconds),
        head_unit=head_unit.summarise(ride.rows, setup.profile.resolution_percent),
        drift=tired.drift,
        first_last=first_last(revolutions, summary.intervals),
        contrasts=band_differences(revolutions, summary.bands),
        dropoffs=fell,
        efforts=tired,
        smallest=None if error is None else smallest(VarianceComponents(within_se=error)),
    )
    return with_usual(summary, revolutions, setup.baseline), ride


def _mean_cadence(ride: ResampledRide) -> float | None:
    """Of both legs: it stands for what may explain their share."""
    rpm = np.array([second.cadence_rpm or 0.0 for second in ride.seconds])
    for drill in ride.view.drills:
        rpm[int(drill.start_s) : None if drill.end_s is None else int(drill.end_s) + 1] = 0.0
    turning = rpm[rpm > 0.0]
    return float(turning.mean()) if len(turning) else None


def _trace(ride: ResampledRide, step: float) -> RideTrace:
    """The ride's seconds as arrays; `step` is that in which the meter sends the share, percent."""
    seconds = ride.seconds
    t = np.array([second.t for second in seconds], float)
    left, error, share_w = np.full((3, len(t)), np.nan)
    ends = np.searchsorted(ride.rows[:, 0], t, "right")
    starts = np.searchsorted(ride.rows[:, 0], t - WINDOW_S, "right")
    for i in np.flatnonzero([second.left_percent is not None for second in seconds]):
        share = Tally(step).add_rows(ride.rows[starts[i] : ends[i]]).share()
        if share.rests_on():
            left[i], error[i], share_w[i] = share.left_percent, share.standard_error, share.power_w
    return RideTrace(
        t=t,
        power_w=np.array([second.power_w for second in seconds], float),
        cadence_rpm=np.array([second.cadence_rpm for second in seconds], float),
        left_percent=left,
        left_standard_error=error,
        usual_percent=np.array([second.usual_percent for second in seconds], float),
        share_w=share_w,
    )
