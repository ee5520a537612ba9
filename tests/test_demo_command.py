"""`legbal demo` tells its story whatever the rider's own settings are."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from legbal.app import companions
from legbal.cli import legbal
from legbal.library.rides import Library


@pytest.mark.parametrize(
    ("typed", "leg"),
    [
        pytest.param((), "left", id="nothing known"),
        pytest.param(("--ftp", "340"), "left", id="a strong rider"),
        pytest.param(("--ftp", "120", "--weak-leg", "right"), "right", id="the right leg"),
    ],
)
def test_both_drop_offs_are_told_and_the_leg_is_back(typed: tuple[str, ...], leg: str) -> None:
    words = ("demo", "--headless", "--events", "--speed", "max", "--seconds", "700", "--no-sound")
    done = CliRunner().invoke(legbal, [*words, *typed])
    assert done.exit_code == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    dropoffs = [(x["event"], x["side"]) for x in told if x["event"] in ("alert", "clear")]
    assert dropoffs == [("alert", leg), ("clear", leg)] * 2


def test_a_history_that_cannot_be_learnt_costs_no_ride(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "with_contributions", lambda *_: 1 / 0)
    done = CliRunner().invoke(legbal, ["demo", "--headless", "--events", "--speed", "max", "--seconds", "60"])
    assert done.exit_code == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(x["name"], x["state"]) for x in told if x["event"] == "outlet"] == [("setup", "failed")]
    assert (
        "The ride's setup has failed: ZeroDivisionError: division by zero. The ride goes on." in done.stderr
    )
    with Library() as library:
        assert len(list(library.inputs(library.find("last")))) > 60


def test_its_story_is_told_within_three_minutes() -> None:
    """Steady, down within 75 s of the ride, which is real time, and back within three minutes: whoever rides."""
    words = ("demo", "--headless", "--events", "--speed", "max", "--seconds", "180", "--no-sound", "--seed")
    for seed in ("0", "1", "2", "3"):
        done = CliRunner().invoke(legbal, [*words, seed])
        told = [json.loads(line) for line in done.stdout.splitlines()]
        story = [(x["event"], x["t"]) for x in told if x["event"] in ("interval_start", "alert", "clear")]
        assert [event for event, _ in story] == ["interval_start", "alert", "clear"]
        assert story[1][1] < 75.0
        assert 95.0 < story[2][1] < 180.0
