"""`legbal me`: six answers from a real library, as a rider and as a program read them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from legbal import paths
from legbal.analysis.efforts import Deficit, Efforts
from legbal.app import reindex_process
from legbal.library.rider import add_change
from legbal.ride.baseline import TYPICAL_NOISE
from legbal.ride.share import Estimate, Share
from tests.analysis.shares import EASY, THRESHOLD, fill, kept, summary
from tests.terminal import legbal

BEGIN = datetime(2026, 1, 5, 18, tzinfo=UTC)
QUESTIONS = [
    "How large is it?",
    "Where?",
    "How fast does the left leg tire?",
    "Is it getting better?",
    "What did each change do?",
    "What can this meter show?",
]


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    monkeypatch.setattr(reindex_process, "start", lambda: None)
    return paths.library_file()


def rides(
    path: Path, count: int, meter: str = "Pedals", change: float = 0.0, begin: datetime = BEGIN
) -> None:
    """Left 47.5, lower at threshold, falling by 2 points an hour, with a deficit in every second ride."""
    random = np.random.default_rng(count)
    for number in range(count):
        level = 47.5 + random.normal(0, 0.3) + (change if number >= count // 2 else 0.0)
        bands = {EASY: (level + 0.8, 0.2), THRESHOLD: (level - 0.8, 0.3)}
        efforts = Efforts(
            seconds=3000.0,
            drift=Estimate(-2.0 + random.normal(0, 0.8), 0.8),
            deficits=(Deficit("left", 1500.0, 3.0, 60.0, 60.0),) if number % 2 else (),
            sprints=Share(level - 2, 0.8, 20.0, 30, 600.0) if number % 4 == 0 else Share(),
            noise=msgspec.structs.replace(TYPICAL_NOISE, seconds=3000),
        )
        stated = msgspec.structs.replace(summary(bands), efforts=efforts)
        kept(path, begin + timedelta(days=3 * number), stated, meter=meter)
    fill(path)


def test_six_questions_are_answered_in_sentences(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 20, change=1.5)
    add_change("left cleat 2° in", date(2026, 2, 3), path=path)
    code, out, err = legbal(capsys, "me")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:2] == ["Pedals", "20 rides, 5 Jan 2026 to 3 Mar 2026; measured."]
    assert [line for line in lines if line in QUESTIONS] == QUESTIONS
    answers = " ".join(out.split())
    assert "Clear: the left leg gives less, 48." in answers
    assert "Clear: most at threshold (left 48." in answers
    assert "least at endurance (49." in answers
    assert "Sprints of 5 to 20 s: left 4" in answers
    assert "Clear: it loses 1." in answers or "Clear: it loses 2." in answers
    assert "On half of the rides it is 2 points down within" in answers
    assert "back after 60 s." in answers
    assert "left cleat 2° in (3 Feb 2026): " in answers
    assert "points of left share." in answers
    assert "all sudden drops of 5 points within 20 s" in answers
    assert max(map(len, lines)) <= 80


def test_json_has_the_numbers_and_the_sentences(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 12)
    code, out, _ = legbal(capsys, "me", "--json")
    assert code == 0
    ((found),) = json.loads(out)
    assert [x["question"] for x in found["answers"]] == QUESTIONS
    assert found["size"]["weak"] == "left"
    assert found["size"]["level"]["low"] < 47.5 < found["size"]["level"]["high"]
    assert found["tiring"]["drift"]["low"] < -2.0 < found["tiring"]["drift"]["high"]
    assert found["tiring"]["first_deficits"] == 6
    assert found["tiring"]["below_s"] == pytest.approx(36.0)
    assert found["shows"]["profile"] == "unlisted"


def test_the_meter_with_the_most_rides_comes_first_and_another_on_request(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rides(path, 3, "Spider")
    rides(path, 6, "Pedals")
    _, out, _ = legbal(capsys, "me")
    assert out.startswith("Pedals\n")
    assert "Other meters, with --meter: Spider (3 rides)." in out
    _, out, _ = legbal(capsys, "me", "--meter", "spi")
    assert out.startswith("Spider\n")
    code, _, err = legbal(capsys, "me", "--meter", "nobody")
    assert code == 1
    assert "no ride on a meter 'nobody'" in err


def test_of_meters_with_as_many_rides_the_one_last_ridden_comes_first(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rides(path, 2, "Spider", begin=BEGIN - timedelta(days=60))
    rides(path, 2, "Pedals")
    rides(path, 2, "Crank", begin=BEGIN - timedelta(days=30))
    _, out, _ = legbal(capsys, "me")
    assert out.startswith("Pedals\n")
    assert "Other meters, with --meter: Crank (2 rides) and Spider (2 rides)." in out


def test_one_ride_says_how_many_more_it_takes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 1)
    _, out, _ = legbal(capsys, "me")
    answers = " ".join(out.split())
    assert "more rides like the last" in answers
    assert "Not known yet: 1 ride in 0 days; 5 in 4 weeks needed." in answers
    assert "nan" not in answers


def test_without_rides_it_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = legbal(capsys, "me")
    assert code == 0
    assert out.splitlines()[0] == "No rides with a balance yet; those of the demo do not count."
    assert json.loads(legbal(capsys, "me", "--json")[1]) == []


def test_the_report_of_months_begins_with_the_answers(
    path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rides(path, 8)
    code, _, _ = legbal(capsys, "report", "--trend", "-o", str(tmp_path / "months.html"))
    assert code == 0
    page = (tmp_path / "months.html").read_text(encoding="utf-8")
    assert all(question in page for question in QUESTIONS)
    assert "How the left leg tires" in page
    assert page.index("How large is it?") < page.index("What the numbers are worth")


def test_trend_and_change_say_how_the_leg_tires(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 20)
    add_change("left cleat 2° in", date(2026, 2, 3), path=path)
    _, out, _ = legbal(capsys, "trend")
    tires = out[out.index("How the left leg tires") :]
    assert "it is 2 points down within" in " ".join(tires.split())
    assert [line.split()[:2] for line in tires.splitlines() if line.startswith("2026-0")] == [
        *(["2026-01", "9"], ["2026-02", "10"], ["2026-03", "1"]),
    ]
    (meter,) = json.loads(legbal(capsys, "trend", "--json")[1])["meters"]
    assert [x["first_deficits"] for x in meter["tiring"]["by_month"]] == [4, 5, 1]
    assert meter["tiring"]["words"] in " ".join(tires.split())
    assert "How the left leg tires" not in legbal(capsys, "trend", "--band", "55-75")[1]
    _, out, _ = legbal(capsys, "change", "report")
    said = " ".join(out.split())
    ((effect,),) = [x["meters"] for x in json.loads(legbal(capsys, "change", "report", "--json")[1])]
    assert "Whether the left leg tires less is not known yet: " in said
    assert effect["tiring"]["words"] in said
    assert (effect["tiring"]["before"]["rides"], effect["tiring"]["after"]["rides"]) == (10, 10)


def test_each_ride_says_how_the_leg_tired(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 4)
    code, out, _ = legbal(capsys, "me", "--rides")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "How the left leg tired, in time of effort"
    rows = [line for line in lines if line.startswith("2026-")]
    assert [row[:10] for row in rows] == ["2026-01-14", "2026-01-11", "2026-01-08", "2026-01-05"]
    assert rows[0].split()[2] == "50:00"
    assert rows[0].split()[-3:] == ["25:00", "1:00", "1:00"]
    assert rows[1].split()[-3:] == ["none", "—", "—"]
