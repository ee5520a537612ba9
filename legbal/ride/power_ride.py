"""The fold of a ride of which only the power matters: which FTP it speaks for."""

from collections.abc import Iterable

from legbal.ride.events import Event
from legbal.ride.inputs import Input, Setup
from legbal.ride.moment import Moment
from legbal.ride.ride import Ride


class PowerRide(Ride):
    """A ride that asks no alert, which takes half of a fold's time; intervals and FTP follow from none of them."""

    def _ask(self, now: Moment, events: list[Event]) -> None:
        """Nothing is watched for, and nothing learned of what is usual."""


def ftp_of(setup: Setup, inputs: Iterable[Input]) -> float:
    """The FTP at the end of a ride, watts, as its view has it."""
    ride = PowerRide(setup)
    for item in inputs:
        ride.feed(item)
    ride.close()
    return ride.intervals.estimate.ftp_w
