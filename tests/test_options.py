"""The options of ride, demo and replay: what is typed, what is refused, and what it becomes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from legbal.cli.options import RIDE_OPTIONS, command
from legbal.config import Settings, load


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the home of everything."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path


class Ridden:
    """Runs a command that has the options and keeps what it was called with."""

    def __init__(self, *typed: str) -> None:
        self.settings: Settings | None = None
        self.headless = self.events = False

        def command(*, headless: bool, events: bool, **options: object) -> None:
            self.settings, self.headless, self.events = load(options), headless, events

        for option in RIDE_OPTIONS:
            option(command)
        self.result: Result = CliRunner().invoke(click.command()(command), typed)


def test_with_nothing_typed_the_settings_hold() -> None:
    ridden = Ridden()
    assert ridden.settings == Settings()
    assert (ridden.headless, ridden.events) == (False, False)


def test_each_option_reaches_its_setting() -> None:
    ridden = Ridden(
        *("--ftp", "265", "--weak-leg", "left", "--sensitivity", "eager", "--target", "48.5"),
        *("--margin", "2", "--window", "20", "--threshold-when", "always", "--volume", "0.4"),
        *("--swap-sides", "--assume-left", "--mute", "--headless", "--events"),
    )
    assert ridden.result.exit_code == 0, ridden.result.output
    assert ridden.settings == Settings(
        ftp=265,
        weak_leg="left",
        sensitivity="eager",
        target=48.5,
        margin=2,
        window=20,
        threshold_when="always",
        volume=0.4,
        swap_sides=True,
        assume_left=True,
        sound=False,
    )
    assert ridden.headless
    assert ridden.events


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        (["--page", "last"], "here"),
        (["last", "--page"], "here"),
        (["--page", "network", "last"], "network"),
        (["--page=network", "last"], "network"),
        (["--page", "--mute", "last"], "here"),
        (["last"], None),
    ],
)
def test_the_page_s_option_takes_no_ride_for_its_value(typed: list[str], page: str | None) -> None:
    replay = command("replay", click.argument("ride"), *RIDE_OPTIONS, help="", run="ride:none")
    read = replay.make_context("replay", typed).params
    assert (read["ride"], read["page"]) == ("last", page)


def test_a_flag_can_take_back_what_the_file_switches_on(home: Path) -> None:
    (home / "config.toml").write_text("swap_sides = true\nsound = false\n", encoding="utf-8")
    assert Ridden().settings == Settings(swap_sides=True, sound=False)
    assert Ridden("--no-swap-sides", "--sound").settings == Settings()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            ("--ftp", "1000"),
            "Invalid value for '--ftp': '1000' is not allowed; it is a number from 50 to 600.",
        ),
        (("--weak-leg", "lft"), "it is left, right or unknown. Did you mean left?"),
        (("--target", "nan"), "'nan' is not allowed; it is a number from 30 to 70."),
        (("--volume", "loud"), "it is a number from 0 to 1."),
        (("--sensitivity", ""), "it is calm, normal or eager."),
    ],
)
def test_a_wrong_value_is_wrong_usage_and_says_what_is_allowed(typed: tuple[str, ...], said: str) -> None:
    ridden = Ridden(*typed)
    assert ridden.result.exit_code == 2
    assert said in " ".join(ridden.result.output.split())


def test_the_options_load_nothing_heavy() -> None:
    code = (
        "import sys, legbal.cli.options\n"
        "print([name for name in ('numpy', 'bleak', 'textual', 'msgspec') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
