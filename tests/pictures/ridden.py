"""What the pictures show: one simulated rider, whose left leg fades, and half a year of that rider's rides."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from legbal.app.meters import profiles
from legbal.app.review import ReviewService
from legbal.app.ride_setup import contribution, with_contributions
from legbal.app.ride_values import keep_summary
from legbal.library.rider import add_change
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.meters.profile import Profile
from legbal.ride.events import Alert
from legbal.ride.inputs import Mark, Setup, Side
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources.simulator import SimulatedRide, demo
from legbal.sources.simulator.rider import Fade
from tests.sources.workouts import FAMILIES
from tests.tui import libraries

FIRST_DAY = datetime(2026, 5, 5, 17, 40, tzinfo=UTC)
RIDES = 22
EVERY_DAYS = 7
CHANGED = date(2026, 7, 20)
CHANGE_POINTS = 1.4
LENGTH_S = 1200.0
NEWEST_S, NOTED_S = 1500.0, 620.0
FADES = {"Dov": Fade(5.5, intervals=(2,), onset_s=40.0), "Femke": Fade(6.5, intervals=(2,), onset_s=35.0)}


@cache
def assioma() -> Profile:
    """The meter of the pictures."""
    return next(profile for profile in profiles() if profile.id == "favero-assioma-duo")


@cache
def setup() -> Setup:
    """The rider's, with three rides to know the usual balance from."""
    usual = Setup(ftp_w=250.0, weak_leg="left", profile=assioma())
    return with_contributions(
        usual, [contribution(usual, day.timeline()) for day in demo(assioma(), 1).earlier(3)]
    )


def alerted(after_s: float) -> RideView:
    """The demonstration's ride so many seconds after its first alert."""
    ride, until = Ride(setup()), float("inf")
    for item in demo(assioma(), 1).timeline():
        if item.t > until:
            break
        told = ride.feed(item)
        if until == float("inf") and any(isinstance(event, Alert) for event in told):
            until = item.t + after_s
    return ride.view()


def evening() -> Iterator[tuple[str, RideView]]:
    """Riders of a club on one evening, and how each one's ride stands: two of them have a leg that fades."""
    names = (
        "Anna",
        "Bo",
        "Carla",
        "Dov",
        "Eun-ji",
        "Femke",
        "Goran",
        "Hana",
        "Ilse",
        "João",
        "Kwame",
        "Lena",
    )
    meters = [profile for profile in profiles() if profile.id in ("favero-assioma-duo", "quarq", "stages-lr")]
    for number, name in enumerate(names):
        profile = meters[number % len(meters)]
        weak: Side = "right" if number % 4 == 1 else "left"
        day = SimulatedRide(profile=profile, seed=20 + number, weak_leg=weak, fade=FADES.get(name))
        usual = Setup(ftp_w=day.rider.ftp_w, weak_leg=weak, profile=profile)
        ride = Ride(
            with_contributions(usual, [contribution(usual, other.timeline()) for other in day.earlier(2)])
        )
        for item in day.timeline():
            if item.t > 440.0:
                break
            ride.feed(item)
        yield name, ride.view()


def library(path: Path) -> ReviewService:
    """Half a year of rides, one a week, with a cleat turned in the middle; the newest is the demonstration's."""
    newest = demo(assioma(), 1, seconds=NEWEST_S)
    for number, day in enumerate([*reversed(newest.earlier(RIDES - 1)), newest]):
        started = FIRST_DAY + timedelta(days=EVERY_DAYS * number, minutes=17 * (number % 5))
        title = _put_on(day, number, after=started.date() > CHANGED)
        inputs = list(day.timeline())
        if day is newest:
            bisect.insort(inputs, Mark(NOTED_S, "note", "left foot asleep"), key=lambda given: given.t)
            title = "Tuesday intervals"
        made = NewRide(setup=setup(), source="ride", title=title, started=started, id=f"tue{number:05}")
        keep(path, made, inputs)
        with Library(path) as opened:
            keep_summary(opened, opened.find(made.id), profiles(), teaches=False)
    add_change("left cleat 2° in", CHANGED, path=path)
    return libraries.at(path)


def _put_on(day: SimulatedRide, number: int, *, after: bool) -> str:
    """Make this the ride of that week; gives its title."""
    name, title = (("threshold", "Threshold 5×5"), ("vo2", "4×4, hard"), ("endurance", "Endurance"))[
        number % 3
    ]
    if day.day:
        day.workout = FAMILIES[name]()
        day.seconds = LENGTH_S
    if after:
        day.rider = msgspec.structs.replace(day.rider, left_percent=day.rider.left_percent + CHANGE_POINTS)
    return title
