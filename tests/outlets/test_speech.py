"""Words to samples: what a voice says in each language, when it is said, and what happens without one."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pytest

from legbal.config.settings import SpeechLanguage
from legbal.errors import OutletError
from legbal.outlets import voices
from legbal.outlets.audio import PEAK, SAMPLE_RATE, Waveform, place
from legbal.outlets.speech import Speech
from legbal.outlets.voices import synthesise, voice
from legbal.present.phrases import PHRASES
from legbal.ride.events import Cue, IntervalEnd
from legbal.ride.inputs import Side
from legbal.ride.work_interval import Interval
from tests.outlets.access import Access
from tests.programs import require_program
from tests.tui.views import ride, share


class Listener:
    """Hears what is said, and knows of which text each waveform was made."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, SpeechLanguage, int]] = []
        self.heard: list[Waveform] = []
        self.arrived = threading.Semaphore(0)
        self.present = True

    def synthesise(self, text: str, language: SpeechLanguage, words_per_minute: int) -> Waveform:
        self.asked.append((text, language, words_per_minute))
        if not self.present:
            self.arrived.release()
            raise OutletError("espeak-ng is not installed", hint="Install espeak-ng.")
        return np.full(10, len(self.asked) / 100, dtype=np.float32)

    def say(self, spoken: Waveform) -> None:
        self.heard.append(spoken)
        self.arrived.release()

    def wait(self) -> None:
        assert self.arrived.acquire(timeout=30)

    def speech(self, language: SpeechLanguage = "en") -> Speech:
        return Speech(self.say, language=language, words_per_minute=150, synthesise=self.synthesise)


def alert(side: Side = "left", sound: Literal["alert", "recovered"] = "alert") -> Cue:
    return Cue(t=1.0, sound=sound, side=side)


@pytest.mark.parametrize("language", get_args(SpeechLanguage))
def test_espeak_has_a_voice_for_every_language_and_says_every_phrase(language: SpeechLanguage) -> None:
    require_program("espeak-ng")
    phrases = PHRASES[language]
    for text in (phrases.left, phrases.right, phrases.back, phrases.interval(2, 47.0)):
        spoken = synthesise(text, language, 160)
        assert 0.3 < len(spoken) / SAMPLE_RATE < 5
        assert np.abs(spoken).max() == pytest.approx(PEAK, rel=1e-6)


def test_left_and_right_leg_are_different_words_and_the_rate_is_obeyed() -> None:
    require_program("espeak-ng")
    left, right = (synthesise(text, "en", 160) for text in (PHRASES["en"].left, PHRASES["en"].right))
    assert len(left) != len(right) or not np.array_equal(left, right)
    assert len(synthesise("interval 2: 47, 53", "en", 300)) < 0.7 * len(
        synthesise("interval 2: 47, 53", "en", 150)
    )


def test_nothing_that_is_said_is_an_instruction_to_espeak() -> None:
    """No foreign text is said today; a kind of alert from outside may say what it likes."""
    require_program("espeak-ng")
    plain = synthesise("left leg hello b", "en", 160)
    for text in ("left leg [[hello]] <b>", "left leg [[hello &b", "left leg \x1b_hello\x07>{b}"):
        assert len(synthesise(text, "en", 160)) == pytest.approx(len(plain), rel=0.02), text


def test_without_espeak_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(OutletError, match="espeak-ng is not installed") as raised:
        synthesise("left leg", "en", 160)
    assert raised.value.hint is not None


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    "script",
    ["exit 3", "echo some error >&2; exit 1", "echo no sound at all", "head -c 44 /dev/zero", "printf RIFF"],
)
def test_a_program_that_fails_or_gives_no_sound_is_an_outlet_error(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\nexec > $LEGBAL_WAV\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    with pytest.raises(OutletError, match=r"espeak-ng failed: ."):
        synthesise("left leg", "en", 160)


HOSTILE = "left $(touch made); `touch made` \"'; 'x' && [[slnc 9000]] <speak> -o made é"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_words_reach_each_systems_voice_as_data(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in keeps what it got and hands back a WAV file; say and PowerShell are nowhere to be had here."""
    espeak = require_program("espeak-ng")
    program = tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/options\ncat > {tmp_path}/stdin\n'
        f'printf %s "$LEGBAL_WORDS" > {tmp_path}/words\n{espeak} -w "$LEGBAL_WAV" "left leg"\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    monkeypatch.setattr(voices, "voice", lambda: voice(system))
    assert np.abs(synthesise(HOSTILE, "en", 160)).max() == pytest.approx(PEAK, rel=1e-6)
    words = (tmp_path / "words").read_text("utf-8")
    assert words == (tmp_path / "stdin").read_text("utf-8")
    assert words.startswith("left   touch made ")
    assert words.endswith(" é")
    assert not set(words) & set('$()`"&[]<>|{}\\')
    assert "touch" not in (tmp_path / "options").read_text()


def test_each_systems_voice_is_given_language_and_rate() -> None:
    assert voice("linux").command("de", 180, "x.wav") == (
        *("espeak-ng", "-v", "de", "-s", "180", "-w", "x.wav", "--stdin"),
    )
    assert voice("darwin").command("de", 180, "x.wav") == (
        *("say", "-v", "Anna", "-r", "180", "-o", "x.wav", "--data-format=LEI16@22050"),
    )
    *shell, script = voice("win32").command("fr", 180, "x.wav")
    assert shell == ["powershell", "-NoProfile", "-NonInteractive", "-Command"]
    steps = script.split("; ")
    assert steps[0] == "$ErrorActionPreference = 'Stop'"
    assert "$voice.SelectVoiceByHints('NotSet', 'NotSet', 0, 'fr-FR')" in steps
    assert "$voice.Rate = 0" in steps
    assert "'en-US'" in voice("win32").command("en", 540, "x.wav")[-1]
    assert "$voice.Rate = 10;" in voice("win32").command("en", 400 * 3, "x.wav")[-1]
    assert "$voice.Rate = -7;" in voice("win32").command("en", 80, "x.wav")[-1]


def test_a_cue_is_said_from_its_side_and_the_words_are_made_once() -> None:
    listener = Listener()
    speech = listener.speech()
    speech.start(Access())
    for cue in (alert("left"), alert("left"), alert("right"), alert("right", "recovered")):
        speech.event(cue)
        listener.wait()
    speech.close()
    assert [text for text, *_ in listener.asked] == ["left leg", "right leg", "balanced again"]
    levels = [(float(x[0, 0]), float(x[0, 1])) for x in listener.heard]
    assert levels[0] == levels[1]
    assert [left > right for left, right in levels] == [True, True, False, False]


@pytest.mark.parametrize(("left", "said"), [(47.4, "47, 53"), (47.6, "48, 52"), (50.0, "50, 50")])
def test_an_interval_is_said_in_whole_percents_that_add_up_to_a_hundred(left: float, said: str) -> None:
    listener = Listener()
    speech = listener.speech("de")
    speech.start(Access(ride(intervals=(Interval(2, 0.0, 60.0, share(left, 250.0, 90, 0.5)),))))
    speech.event(IntervalEnd(60.0, at=60.0, number=2))
    listener.wait()
    speech.close()
    assert listener.asked[-1] == (f"Intervall 2: {said}", "de", 150)
    assert np.array_equal(listener.heard[0][:, 0], listener.heard[0][:, 1])


def test_without_a_voice_the_reason_stands_there_until_there_is_one() -> None:
    listener = Listener()
    listener.present = False
    speech = listener.speech()
    speech.event(alert())
    listener.wait()
    speech.event(alert())
    listener.wait()  # the first has failed for good: one phrase at a time
    assert speech.status.text == "No speech, only tones: espeak-ng is not installed. Install espeak-ng."
    listener.present = True
    speech.event(alert())
    listener.wait()
    if not listener.heard:
        listener.wait()
    assert speech.status.text == ""
    speech.close()


def test_after_the_end_nothing_more_is_said() -> None:
    listener = Listener()
    speech = listener.speech()
    speech.close()
    speech.event(alert())
    assert listener.asked == []


def test_in_the_middle_both_ears_hear_the_same() -> None:
    mono = np.array([0.5, -0.5], dtype=np.float32)
    assert place(mono, None).tolist() == [[0.5, 0.5], [-0.5, -0.5]]
