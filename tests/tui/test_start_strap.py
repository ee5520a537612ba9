"""A heart-rate strap on the start screen: offered while it is in range, and left alone until it is chosen."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from legbal.app.nearby import NearbyMeter
from legbal.present.text import width_of
from legbal.tui.screens.start import StartScreen
from tests.tui.radio import ASSIOMA, QUARQ, Radio, app_of
from tests.tui.test_start import rows, said, settled, shown

STRAP = NearbyMeter("TICKR A1B2", "TICKR A1B2", -50, "", "", strap=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home: what is chosen here is saved there."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))


@pytest.fixture
def radio() -> Radio:
    return Radio(ASSIOMA, QUARQ)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_a_strap_in_range_is_offered_and_is_no_meter(radio: Radio, size: tuple[int, int]) -> None:
    app = app_of(radio)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "\nh " not in said(app, "choices")
        await pilot.press("h")  # there is nothing to choose
        await pilot.pause()
        assert shown(app) is StartScreen
        radio.hears(ASSIOMA, STRAP, QUARQ)
        await pilot.pause()
        assert len(rows(app)) == 2
        line = said(app, "choices").splitlines()[-1]
        assert re.fullmatch(r"h   heart     off +in range: TICKR A1B2", line)
        await pilot.press("h", "2")
        await settled(app, pilot)
        assert app.settings.heart_rate == "TICKR A1B2"
        assert said(app, "choices").splitlines()[-1].split()[:3] == ["h", "heart", "TICKR"]
        radio.hears(ASSIOMA)
        await pilot.pause()
        assert said(app, "choices").splitlines()[-1].rstrip() == "h   heart     TICKR A1B2"
        await pilot.press("h", "2")
        await settled(app, pilot)
        assert app.settings.heart_rate == "any"
        await pilot.press("h", "1")
        await settled(app, pilot)
        assert app.settings.heart_rate == "off"
        assert "\nh " not in said(app, "choices")


async def test_a_dozen_straps_with_odd_names_fit(radio: Radio) -> None:
    odd = [
        msgspec.structs.replace(STRAP, name=f"\x1b[2J[red]{n}自転車" * 9, selector=f"{n}") for n in range(12)
    ]
    app = app_of(radio)
    async with app.run_test(size=(80, 24)) as pilot:
        radio.hears(ASSIOMA, *odd)
        await pilot.pause()
        assert all(width_of(line) <= 80 for line in said(app, "choices").splitlines())
        assert "\x1b" not in said(app, "choices")
        await pilot.press("h", "9")
        await settled(app, pilot)
        assert app.settings.heart_rate == "any"
