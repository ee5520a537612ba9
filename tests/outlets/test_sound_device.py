"""The sound device found, slow, lost and given back, and the terminal's bell in its stead."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from legbal.errors import OutletError
from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.outlets.sound import Sound, ring_bell
from legbal.outlets.speakers import open_speaker
from tests.outlets.speaker import PERIOD, Room, cue, first_sounding


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
