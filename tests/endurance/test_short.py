"""A short one of each scenario; the long ones are `python -m tests.endurance`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.endurance import Figure
from tests.endurance.__main__ import main
from tests.endurance.drops import drops
from tests.endurance.endings import endings
from tests.endurance.kills import kills
from tests.endurance.soak import soak
from tests.programs import require_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez and /proc are Linux's")


def missed(figures: list[Figure]) -> list[Figure]:
    """Those that do not hold."""
    return [figure for figure in figures if not figure.holds]


async def test_a_killed_ride_is_kept_without_a_hole() -> None:
    require_program("dbus-daemon")
    figures = await kills(2, seed=1, late=True)
    # how much is lost depends on how busy the machine is: the long one judges it
    assert missed([figure for figure in figures if "lost" not in figure.name]) == []


async def test_a_ride_outlasts_lost_links() -> None:
    require_program("dbus-daemon")
    assert missed(await drops(3, seed=1)) == []


@pytest.mark.parametrize(
    ("end", "screen"), [("closed", True), ("SIGQUIT", True), ("SIGQUIT", False), ("Ctrl-C twice", False)]
)
async def test_a_rude_end_leaves_the_ride_done(tmp_path: Path, end: str, *, screen: bool) -> None:
    require_program("dbus-daemon")
    assert missed(await endings(tmp_path, 0.3, [(end, screen)])) == []


async def test_minutes_of_a_ride_leave_nothing_behind(tmp_path: Path) -> None:
    require_program("mosquitto")
    assert missed(await soak(tmp_path, 0.05, 120.0, seed=1)) == []


def test_a_figure_that_misses_its_goal_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require_program("dbus-daemon")
    require_program("mosquitto")

    async def missing(*_: object) -> list[Figure]:
        return [Figure("lost", "2.1 s", "at most 1.5 s", holds=False)]

    monkeypatch.setattr("tests.endurance.__main__.drops", missing)
    assert main(["drops"]) == 1
    assert "drops: lost 2.1 s (goal: at most 1.5 s): MISSED" in capsys.readouterr().out
