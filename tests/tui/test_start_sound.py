"""The dialog in which the sound is tried, over the start screen."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Static

from legbal.app.rides import RideService
from legbal.config import Settings
from legbal.errors import OutletError
from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.tui.base_app import BaseApp
from legbal.tui.screens.start import StartScreen
from legbal.tui.sound_dialog import SoundDialog
from tests.tui.radio import ASSIOMA, Radio, Rides, app_of


class Heard(Sound):
    """A sound whose cues a test sees."""

    cues: list[Cue]

    def play(self, cue: Cue) -> None:
        self.cues.append(cue)


async def test_the_sound_is_tried_left_and_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def speaker(samples: Samples, lost: object) -> CloseSpeaker:
        del lost
        next(samples)
        return lambda: None

    heard = Heard(open_speaker=speaker)
    heard.cues = []
    monkeypatch.setattr("legbal.outlets.sound.Sound", lambda **_: heard)
    app = app_of(Radio(ASSIOMA))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, SoundDialog)
        await pilot.press("l", "r")
        assert [cue.side for cue in heard.cues] == ["left", "right"]
        assert "from the right" in str(app.screen.query_one("#answer", Static).content)
        await pilot.press("escape")
        await pilot.pause()
        for worker in [worker for worker in app.workers if worker.group == "sound"]:
            await worker.wait()
        assert heard.status.state == "off"


async def test_where_there_is_no_sound_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(samples: Samples, lost: object) -> CloseSpeaker:
        del samples, lost
        raise OutletError("no sound device was found")

    sound = Sound(open_speaker=none, bell=lambda: None)
    monkeypatch.setattr("legbal.outlets.sound.Sound", lambda **_: sound)
    app = app_of(Radio(ASSIOMA))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        assert await asyncio.to_thread(sound.settled.wait, 10)
        await pilot.press("l")
        await pilot.pause()
        assert "no sound device was found" in str(app.screen.query_one("#answer", Static).content)


@pytest.mark.parametrize(("there", "words"), [(True, "on, volume 80 %"), (False, "bell only")])
async def test_where_no_speaker_is_the_start_screen_says_bell_only(there: bool, words: str) -> None:
    app = BaseApp(lambda: StartScreen(Radio(ASSIOMA).look, Rides, RideService, lambda: there), Settings())
    async with app.run_test(size=(80, 24)) as pilot:
        for worker in [worker for worker in app.workers if worker.group == "speaker"]:
            await worker.wait()
        await pilot.pause()
        assert words in str(app.screen.query_one("#start-choices", Static).content)
