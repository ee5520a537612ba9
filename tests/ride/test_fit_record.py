"""A FIT record as a measurement: whose share it names, and what it leaves out."""

from __future__ import annotations

import pytest

from legbal.errors import DecodeError
from legbal.gatt.fields import REFERENCE_LEFT
from legbal.gatt.measurement import Measurement
from legbal.ride.fit_record import FitRecord
from legbal.ride.inputs import Notification, Setup
from legbal.ride.meter import Meter


@pytest.mark.parametrize(
    ("data", "measured"),
    [
        (b'{"power": 200, "left_right_balance": 48}', Measurement(0, 200, 96)),
        (b'{"power": 200, "left_right_balance": 180}', Measurement(REFERENCE_LEFT, 200, 96)),  # right: 52
        (b'{"power": 200, "left_right_balance": 255}', Measurement(0, 200)),
        (b'{"left_right_balance": null, "cadence": 88.5}', Measurement(0, 0)),
        (b'{"power": 199.6, "left_right_balance": 0}', Measurement(0, 200, 0)),
        (b'{"power": 200, "left_right_balance": 1}', Measurement(0, 200, 2)),
        (b'{"power": 200, "left_right_balance": 100}', Measurement(0, 200, 200)),
        (b'{"power": 200, "left_right_balance": 101}', Measurement(0, 200)),
        (b'{"power": 200, "left_right_balance": 127}', Measurement(0, 200)),
        (b'{"power": 200, "left_right_balance": 128}', Measurement(REFERENCE_LEFT, 200, 200)),
        (b'{"power": 200, "left_right_balance": 228}', Measurement(REFERENCE_LEFT, 200, 0)),
        (b'{"power": 200, "left_right_balance": 229}', Measurement(0, 200)),
    ],
)
def test_the_left_share_is_read_whichever_leg_the_file_names(data: bytes, measured: Measurement) -> None:
    assert FitRecord.decode(data).measurement() == measured


@pytest.mark.parametrize(
    ("stated", "bpm"),
    [("142", 142), ("142.0", 142.0), ("null", None), ("true", None), ('"142"', None), ("[142]", None)],
)
def test_a_heart_rate_is_read_and_an_odd_one_costs_no_record(stated: str, bpm: float | None) -> None:
    record = FitRecord.decode(b'{"power": 200, "heart_rate": %b}' % stated.encode())
    assert (record.heart_rate_bpm, record.measurement().power_w) == (bpm, 200)


@pytest.mark.parametrize(
    ("stated", "raw"),
    [(-129, None), (-128.5, None), (-128, 200), (-76, 96), (-1, None), (256, None), (177, 102), (432, None)],
)
def test_a_balance_in_a_signed_or_larger_type_is_read_where_it_is_that_octet(
    stated: float, raw: int | None
) -> None:
    measured = FitRecord(power=200, left_right_balance=stated).measurement()
    assert measured == Measurement(0 if raw is None else REFERENCE_LEFT, 200, raw)


@pytest.mark.parametrize(
    ("cadence", "rpm"), [(None, None), (-1, None), (0, 0), (88.5, 88.5), (300, 300), (301, None)]
)
def test_a_cadence_that_no_crank_can_have_is_none(cadence: float | None, rpm: float | None) -> None:
    assert FitRecord(cadence=cadence).cadence_rpm == rpm


@pytest.mark.parametrize("data", [b"", b"[]", b'{"power": "200"}'])
def test_what_is_no_record_cannot_be_decoded(data: bytes) -> None:
    with pytest.raises(DecodeError, match="FIT record"):
        FitRecord.decode(data)


def test_power_without_a_turn_of_the_cranks_is_none() -> None:
    """What a head unit holds on to at a standstill."""
    for cadence, power in ((0, 0), (80, 200)):
        meter = Meter("watch", Setup())
        for t in range(5):
            record = f'{{"power": 200, "left_right_balance": 48, "cadence": {cadence}}}'.encode()
            meter.read(Notification(float(t), record, "fit:record"))
        assert meter.pedalling == (power > 0)
        assert meter.cadence_rpm == cadence
