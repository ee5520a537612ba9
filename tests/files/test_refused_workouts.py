"""Files that are no plan, or would be a trap, are refused in words."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import FileFormatError
from legbal.files.workout import read_plan
from tests.files import fit_files
from tests.files.workouts import understood, written

_BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise("abcdefghi")
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
@pytest.mark.parametrize(
    "kind",
    [
        _BOMB + "]>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE x [<!ENTITY % e SYSTEM 'http://127.0.0.1:1/x'> %e;]>",
        "<!DOCTYPE x [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>",
        "<!doctype x>",
    ],
    ids=["bomb", "external", "parameter", "entity", "lower"],
)
def test_hostile_xml_is_refused(tmp_path: Path, kind: str, encoding: str) -> None:
    text = f"<?xml version='1.0'?>{kind}<workout_file><name>&i;</name><workout/></workout_file>"
    path = written(tmp_path, "plan.zwo", text.encode(encoding))
    with pytest.raises(FileFormatError, match=r"document type|not XML"):
        read_plan(path)


def test_deep_xml_costs_nothing(tmp_path: Path) -> None:
    deep = "<a>" * 150_000
    with pytest.raises(FileFormatError, match="not XML"):
        read_plan(written(tmp_path, "plan.zwo", deep))


def test_a_fifo_is_no_plan(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no FIFOs")
    path = tmp_path / "plan.erg"
    os.mkfifo(path)
    with pytest.raises(FileFormatError, match="it is not a file"):
        read_plan(path)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("plan.zwo", "<workout_file>", "line 1: not XML"),
        ("plan.zwo", "<workout_file/>", "no <workout>"),
        (
            "plan.zwo",
            "<!DOCTYPE x [<!ENTITY a 'b'>]><workout_file><workout/></workout_file>",
            "document type",
        ),
        ("plan.mrc", "hello", "no course data"),
        ("plan.fit", "hello", "not a FIT file"),
        ("plan.json", "[]", "sidecar"),
        ("plan.json", '{"plan": [{"start": 5, "end": 4}]}', "does not follow 0 s in order"),
        ("plan.txt", "", "not a workout file"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(FileFormatError, match=problem) as caught:
        read_plan(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<workout><SteadyState Duration="x" Power="1"/></workout>', "line 1: SteadyState has Duration 'x'"),
        ('<workout><SteadyState Duration="nan" Power="1"/></workout>', "Duration 'nan', which is no time"),
        ('<workout><SteadyState Power="1"/></workout>', "SteadyState has no seconds"),
        ('<workout><SteadyState Duration="99999" Power="1"/></workout>', "more than a day"),
        ('<workout><IntervalsT Repeat="x" OnDuration="5" OnPower="1"/></workout>', "Repeat is 'x'"),
        ('<workout><SteadyState Duration="600" Power="0.6"/></workout>', "no work above 75 % of FTP"),
    ],
)
def test_a_plan_without_work_that_is_understood_says_why(tmp_path: Path, text: str, problem: str) -> None:
    plan, said = understood(written(tmp_path, "plan.zwo", text))
    assert plan == ()
    assert problem in said[0]
    assert said[-1].endswith("Intervals are found from power.")


def test_a_missing_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_plan(tmp_path / "none.zwo")
    with pytest.raises(FileFormatError, match="1 MiB"):
        read_plan(written(tmp_path, "huge.zwo", bytes(2**20 + 1)))


def test_a_recorded_ride_is_no_plan(tmp_path: Path) -> None:
    path = written(tmp_path, "ride.fit", fit_files.fit(*fit_files.head()))
    with pytest.raises(FileFormatError, match="holds no workout"):
        read_plan(path)


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode),
    st.sampled_from(["zwo", "erg", "fit", "json"]),
)
def test_any_octets_give_a_plan_or_a_message(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{ending}"
    path.write_bytes(octets)
    try:
        plan = read_plan(path, 200.0)
    except FileFormatError:
        return
    assert all(step.start < step.end for step in plan)
