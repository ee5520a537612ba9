"""The packets of real meters beside a developer's checkout, each as its independent decoding says."""

from __future__ import annotations

import json
from typing import Any

from legbal.cli.decode import describer
from legbal.gatt.measurement import decode, encode
from tests.shared import shared

KEYS = {
    "balance_pct": "balance_percent",
    "balance_ref": "balance_reference",
    "acc_torque_nm": "accumulated_torque_nm",
    "crank_revs": "crank_revolutions",
    "wheel_revs": "wheel_revolutions",
    "energy_kj": "accumulated_energy_kj",
    "first_angle": "first_angle_deg",
    "force_array": "force_n",
    "request_op": "request",
}
# What another key tells already, or the wire form of it.
WIRE = {"balance_raw", "acc_torque_raw", "op", "result_byte", "params", "value", "len"}
FEATURES = {
    "pedal_power_balance": "balance",
    "accumulated_torque": "accumulated torque",
    "crank_revolution": "crank",
    "offset_compensation_indicator": "offset indicator",
    "offset_compensation": "offset compensation",
    "crank_length_adj": "crank length",
    "sensor_measurement_context_torque": "context",
    "enhanced_offset_compensation": "enhanced offset compensation",
}


def packets() -> list[dict[str, Any]]:
    found = json.loads(shared("data/packets.json").read_text())
    assert isinstance(found, list)
    return found


def expected(decoded: dict[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for key, value in decoded.items():
        if key in WIRE:
            continue
        if key == "flags":
            wanted[key] = int(value, 16)
        elif key == "crank_time_1024":
            wanted["crank_event_time_s"] = value / 1024
        elif key == "wheel_time_2048":
            wanted["wheel_event_time_s"] = value / 2048
        elif key == "supported":
            wanted["features"] = [FEATURES[name] for name in value]
        else:
            wanted[KEYS.get(key, key)] = value
    return wanted


def test_all_are_decoded_as_stated() -> None:
    for packet in packets():
        found = json.loads(json.dumps(describer(packet["characteristic"])(bytes.fromhex(packet["hex"]))))
        if packet["hex"] == "20055901":
            assert found["crank_length_mm"] == 172.5
            assert found["malformed"] is True
            assert "result" not in found
            continue
        wanted = expected(packet["decoded"])
        extra = set(found) - set(wanted)
        assert {key: found.get(key) for key in wanted} == wanted, packet["hex"]
        assert extra <= {"context", "direction_name", "request_name", "request"}, packet["hex"]


def test_all_measurements_are_given_back_octet_by_octet() -> None:
    for packet in packets():
        if packet["characteristic"] == "2A63":
            assert encode(decode(bytes.fromhex(packet["hex"]))).hex() == packet["hex"]
