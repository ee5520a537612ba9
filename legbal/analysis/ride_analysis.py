"""One reading of a recorded ride: its summary, its trace second by second and all its events, of a single fold."""

from collections.abc import Iterable

import msgspec
import numpy as np

from legbal.analysis.comparisons import RideRevolutions, band_differences, first_last
from legbal.analysis.dropoff_analysis import dropoffs, spans
from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.effort_analysis import efforts
from legbal.analysis.head_unit import HeadUnit
from legbal.analysis.heart_rate import HeartRateSeries
from legbal.analysis.one_usual import with_usual
from legbal.analysis.power_analysis import VarianceComponents, smallest
from legbal.analysis.retrospect import in_retrospect
from legbal.analysis.ride_trace import RideTrace, trace_of
from legbal.analysis.summary import Summary, longest_band, summarise
from legbal.ride.events import Event, Lap
from legbal.ride.inputs import Input, Setup
from legbal.ride.resample import SampledRide, sample


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
        lenient: as of `sample`.
    """
    summary, ride = _summarised(setup, inputs, lenient=lenient)
    return RideAnalysis(summary, trace_of(ride, setup.profile.resolution_percent), ride.events)


def summarise_ride(setup: Setup, inputs: Iterable[Input]) -> Summary:
    """The summary of `analyse` alone, in less time: what many rides are read for."""
    return _summarised(setup, inputs, balance=False)[0]


def _summarised(
    setup: Setup, inputs: Iterable[Input], *, lenient: bool = False, balance: bool = True
) -> tuple[Summary, SampledRide]:
    dynamics = CyclingDynamics(swap_sides=setup.swap_sides)
    head_unit = HeadUnit()
    listening = head_unit.listen(dynamics.listen(inputs))
    ride = sample(setup, listening, lenient=lenient, balance=balance)
    summary = summarise(ride.view, dynamics, HeartRateSeries(ride.heart_rate_bpm).over)
    revolutions = RideRevolutions(ride.rows, setup.bands, ride.view.ftp_w, spans(ride.events))
    fell = dropoffs(ride.events, ride.rows, ride.cadence_rpm, summary.intervals, revolutions)
    tired = efforts(revolutions, summary.intervals, fell, ride.view.ftp_w)
    longest = longest_band(summary.bands)
    error = None if longest is None else longest.share.standard_error
    summary = msgspec.structs.replace(
        summary,
        ride=msgspec.structs.replace(summary.ride, cadence_rpm=_mean_cadence(ride)),
        laps=tuple(x.t for x in ride.events if isinstance(x, Lap)),
        limits=in_retrospect(ride.view, ride.events, ride.power_w.tolist()),
        head_unit=head_unit.summarise(ride.rows, setup.profile.resolution_percent),
        drift=tired.drift,
        first_last=first_last(revolutions, summary.intervals),
        contrasts=band_differences(revolutions, summary.bands),
        dropoffs=fell,
        efforts=tired,
        smallest=None if error is None else smallest(VarianceComponents(within_se=error)),
    )
    return with_usual(summary, revolutions, setup.baseline), ride


def _mean_cadence(ride: SampledRide) -> float | None:
    """Of both legs: it stands for what may explain their share."""
    rpm = np.nan_to_num(ride.cadence_rpm)
    for drill in ride.view.drills:
        rpm[int(drill.start_s) : None if drill.end_s is None else int(drill.end_s) + 1] = 0.0
    turning = rpm[rpm > 0.0]
    return float(turning.mean()) if len(turning) else None
