"""What legbal alone knows of a second, in a FIT file: read back by fitdecode and by chiptime, and by legbal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import chiptime
import fitdecode
import pytest

from legbal.files.exporting import rows, write
from legbal.files.fit import developer
from legbal.files.fit.developer import APPLICATION, FIELDS, values
from legbal.files.fit.reading import read
from legbal.ride.events import Alert
from legbal.ride.inputs import Setup, ThresholdRule
from legbal.ride.resample import ResampledRide, Second, resample
from legbal.ride.ride import fold
from legbal.sources.simulator import demo
from tests.files.fit_files import fit, head, power_meter, records
from tests.files.test_fit_writing import STARTED
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications

PEDALS = shipped()["favero-assioma-duo"]
RULE = ThresholdRule(target_percent=49.0, window_s=5.0, when="always")
SETUP = Setup(ftp_w=250, weak_leg="left", profile=PEDALS, threshold=RULE)
INPUTS = list(notifications(demo(PEDALS, 3, seconds=1200)))
NAMES = [field.name for field in FIELDS]


@pytest.fixture(scope="module")
def demonstration() -> tuple[ResampledRide, bytes]:
    """A simulated ride with alerts of both kinds, and its FIT file."""
    return resample(SETUP, INPUTS), written()


def written() -> bytes:
    """The FIT file of the simulated ride."""
    file = io.BytesIO()
    write(file, "fit", INPUTS, SETUP, STARTED)
    return file.getvalue()


def by_fitdecode(octets: bytes) -> tuple[list[dict[str, Any]], list[Any]]:
    """The developer fields of each record, and what describes them."""
    with fitdecode.FitReader(io.BytesIO(octets), error_handling=fitdecode.ErrorHandling.RAISE) as frames:
        messages = [x for x in frames if isinstance(x, fitdecode.FitDataMessage)]
    found = [
        {
            x.name: x.value
            for x in message.fields
            if isinstance(x.field_def, fitdecode.types.DevFieldDefinition) and x.value is not None
        }
        for message in messages
        if message.name == "record"
    ]
    return found, [x for x in messages if x.name in ("developer_data_id", "field_description")]


def by_chiptime(octets: bytes) -> list[dict[str, Any]]:
    """The developer fields of each record."""
    return [
        {
            NAMES[x.developer.field_definition_number]: x.value
            for x in message.fields.values()
            if x.developer is not None
        }
        for message in chiptime.iter_messages(octets, mode="strict")
        if message.name == "record"
    ]


def test_each_record_has_usual_deviation_and_alert_as_the_table_of_seconds(
    demonstration: tuple[ResampledRide, bytes],
) -> None:
    ride, octets = demonstration
    found, _ = by_fitdecode(octets)
    told = [x for x in rows(ride, STARTED, {}) if x["power_w"] is not None]
    assert len(found) == len(told) > 1100
    legs = {"left": 1, "right": 2, None: 0}
    for record, row in zip(found, told, strict=True):
        assert record.get("Usual left") == pytest.approx(row["usual_percent"], abs=0.006)
        both = row["usual_percent"] is not None and row["left_percent"] is not None
        off = row["left_percent"] - row["usual_percent"] if both else None
        assert record.get("Deviation") == pytest.approx(off, abs=0.011)
        assert (record["Alert"], record.get("Alert kind")) == (legs[row["alert_side"]], row["alert"])
    assert {x.get("Alert kind") for x in found} == {None, "dropoff", "threshold"}
    assert sum("Deviation" in x for x in found) > 500


def test_both_decoders_read_the_same(demonstration: tuple[ResampledRide, bytes]) -> None:
    one, other = by_chiptime(demonstration[1]), by_fitdecode(demonstration[1])[0]
    present = [{name: value for name, value in record.items() if value is not None} for record in one]
    assert present == other


def test_the_fields_bring_their_names_and_units_along(demonstration: tuple[ResampledRide, bytes]) -> None:
    about, *fields = by_fitdecode(demonstration[1])[1]
    assert bytes(about.get_value("application_id")) == APPLICATION.bytes
    assert [x.get_value("field_name") for x in fields] == NAMES
    units = [x.get_value("units") if x.has_field("units") else None for x in fields]
    assert units == ["%", "points", None, None]
    assert {x.get_value("native_mesg_num") for x in fields} == {"record"}
    assert [x.get_value("fit_base_type_id") for x in fields] == ["float32", "float32", "uint8", "string"]


def test_an_alert_about_no_leg_has_a_number_of_its_own() -> None:
    second = Second(5, 200.0, 90.0, 48.0, 49.5)
    assert values(second, None) == (49.5, -1.5, 0, None)
    alert = Alert(
        4.0,
        kind="steady",
        side=None,
        points=1.5,
        present_percent=None,
        reference_percent=None,
        since=1.0,
        revolutions=9,
    )
    assert values(second, alert) == (49.5, -1.5, 3, "steady")


def test_legbal_reads_the_same_ride_with_them_as_without(
    tmp_path: Path, demonstration: tuple[ResampledRide, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    ride, octets = demonstration
    (tmp_path / "with.fit").write_bytes(octets)
    with_them = read(tmp_path / "with.fit", print)
    assert fold(Setup(), with_them.inputs)[1].ride.left_percent == pytest.approx(
        ride.view.ride.left_percent, abs=0.3
    )
    monkeypatch.setattr(developer, "describe", lambda *_: None)
    monkeypatch.setattr(developer, "values", lambda *_: ())
    (tmp_path / "without.fit").write_bytes(written())
    without = read(tmp_path / "without.fit", print)
    assert (with_them.started, with_them.meter) == (without.started, without.meter)
    assert list(with_them.inputs) == list(without.inputs)


def test_a_head_units_file_is_given_them_too(tmp_path: Path) -> None:
    path = tmp_path / "in.fit"
    path.write_bytes(fit(*head(), power_meter(), *records(range(90))))
    source = read(path, print)
    file = io.BytesIO()
    assert source.started is not None
    write(file, "fit", list(source.inputs), Setup(ftp_w=150), source.started)
    found, described = by_fitdecode(file.getvalue())
    assert len(described) == 5
    assert all(x["Alert"] == 0 for x in found)
