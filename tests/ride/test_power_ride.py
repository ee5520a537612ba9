"""A ride of which only the power is read speaks for the same FTP as the whole fold, to the last digit."""

from __future__ import annotations

import msgspec
import pytest

from legbal.ride.power_ride import ftp_of
from legbal.ride.ride import fold
from tests.ride.frozen_rides import RIDES


@pytest.mark.parametrize(
    "name",
    [
        "unknown_rider",
        "packets_lost",
        "two_parts",
        "half_lost",
        "laps",
        "halts",
        "stated_too_low",
        "stronger_leg",
        "one_half_doubled",
        "no_balance",
    ],
)
def test_the_ftp_is_that_of_the_fold(name: str) -> None:
    setup, inputs = RIDES[name]()
    for stated in (setup, msgspec.structs.replace(setup, ftp_w=None)):
        assert ftp_of(stated, inputs) == fold(stated, inputs)[1].ftp_w
