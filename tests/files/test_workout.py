"""Workout files as plans of work intervals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from legbal.cli import legbal
from legbal.errors import FileFormatError
from legbal.files.workout import read_plan
from legbal.gatt.measurement import Measurement, encode
from legbal.ride.inputs import PlannedStep
from tests.files.workouts import understood, written, zwo
from tests.shared import shared


def test_zwo_repeats_steady_stretches_and_ramps(tmp_path: Path) -> None:
    path = zwo(
        tmp_path,
        '<Warmup Duration="600" PowerLow="0.4" PowerHigh="1.2"/>',
        '<SteadyState Duration="300" Power="0.9" pace="0"><textevent message="go"/></SteadyState>',
        '<SteadyState Duration="60" Power="0.5"/>',
        '<IntervalsT Repeat="2" OnDuration="30" OffDuration="15" OnPower="1.2" OffPower="0.5"/>',
        '<Ramp Duration="120" PowerLow="0.8" PowerHigh="1.0"/>',
        '<FreeRide Duration="60" FlatRoad="1"/>',
        '<MaxEffort Duration="20"/>',
        '<Cooldown Duration="300" PowerLow="0.9" PowerHigh="0.8"/>',
    )
    assert read_plan(path) == (
        PlannedStep(600, 900, 0.9, 0.9),
        PlannedStep(960, 990, 1.2, 1.2),
        PlannedStep(1005, 1035, 1.2, 1.2),
        PlannedStep(1050, 1170, 0.8, 1.0),
        PlannedStep(1230, 1250),
    )


def test_over_unders_are_one_interval(tmp_path: Path) -> None:
    path = zwo(
        tmp_path,
        '<SteadyState Duration="60" Power="0.5"/>',
        '<IntervalsT Repeat="3" OnDuration="60" OffDuration="120" OnPower="1.05" OffPower="0.9"/>',
    )
    assert read_plan(path) == (PlannedStep(60, 600, 0.9, 1.05),)


@pytest.mark.parametrize("ending", ["erg", "ERG"])
def test_erg_plans_in_watts_of_its_own_ftp(tmp_path: Path, ending: str) -> None:
    text = (
        "[COURSE HEADER]\r\nVERSION = 2\r\nFTP=200\r\nMINUTES WATTS\r\n[END COURSE HEADER]\r\n"
        "[COURSE DATA]\r\n0.00\t80\r\n10.00\t140\r\n10.00\t200\r\n15.00\t200\r\n15.00\t100\r\n20.00\t100\r\n"
        "[END COURSE DATA]\r\n"
        "[COURSE TEXT]\r\n5\tgo\t10\r\n[END COURSE TEXT]\r\n"
    )
    assert read_plan(written(tmp_path, f"plan.{ending}", text)) == (PlannedStep(600, 900, 1.0, 1.0),)


def test_erg_without_an_ftp_needs_the_riders(tmp_path: Path) -> None:
    text = "[COURSE HEADER]\nMINUTES WATTS\n[COURSE DATA]\n0 250\n5 250\n[END COURSE DATA]\n"
    path = written(tmp_path, "plan.erg", text)
    assert read_plan(path, 250.0) == (PlannedStep(0, 300, 1.0, 1.0),)
    with pytest.raises(FileFormatError, match="watts") as caught:
        read_plan(path)
    assert "--ftp" in str(caught.value.hint)


def test_mrc_plans_in_percent(tmp_path: Path) -> None:
    text = (
        "[COURSE HEADER]\nMINUTES PERCENT\n[END COURSE HEADER]\n[COURSE DATA]\n"
        "0 50\n5 50\n5 90\n10 90\n10 105\n11 105\n11 50\n12 50\n[END COURSE DATA]\n"
    )
    assert read_plan(written(tmp_path, "plan.mrc", text), 300.0) == (PlannedStep(300, 660, 0.9, 1.05),)


def test_erg_laps_comments_and_text_that_is_no_header_line(tmp_path: Path) -> None:
    text = (
        "; made by hand\n[COURSE HEADER]\nVERSION = 2\nDESCRIPTION = a text that goes on\n"
        "MINUTES of pain in percent\nDISTANCE is no matter, FTP is\nFTP = 200\nMINUTES WATTS\n[END COURSE HEADER]\n"
        "[COURSE DATA]\n0 100\n10 100\n10 LAP\n10 200\n20 200\n20\tLAP 2\nLAP\n20 100\n25 100\n[END COURSE DATA]\n"
        "[PERFPRO DESCRIPTIONS]\nDesc0=0 to 10\n[END PERFPRO DESCRIPTIONS]\n"
    )
    assert understood(written(tmp_path, "plan.erg", text)) == ((PlannedStep(600, 1200, 1.0, 1.0),), [])


_ROWS = "0 {0}\n10 {0}\n10 {1}\n20 {1}\n20 {0}\n25 {0}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "plan.erg",
            "[COURSE HEADER]\nFTP = 250\n[END COURSE HEADER]\n[COURSE DATA]\n" + _ROWS.format(125, 250),
        ),
        ("plan.erg", "[COURSE DATA]\n" + _ROWS.format(125, 250)),
        ("plan.erg", _ROWS.format(125, 250)),
        ("plan.mrc", "[COURSE DATA]\n" + _ROWS.format(125, 250)),
        ("plan.mrc", "[COURSE HEADER]\nMINUTES WATTS\n[COURSE DATA]\n" + _ROWS.format(125, 250)),
        ("plan.mrc", "[COURSE DATA]\n" + _ROWS.format(50, 100)),
        ("plan.erg", "[COURSE HEADER]\nMINUTES PERCENTAGE\n[COURSE DATA]\n" + _ROWS.format(50, 100)),
        ("plan.erg", "[COURSE DATA]\n" + _ROWS.format("50%", "100 %")),
        ("plan.erg", "[COURSE DATA]\n" + _ROWS.format("125,0", "250,0")),
        ("plan.erg", "[COURSE DATA]\n" + _ROWS.format(125, 250).replace(" ", ",")),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_watts_and_percent_with_and_without_a_header_that_says_so(
    tmp_path: Path, name: str, text: str, encoding: str
) -> None:
    path = written(tmp_path, name, text.encode(encoding))
    assert understood(path, 250.0) == ((PlannedStep(600, 1200, 1.0, 1.0),), [])


def test_lines_that_are_no_course_data_are_said_and_left_out(tmp_path: Path) -> None:
    text = "[COURSE HEADER]\nFTP = high\n[COURSE DATA]\n0 50\n5 x\n6 50\n6 90\n3 90\n9 90\nnine\n"
    plan, said = understood(written(tmp_path, "plan.mrc", text))
    assert plan == (PlannedStep(360, 540, 0.9, 0.9),)
    assert said == [
        ", line 2: FTP is 'HIGH', not a number of watts from 50 to 600; left out.",
        ", line 5: '5 x' is no minute with a power; left out.",
        ", line 8: '3 90' is earlier than the line before; left out.",
        ", line 10: 'nine' is no minute with a power; left out.",
    ]


@pytest.mark.parametrize("ftp", ["0", "1", "999", "nan"])
def test_an_ftp_that_no_rider_has_is_said_and_the_riders_own_is_taken(tmp_path: Path, ftp: str) -> None:
    text = f"FTP = {ftp}\n[COURSE DATA]\n0 100\n10 100\n10 250\n20 250\n"
    plan, said = understood(written(tmp_path, "plan.erg", text), 250.0)
    assert plan == (PlannedStep(600, 1200, 1.0, 1.0),)
    assert said == [f", line 1: FTP is '{ftp.upper()}', not a number of watts from 50 to 600; left out."]


def test_of_many_odd_lines_a_few_are_said(tmp_path: Path) -> None:
    text = "[COURSE DATA]\n0 90\n5 90\n" + "odd line\n" * 5000
    plan, said = understood(written(tmp_path, "plan.mrc", text))
    assert (len(plan), len(said)) == (1, 6)
    assert said[-1] == ": 4995 more of it could not be understood."


def test_a_plan_by_distance_is_none(tmp_path: Path) -> None:
    text = "[COURSE HEADER]\nDISTANCE GRADE WIND\n[COURSE DATA]\n0 1 0\n5 2 0\n"
    with pytest.raises(FileFormatError, match="line 2: the plan is in distance"):
        read_plan(written(tmp_path, "plan.erg", text))


def test_zwo_zones_without_power(tmp_path: Path) -> None:
    path = zwo(
        tmp_path,
        '<Warmup Duration="600" Zone="5"/>',
        '<IntervalsT Repeat="2" OnDuration="240" OffDuration="180" PowerOnZone="5" PowerOffZone="1"/>',
        '<SteadyState Duration="600" Zone="4"/>',
        '<SteadyState Duration="600" Zone="2"/>',
        '<IntervalsT Repeat="2" OnDuration="30" OffDuration="30"/>',
    )
    plan, said = understood(path)
    assert plan == (
        PlannedStep(600, 840, 1.13, 1.13),
        PlannedStep(1020, 1260, 1.13, 1.13),
        PlannedStep(1440, 2040, 0.98, 0.98),
        PlannedStep(2640, 2670),
        PlannedStep(2700, 2730),
    )
    assert said == []


def test_zwo_steps_that_cannot_be_understood_are_said_with_their_line(tmp_path: Path) -> None:
    path = zwo(
        tmp_path,
        '<SteadyState Duration="60"/>',
        '<SteadyState Duration="60" Zone="9"/>',
        '<SteadyState Duration="60" Power="hard"/>',
        '<textevent timeoffset="5" message="go"/>',
        '<solidstate Duration="60" Power="1"/>',
        '<SteadyState Duration="1000" Power="1" durationType="distance"/>',
        '<SteadyState Duration="60" Power="1"/>',
    )
    plan, said = understood(path)
    assert plan == (PlannedStep(180, 240, 1.0, 1.0),)
    no_power = "SteadyState has no power or power zone that is known; taken as rest."
    assert said == [
        *(f", line {number}: {no_power}" for number in (1, 2)),
        ", line 3: SteadyState has power 'hard', which is no fraction of FTP; taken as rest.",
        ", line 6: SteadyState has Duration '1000', which is no time in seconds. The plan ends there.",
    ]


@pytest.mark.parametrize("power", ["250", "95", "95%"])
def test_zwo_powers_in_other_units_are_said(tmp_path: Path, power: str) -> None:
    """Else easy riding at 50 % would be work at fifty times FTP."""
    path = zwo(
        tmp_path, f'<SteadyState Duration="60" Power="{power}"/>', '<SteadyState Duration="60" Power="0,9"/>'
    )
    plan, said = understood(path)
    assert plan == (PlannedStep(60, 120, 0.9, 0.9),)
    assert said == [f", line 1: SteadyState has power {power!r}, which is no fraction of FTP; taken as rest."]


@pytest.mark.parametrize("text", ["<workout_file><workout/></workout_file>", "<workout><name/></workout>"])
def test_a_plan_of_no_steps_says_so(tmp_path: Path, text: str) -> None:
    plan, said = understood(written(tmp_path, "plan.zwo", text))
    assert (plan, said) == ((), [": holds no steps. Intervals are found from power."])


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (b"", "\u00fcber".encode("latin-1")),
        (b'<?xml version="1.0"?>', "\u201cover\u201d".encode("cp1252")),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>', "\u00fcber".encode("latin-1")),
        (b'<?xml version="1.0" encoding="utf-8"?>', "\u00fcber".encode()),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', b"x"),
        (b'\r\n\n <?xml version="1.0"?>', b"a\x08b\x1f"),
    ],
)
def test_zwo_as_programs_write_it_though_no_xml_has_it_so(tmp_path: Path, before: bytes, name: bytes) -> None:
    """A name in another encoding, or with characters that no text has; and lines are counted as an editor does."""
    step = b'<SteadyState Duration="60" Power="%b"/>'
    text = b"<workout_file><name>%b</name><workout>\n%b\n%b" % (name, step % b"1", step % b"x")
    path = written(tmp_path, "plan.zwo", before + text + b"</workout></workout_file>")
    plan, said = understood(path)
    assert plan == (PlannedStep(0, 60, 1.0, 1.0),)
    line = before.count(b"\n") + 3
    assert said == [f", line {line}: SteadyState has power 'x', which is no fraction of FTP; taken as rest."]


def test_zwo_text_with_a_bare_ampersand_and_a_file_that_breaks_off(tmp_path: Path) -> None:
    text = (
        "<workout_file>\n<name>Over & under &nbsp; &amp; out</name>\n<workout>\n"
        '<SteadyState Duration="60" Power="1"><textevent message="a & b"/></SteadyState>\n'
    )
    ends = '<SteadyState Duration="60" Power="0.5"/>\n</workout>\n</workout_file>'
    assert understood(written(tmp_path, "plan.zwo", text + ends)) == ((PlannedStep(0, 60, 1.0, 1.0),), [])
    plan, said = understood(written(tmp_path, "cut.zwo", text))
    assert plan == (PlannedStep(0, 60, 1.0, 1.0),)
    assert said == [", line 5: not XML: no element found. The plan ends there."]


@pytest.mark.parametrize(
    ("name", "plan", "said"),
    [
        ("w40_lap.erg", [(600, 1200)], 0),
        ("w42_levels.zwo", [(600, 840), (1020, 1260), (1440, 1680), (1860, 2100), (2280, 2880)], 0),
        ("w43_endurance.zwo", [], 1),
    ],
)
def test_plans_that_were_refused_once(name: str, plan: list[tuple[float, float]], said: int) -> None:
    steps, problems = understood(shared(f"data/cases/{name}"), 250.0)
    assert ([(step.start, step.end) for step in steps], len(problems)) == (plan, said)


def test_a_plan_that_cannot_be_read_keeps_no_ride_from_beginning(tmp_path: Path) -> None:
    """Through the program: what is wrong is said, and intervals are found from power."""
    octets = encode(Measurement(0x03, 200, 96)).hex()
    ride = written(tmp_path, "ride.jsonl", "".join(f'{{"t": {t}, "hex": "{octets}"}}\n' for t in range(60)))
    for name, text, problem in (
        ("plan.zwo", "<workout_file>", "no element found"),
        ("plan.erg", "[COURSE DATA]\n0 100\n5 100\n", "Say yours with --ftp."),
        ("plan.fit", "hello", "not a FIT file"),
        ("plan.json", "[]", "sidecar"),
        ("plan.txt", "", "not a workout file"),
        ("plan.mrc", "[COURSE DATA]\n0 60\n9 60\n", "plans no work above 75 % of FTP"),
    ):
        plan = written(tmp_path, name, text)
        for command in (["replay", "--events", "--no-sound"], ["review"]):
            done = CliRunner().invoke(legbal, [*command, str(ride), "--plan", str(plan)])
            assert (done.exit_code, problem in done.stderr) == (0, True), (name, done.output)
            assert "found from power" in done.stderr
            assert "Traceback" not in done.output


def test_sidecar_of_a_capture(tmp_path: Path) -> None:
    sidecar = {
        "ftp": 327,
        "weak": "right",
        "plan": [{"start": 532, "end": 832}, {"start": 1012, "end": 1312}],
    }
    path = written(tmp_path, "ride.meta.json", json.dumps(sidecar))
    assert read_plan(path) == (PlannedStep(532, 832), PlannedStep(1012, 1312))
