"""The small files that other programs wrote and that were read wrongly once: each with its right answer.

Those of `../shared/data/cases` that are about files; copies of most lie in `cases/` beside this module, for every
checkout.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from legbal.cli import legbal
from tests.shared import shared

HERE = Path(__file__).parent / "cases"
ODD = "some of its fields cannot be read; all else was read"
SAID = {
    "f00_plain.fit": "",
    "f01_dev_size0.fit": ODD,
    "f02_dev_size3_float.fit": ODD,
    "f04_base_1c.fit": ODD,
    "f07_clock_set.fit": "its clock was set on the way, so 101 records from before are read as just before",
    "f13_12345678901.zip": "",
    "f14_two_records_a_second.fit": "",
}
REFUSED = {"f12_yoga.fit": "holds no cycling, but yoga"}
# of soft pedalling and of a drill with one leg: what is said of a ride, whatever file it comes from
OF_A_RIDE = {"f08_soft_128.fit", "f10_left_drill.fit"}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(legbal, list(map(str, arguments)))


def case(name: str) -> Path:
    return HERE / name if (HERE / name).exists() else shared(f"data/cases/{name}")


def imported(path: Path) -> tuple[dict[str, Any], int]:
    result = run("import", "--json", path)
    (line,) = result.stdout.splitlines()
    return json.loads(line), result.exit_code


@pytest.mark.parametrize("name", SAID)
def test_a_file_is_reviewed_whole_and_what_is_odd_about_it_is_said(name: str) -> None:
    result = run("review", "--json", "--ftp", "250", case(name))
    assert result.exit_code == 0
    ride = json.loads(result.stdout)["ride"]
    assert ride["left_percent"] == pytest.approx(45.8, abs=0.05)
    assert (ride["duration_s"], ride["revolutions"]) == (599, None)  # nobody counted them
    assert result.stderr.strip().endswith(SAID[name])
    assert len(result.stderr.splitlines()) == bool(SAID[name])


@pytest.mark.parametrize("name", SAID)
def test_a_file_is_imported_and_what_is_odd_about_it_is_said(name: str) -> None:
    found, code = imported(case(name))
    assert (found["new"], code) == (True, 0)
    assert (found["error"] or "").endswith(SAID[name])
    assert bool(found["error"]) == bool(SAID[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_ride_is_refused(name: str) -> None:
    found, code = imported(case(name))
    assert (found["ride"], found["new"], code) == (None, False, 1)
    assert REFUSED[name] in found["error"]


def test_no_case_is_forgotten() -> None:
    there = {path.name for path in shared("data/cases").glob("f*")}
    assert there == SAID.keys() | REFUSED.keys() | OF_A_RIDE
    for path in HERE.iterdir():
        assert path.read_bytes() == shared(f"data/cases/{path.name}").read_bytes()
