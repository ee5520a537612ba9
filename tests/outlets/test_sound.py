"""Cues to samples: when they start, what mute and volume do to them, and what happens without a device."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from legbal.errors import OutletError
from legbal.outlets.audio import (
    PEAK,
    PERIOD_MS,
    SAMPLE_RATE,
    CloseSpeaker,
    Samples,
    Waveform,
    open_speaker,
    render,
)
from legbal.outlets.sound import QUEUED_CUES, Sound, ring_bell
from legbal.ride.events import Cue
from legbal.ride.inputs import Side
from tests.outlets.access import Teller

PERIOD = SAMPLE_RATE * PERIOD_MS // 1000


class HandDriven:
    """A speaker that pulls when the test says so; `present` False: there is none."""

    def __init__(self) -> None:
        self.present = True
        self.opened = 0
        self.closed = 0
        self.samples: Samples | None = None
        self.lost: Callable[[], None] | None = None

    def __call__(self, samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        if not self.present:
            raise OutletError("no sound device was found")
        next(samples)
        self.samples, self.lost = samples, lost
        self.opened += 1
        return self.close

    def close(self) -> None:
        self.closed += 1

    def pull(self, periods: int = 1) -> Waveform:
        """What the device hears in so many periods, silence filled in, shape (periods × PERIOD, 2)."""
        assert self.samples is not None
        heard = np.zeros((periods, PERIOD, 2), dtype=np.float32)
        for period in heard:
            got = self.samples.send(PERIOD)
            if not isinstance(got, bytes):
                period[: len(got)] = got
        return heard.reshape(-1, 2)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Room:
    """A rider's room: a sound outlet, its speaker, what was told and how often the bell rang."""

    def __init__(self, *, present: bool = True, volume: float = 1.0, mute: bool = False) -> None:
        self.speaker, self.clock = HandDriven(), Clock()
        self.speaker.present = present
        self.teller = Teller()
        self.told = self.teller.said
        self.bells = 0
        self.sound = Sound(
            volume=volume,
            mute=mute,
            bell=self.ring,
            open_speaker=self.speaker,
            clock=self.clock,
        )
        self.teller.start(self.sound)
        self.sound.settled.wait(10)

    def ring(self) -> None:
        self.bells += 1


def cue(side: Side = "left", sound: Literal["alert", "recovered"] = "alert") -> Cue:
    return Cue(t=1.0, sound=sound, side=side)


def first_sounding(heard: Waveform) -> int:
    """The index of the first frame that is not silent."""
    return int(np.flatnonzero(np.any(heard != 0, axis=1))[0])


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("sound", ["alert", "recovered"])
def test_the_device_gets_exactly_the_rendered_tone(side: Side, sound: Literal["alert", "recovered"]) -> None:
    room = Room()
    room.sound.play(cue(side, sound))
    tone = render(sound, side)
    heard = room.speaker.pull(40)
    np.testing.assert_array_equal(heard[: len(tone)], tone)
    assert not heard[len(tone) :].any()


def test_a_cue_starts_with_the_very_next_samples_that_the_device_asks_for() -> None:
    room = Room()
    assert not room.speaker.pull(50).any()
    room.sound.play(cue())
    assert first_sounding(room.speaker.pull()) <= 1  # the tone's first sample is its zero


def test_cues_follow_each_other_and_do_not_overlap() -> None:
    room = Room()
    room.sound.play(cue("left"))
    room.sound.play(cue("right"))
    heard = room.speaker.pull(80)
    left, right = render("alert", "left"), render("alert", "right")
    start = -(-len(left) // PERIOD) * PERIOD
    np.testing.assert_array_equal(heard[: len(left)], left)
    np.testing.assert_array_equal(heard[start : start + len(right)], right)
    assert np.abs(heard).max() <= np.float32(PEAK)


def test_volume_scales_the_tone_and_a_change_of_it_does_not_click() -> None:
    room = Room(volume=0.5)
    room.sound.play(cue())
    tone = render("alert", "left")
    np.testing.assert_allclose(room.speaker.pull(2), 0.5 * tone[: 2 * PERIOD], atol=1e-6)
    room.sound.volume = 1.0
    ramp = np.linspace(0.5, 1.0, PERIOD)[:, None]
    np.testing.assert_allclose(room.speaker.pull(), ramp * tone[2 * PERIOD : 3 * PERIOD], atol=1e-6)
    np.testing.assert_allclose(room.speaker.pull(), tone[3 * PERIOD : 4 * PERIOD], atol=1e-6)


def test_muted_there_is_neither_tone_nor_bell() -> None:
    room = Room(mute=True)
    assert room.sound.status.state == "muted"
    room.sound.play(cue())
    assert not room.speaker.pull(5).any()
    assert room.bells == 0


def test_muting_ends_a_tone_within_a_period_and_unmuting_does_not_bring_it_back() -> None:
    room = Room()
    room.sound.play(cue())
    room.speaker.pull(2)
    room.sound.mute = True
    fading = room.speaker.pull()
    assert fading.any()
    assert not fading[-1].any()
    room.sound.mute = False
    assert not room.speaker.pull(5).any()
    room.sound.play(cue())
    assert room.speaker.pull().any()


def test_finished_once_every_cue_was_handed_over() -> None:
    room = Room()
    assert room.sound.silent.wait(0)
    room.sound.play(cue())
    room.speaker.pull(2)
    assert not room.sound.silent.wait(0)
    room.speaker.pull(40)
    assert room.sound.silent.wait(0)


def test_a_full_queue_drops_the_oldest_cues_and_counts_them() -> None:
    room = Room()
    for _ in range(QUEUED_CUES + 3):
        room.sound.play(cue("left"))
    assert room.sound.dropped == 3


def test_without_a_device_the_bell_rings_for_alerts_and_it_is_told_once() -> None:
    room = Room(present=False)
    assert room.sound.status.state == "bell"
    assert room.told == ["No sound: no sound device was found. The terminal's bell rings instead."]
    assert room.sound.status.text == room.told[0]
    for _ in range(3):
        room.sound.play(cue("left"))
        room.sound.settled.wait(10)
    room.sound.play(cue("left", "recovered"))
    room.sound.settled.wait(10)
    assert room.bells == 3
    assert len(room.told) == 1
    assert room.sound.status.state == "bell"


def test_a_device_that_appears_later_is_found_at_the_next_cue() -> None:
    room = Room(present=False)
    room.speaker.present = True
    room.sound.play(cue())
    assert room.bells == 1
    assert room.sound.settled.wait(10)
    assert room.sound.status.state == "on"
    assert room.told[1:] == ["Sound is back."]
    assert room.sound.status.text == ""
    room.sound.play(cue())
    assert room.speaker.pull().any()
    assert room.bells == 1


def test_a_device_that_says_it_is_gone_is_replaced_by_the_bell_and_closed_before_the_next() -> None:
    room = Room()
    assert room.speaker.lost is not None
    room.speaker.lost()
    room.speaker.lost()
    assert room.sound.status.reason == "the sound device is gone"
    assert room.told == ["No sound: the sound device is gone. The terminal's bell rings instead."]
    assert room.sound.silent.wait(0)
    room.sound.play(cue())
    assert room.sound.settled.wait(10)
    assert room.sound.status.state == "on"
    assert (room.bells, room.speaker.opened, room.speaker.closed) == (1, 2, 1)


def test_a_device_that_falls_silent_without_a_word_is_noticed_at_the_next_cue() -> None:
    room = Room()
    room.speaker.pull()
    room.clock.now += 1.5
    room.sound.play(cue())
    assert room.bells == 1
    assert room.sound.settled.wait(10)
    assert room.sound.status.state == "on"
    assert (room.speaker.opened, room.speaker.closed) == (2, 1)
    assert room.told == [
        "No sound: the sound device is gone. The terminal's bell rings instead.",
        "Sound is back.",
    ]


def test_starting_does_not_wait_for_a_slow_device_and_a_cue_meanwhile_rings_the_bell() -> None:
    room = Room(present=False)
    answer = threading.Event()
    bells: list[int] = []

    def slow(samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        assert answer.wait(30)
        room.speaker.present = True
        return room.speaker(samples, lost)

    sound = Sound(open_speaker=slow, bell=lambda: bells.append(1), clock=room.clock)
    sound.start()
    assert sound.status.state == "on"
    sound.play(cue())
    assert bells == [1]
    answer.set()
    assert sound.settled.wait(10)
    assert sound.status.state == "on"
    assert room.speaker.opened == 1


def test_closing_gives_the_device_back_even_if_it_opens_only_afterwards() -> None:
    room = Room()
    room.sound.close()
    assert room.speaker.closed == 1
    assert room.sound.status.state == "off"
    room.sound.play(cue())
    room.sound.start()
    assert (room.speaker.opened, room.bells) == (1, 0)

    answer = threading.Event()

    def slow(samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        assert answer.wait(30)
        return room.speaker(samples, lost)

    late = Sound(open_speaker=slow)
    room.teller.start(late)
    late.close()
    answer.set()
    late.settled.wait(10)
    assert room.speaker.closed == 2
    assert room.told == []


def test_on_miniaudios_null_device_a_cue_starts_with_the_first_samples_asked_for_after_play() -> None:
    import miniaudio

    pulled = threading.Event()
    played = threading.Event()
    sounded: list[
        int
    ] = []  # index of the first sounding frame, counted from the first pull that began after play

    def listening(samples: Samples) -> Samples:
        next(samples)
        frames = yield b""
        asked = 0
        while True:
            after = played.is_set()
            got = samples.send(frames)
            if after and not sounded:
                if isinstance(got, bytes):
                    asked += frames
                else:
                    sounded.append(asked + first_sounding(got))
            pulled.set()
            frames = yield got

    def null_speaker(samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        return open_speaker(listening(samples), lost, backends=[miniaudio.Backend.NULL])

    sound = Sound(open_speaker=null_speaker)
    sound.start()
    assert sound.settled.wait(10)
    assert sound.status.state == "on"
    assert pulled.wait(30)
    sound.play(cue())
    played.set()
    assert sound.silent.wait(10)
    sound.close()
    # already under way when `played` was set: then the tone began one pull earlier
    assert sounded[0] <= PERIOD


def test_the_real_device_opens_or_says_why_and_never_pretends() -> None:
    def silence() -> Generator[bytes, int, None]:
        while True:
            yield b""

    try:
        close = open_speaker(silence(), lambda: None)
    except OutletError as error:
        said = f"{error} {error.hint}"
    else:
        close()
        said = ""
    assert said == "" or ("sound" in said and "legbal doctor --sound" in said)


def test_a_missing_device_prints_nothing_over_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    sound = Sound(bell=lambda: None)
    sound.start()
    sound.settled.wait(30)
    sound.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_the_bell_reaches_the_terminal_even_while_a_screen_captures_standard_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, program = os.openpty()
    with os.fdopen(program, "w") as error:
        monkeypatch.setattr(sys, "__stderr__", error)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        ring_bell()
        assert os.read(terminal, 10) == b"\a"
    os.close(terminal)


def test_there_is_no_bell_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "errors").open("w") as error:
        monkeypatch.setattr(sys, "__stderr__", error)
        ring_bell()
    assert (tmp_path / "errors").read_bytes() == b""
