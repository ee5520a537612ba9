"""What may explain a ride's share beside the rider: indoors or outdoors, cadence, whether the share was seen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from legbal.analysis.fit_file import FitFile, encode
from legbal.analysis.months import DatedRide, RideBands
from legbal.library.derived import DerivedRow, current_versions, dated_rides, encode_bands, write_derived
from legbal.library.writer import NewRide, RideSource, keep
from legbal.meters.profile import UNLISTED
from legbal.ride.inputs import FIT_FILE, Input, Notification, Setup, Tick
from legbal.ride.share import BandShare, Share

BAND = BandShare("75–90 %", 0.75, 0.9, Share(48.0, 0.5, 600.0, 900, 200.0))
ROWS = RideBands(
    meter="M", balance="measured", reference="left", swapped=False, cadence_rpm=91.5, bands=(BAND,)
)


def dated(path: Path, source: RideSource, inputs: list[Input], shown: bool | None = None) -> DatedRide:
    started = datetime(2026, 5, 1, tzinfo=UTC)
    keep(path, NewRide(setup=Setup(share_shown=shown), id="arideone", source=source, started=started), inputs)
    row = DerivedRow(name="bands", version="1", value=encode_bands(ROWS), basis="now")
    write_derived(path, "arideone", [row])
    (ride,) = dated_rides(path, "now", current_versions("bands", [UNLISTED]))
    assert (ride.ride, ride.rows, ride.started) == ("arideone", ROWS, started)
    return ride


@pytest.mark.parametrize(
    ("file", "indoors"),
    [
        (FitFile(sub_sport=6), True),
        (FitFile(trainer=True), True),
        (FitFile(has_position=True), False),
        (FitFile(), None),
        (None, None),
    ],
)
def test_an_imported_ride_is_where_its_file_says(
    path: Path, file: FitFile | None, indoors: bool | None
) -> None:
    said: list[Input] = [] if file is None else [Notification(0.0, encode(file), FIT_FILE, "M")]
    ride = dated(path, "import", [Notification(0.0, b"Favero", "2a29", "M"), *said, Tick(60.0)])
    assert (ride.indoors, ride.share_shown, ride.duration_s) == (indoors, None, 60.0)


@pytest.mark.parametrize("shown", [True, False, None])
def test_a_live_ride_is_indoors_and_knows_whether_its_share_was_seen(path: Path, shown: bool | None) -> None:
    ride = dated(path, "ride", [Tick(1.0)], shown)
    assert (ride.indoors, ride.share_shown) == (True, shown)


def test_the_cadence_of_a_ride_comes_with_its_bands(path: Path) -> None:
    assert dated(path, "ride", []).rows.cadence_rpm == 91.5
