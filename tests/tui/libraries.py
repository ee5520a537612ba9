"""Real libraries for the review screens: ridden by the simulator, or thousands of rides without their packets."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from legbal.analysis.months import RideBands
from legbal.analysis.summary import RideSummary, Summary
from legbal.app.meters import profiles
from legbal.app.review import ReviewService
from legbal.app.ride_setup import contribution, with_contributions
from legbal.app.ride_values import SUMMARY, keep_summary
from legbal.config import Settings
from legbal.library import derived
from legbal.library.connection import open_writing, transaction
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideWriter, keep
from legbal.ride.inputs import Mark, Setup, Tick
from legbal.ride.share import BandShare, Share
from legbal.sources.simulator import demo

FIRST_DAY = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
BANDS = ((0.0, 0.55), (0.55, 0.75), (0.75, 0.9), (0.9, 1.05), (1.05, 1.2), (1.2, None))


def at(path: Path) -> ReviewService:
    """The library there."""
    return ReviewService(Settings(), path)


def ridden(path: Path, rides: int = 1, seconds: float = 700.0, *, days: float = 7.0) -> ReviewService:
    """A library of simulated rides, the newest with a drop-off and a note in it."""
    profile = next(profile for profile in profiles() if profile.id == "favero-assioma-duo")
    newest = demo(profile, 1, seconds=seconds)
    usual = Setup(ftp_w=250.0, weak_leg="left", profile=profile)
    setup = with_contributions(usual, [contribution(usual, day.timeline()) for day in newest.earlier(2)])
    for number in range(rides):
        last = number == rides - 1
        ride = newest if last else newest.earlier(number + 1)[-1]
        ride.seconds = min(ride.seconds, seconds)
        inputs = list(ride.timeline())
        if last:
            inputs.append(Mark(seconds, "note", "[b]left[/b] knee"))
        day = FIRST_DAY + timedelta(days=number * days)
        made = NewRide(
            setup=setup,
            source="ride",
            title="Threshold 5×5" if last else f"Base {number + 1}",
            started=day,
            id=f"ride{number:04}",
        )
        keep(path, made, inputs)
        with Library(path) as library:
            keep_summary(library, library.find(made.id), profiles(), teaches=False)
    return at(path)


def listed(path: Path, rides: int) -> ReviewService:
    """A library of as many rides, each with its summary as the list shows it, but without its packets."""
    profile = next(profile for profile in profiles() if profile.id == "favero-assioma-duo")
    with closing(open_writing(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for number in range(rides):
            made = NewRide(
                setup=Setup(profile=profile),
                source="ride",
                title=f"Ride {number + 1} [red]up[/red]",
                started=FIRST_DAY + timedelta(days=number),
                id=f"r{number:06}",
            )
            writer = RideWriter(made)
            writer.write(connection, [Tick(0.0), Tick(5400.0)], finish=True)
        summaries = [SUMMARY.encode(_summary(48.0 + number % 40 / 10)) for number in range(rides)]
        version = derived.version("summary", profile)
        with transaction(connection):
            connection.executemany(
                "INSERT INTO derived_values (ride, name, version, value)"
                " SELECT number, 'summary', ?, ? FROM rides WHERE id = ?",
                [(version, summary, f"r{number:06}") for number, summary in enumerate(summaries)],
            )
            none = derived.encode_bands(
                RideBands(meter="", balance="measured", reference="left", swapped=False, bands=())
            )
            connection.execute(  # so that nothing is to be derived again
                "INSERT INTO derived_values (ride, name, version, value, basis)"
                " SELECT number, 'bands', ?, ?, ? FROM rides",
                (derived.version("bands", profile), none, derived.basis(profiles())),
            )
    return at(path)


def _summary(left: float) -> Summary:
    return Summary(
        ride=RideSummary(
            share=Share(left, 0.2, revolutions=7000, power_w=190.0),
            balance="measured",
            reference="left",
            duration_s=5400.0,
        ),
        intervals=(),
        bands=tuple(
            BandShare(f"band {i}", low, high, Share(left - i / 5, 0.3, seconds=900.0, power_w=100.0 + 40 * i))
            for i, (low, high) in enumerate(BANDS)
        ),
    )
