"""A library of many rides, made quickly: everything of it real but the inputs, which are zeros of a real size."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from legbal.analysis.summary import IntervalSummary, RideSummary, Summary, bands_of
from legbal.app.meters import profiles
from legbal.app.ride_values import SUMMARY
from legbal.library.codec import SEQUENCE_BITS, utc_text
from legbal.library.connection import open_writing, transaction
from legbal.library.derived import DerivedRow, basis, encode_bands, version, write_each
from legbal.ride.inputs import Setup
from legbal.ride.share import BandShare, Share, band_name

BANDS = (0.0, 0.55, 0.75, 0.90, 1.05, 1.20, None)
METERS = ("ASSIOMA17", "Quarq 441")
FAMILIES = ("favero-assioma-duo", "quarq")
_PACKET = 14  # octets of a measurement


def fill(path: Path, rides: int, seconds: int, inputs: int | None = None) -> None:
    """Makes a library of rides of so many seconds, two in three days, on two meters, up to date.

    Each has so many inputs, default: one a second.
    """
    known = profiles()
    profile = next(x for x in known if x.id == "favero-assioma-duo")
    setup = msgspec.json.encode(Setup(ftp_w=250.0, profile=profile))
    random = np.random.default_rng(2000)
    settled = basis(known)
    derived = dict[str, list[DerivedRow]]()
    connection = open_writing(path)
    with transaction(connection):
        for number in range(1, rides + 1):
            started = datetime(2021, 1, 1, 17, tzinfo=UTC) + timedelta(days=1.5 * number)
            summary = _summary(random, seconds)
            meter, family = METERS[number % 7 == 0].encode(), FAMILIES[number % 7 == 0]
            connection.execute(
                "INSERT INTO rides (number, id, started, utc_offset_s, source, title, setup, legbal, state, duration_s)"
                " VALUES (?, ?, ?, 3600, 'ride', '', ?, '0.1.0', 'done', ?)",
                (number, f"r{number:07}", utc_text(started), setup, float(seconds)),
            )
            connection.execute(
                "INSERT INTO channels VALUES (?, 0, 'notification', ?, ?)", (number, meter, b"2a63")
            )
            bands = encode_bands(bands_of([METERS[number % 7 == 0]], Setup(), summary))
            derived[f"r{number:07}"] = [
                DerivedRow(
                    name="summary",
                    version=version("summary", profile),
                    profile=family,
                    value=SUMMARY.encode(summary),
                ),
                DerivedRow(
                    name="bands",
                    version=version("bands", profile),
                    profile=family,
                    value=bands,
                    basis=settled,
                ),
            ]
        connection.execute(
            "WITH RECURSIVE second(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM second WHERE n < ? - 1)"
            f" INSERT INTO inputs SELECT number << {SEQUENCE_BITS} | n, n, 0, zeroblob({_PACKET})"
            " FROM rides CROSS JOIN second",
            (seconds if inputs is None else inputs,),
        )
    connection.close()
    write_each(path, derived)


def _summary(random: np.random.Generator, seconds: int) -> Summary:
    """The summary of a ride whose day lies off the rider's mean as days do."""
    day = float(random.normal(0, 0.6))
    bands = []
    for low, high, part in zip(BANDS, BANDS[1:], (0.3, 0.35, 0.2, 0.08, 0.05, 0.02), strict=False):
        assert low is not None
        error = 0.25 / math.sqrt(part)
        bands.append(
            BandShare(
                band_name(low, high),
                low,
                high,
                Share(
                    48.7 + low + day + float(random.normal(0, error)),
                    error,
                    seconds=part * seconds,
                    revolutions=round(1.4 * part * seconds),
                    power_w=250.0 * (low + 0.07),
                ),
            )
        )
    ride = RideSummary(
        share=Share(49.0 + day, 0.2, revolutions=round(1.4 * seconds), power_w=180.0),
        balance="measured",
        reference="left",
        duration_s=float(seconds),
    )
    interval = IntervalSummary(
        share=Share(48.9, 0.3, revolutions=15, power_w=240.0),
        number=1,
        start_s=600.0,
        end_s=1200.0,
        usual_percent=None,
        slope_per_minute=-0.02,
        slope_error=0.03,
    )
    intervals = tuple(msgspec.structs.replace(interval, number=n) for n in range(1, 7))
    return Summary(ride=ride, intervals=intervals, bands=tuple(bands))
