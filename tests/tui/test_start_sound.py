"""The dialog in which the sound is tried, over the start screen."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Static

from legbal.errors import OutletError
from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue
from legbal.tui.screens.start import SoundDialog
from tests.tui.radio import ASSIOMA, Radio, app_of


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
    monkeypatch.setattr("legbal.tui.screens.start.Sound", lambda **_: heard)
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
    monkeypatch.setattr("legbal.tui.screens.start.Sound", lambda **_: sound)
    app = app_of(Radio(ASSIOMA))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        assert await asyncio.to_thread(sound.settled.wait, 10)
        await pilot.press("l")
        await pilot.pause()
        assert "no sound device was found" in str(app.screen.query_one("#answer", Static).content)
