"""Which of a FIT file's activities are rides, by its sessions; and that a ride has power."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from legbal.errors import FileFormatError
from legbal.files.fit.reading import read
from tests.files.fit_files import START, fit, head, records
from tests.files.test_fit_reading import parsed, told


def session(sport: int, first: int, last: int) -> tuple[str, dict[str, Any]]:
    return "SESSION", {"timestamp": START + last, "start_time": START + first, "sport": sport}


def test_of_a_multisport_file_only_the_bicycle_counts(path: Path) -> None:
    sessions = [session(5, 0, 99), session(3, 100, 109), session(2, 110, 209), session(1, 210, 300)]
    found, said = parsed(path, fit(*head(), *records(range(300)), *sessions))
    assert len(told(found)) == 100
    assert said == [f"{path}: left out 200 records of running, swimming and transition"]
    assert found.started == datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=START + 110)


def test_a_file_of_more_activities_than_any_day_is_refused(path: Path) -> None:
    """Else each of its records is looked for in each of them."""
    sessions = [session(2, n, n + 1) for n in range(101)]
    path.write_bytes(fit(*head(), *records(range(60)), *sessions))
    with pytest.raises(FileFormatError, match="holds more than 100 activities, which no ride does"):
        read(path, print)
    assert len(told(parsed(path, fit(*head(), *records(range(60)), *sessions[:100]))[0])) == 60


def test_a_run_with_power_is_no_ride(path: Path) -> None:
    path.write_bytes(fit(*head(), *records(range(60)), session(1, 0, 60)))
    with pytest.raises(FileFormatError, match="holds no cycling, but running"):
        read(path, print)


@pytest.mark.parametrize("power", [None, 0])
def test_a_file_without_power_is_no_ride(path: Path, power: int | None) -> None:
    path.write_bytes(fit(*head(), *records(range(30), power=power, heart_rate=99)))
    with pytest.raises(FileFormatError, match="has no power, so it says nothing about the legs"):
        read(path, print)


@pytest.mark.parametrize(
    ("sport", "kind", "words"),
    [
        (10, 43, "yoga"),
        (10, 20, "strength training"),
        (4, 14, "indoor rowing"),
        (4, 15, "elliptical"),
        (15, 0, "rowing"),
        (254, 0, "another sport"),
        (200, 0, "another sport"),
    ],
)
def test_what_is_done_with_power_but_on_no_bicycle_is_no_ride(
    path: Path, sport: int, kind: int, words: str
) -> None:
    done = session(sport, 0, 60)
    done[1]["sub_sport"] = kind
    path.write_bytes(fit(*head(), *records(range(60)), done))
    with pytest.raises(FileFormatError, match=f"holds no cycling, but {words}"):
        read(path, print)


@pytest.mark.parametrize(("sport", "kind"), [(2, 6), (10, 0), (4, 6), (0, 58), (21, 28)])
def test_what_may_be_cycling_is(path: Path, sport: int, kind: int) -> None:
    done = session(sport, 0, 60)
    done[1]["sub_sport"] = kind
    found, said = parsed(path, fit(*head(), *records(range(60)), done))
    assert len(told(found)) == 60
    assert not said
