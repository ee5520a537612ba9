"""What is done with each characteristic: read, followed, printed from its octets by `legbal decode`."""

from __future__ import annotations

from typing import Any

import pytest

from legbal.gatt import uuids
from legbal.gatt.registry import CHARACTERISTICS


@pytest.mark.parametrize(
    ("uuid", "octets", "fields"),
    [
        (uuids.MEASUREMENT, "0080870001", {"flags": 0x8000, "power_w": 135, "unparsed": "01"}),
        (
            uuids.MEASUREMENT,
            "01108700c9",
            {
                "flags": 0x1001,
                "power_w": 135,
                "balance_reference": "unknown",
                "balance_raw": 201,
                "offset_compensation": True,
            },
        ),
        (uuids.CONTROL_POINT, "200c01f6ff", {"request": 12, "result": "success", "offset": -10}),
        (uuids.CONTROL_POINT, "20055901", {"request": 5, "crank_length_mm": 172.5, "malformed": True}),
        (uuids.LOCATION, "05", {"location": "left crank"}),
        (uuids.HEART_RATE, "008e", {"flags": 0, "bpm": 142}),
        (
            uuids.HEART_RATE,
            "1f8e002a0000040003",
            {"flags": 0x1F, "bpm": 142, "contact": True, "energy_kj": 42, "rr_s": (1.0, 0.75)},
        ),
        (
            uuids.HEART_RATE,
            "248eff",
            {"flags": 0x24, "bpm": 142, "contact": False, "unparsed": "ff"},
        ),
    ],
)
def test_the_fields_that_are_printed(uuid: str, octets: str, fields: dict[str, Any]) -> None:
    describe = CHARACTERISTICS[uuid].describe
    assert describe is not None
    told = describe(bytes.fromhex(octets))
    told.pop("request_name", None)
    assert told == fields


def test_a_ride_follows_what_changes_and_reads_what_describes_the_meter() -> None:
    assert {uuid for uuid, known in CHARACTERISTICS.items() if known.followed} == {
        uuids.MEASUREMENT,
        uuids.BATTERY_LEVEL,
    }
    assert {uuid for uuid, known in CHARACTERISTICS.items() if not known.read} == {
        uuids.MEASUREMENT,
        uuids.VECTOR,
        uuids.CONTROL_POINT,
        uuids.HEART_RATE,
    }
