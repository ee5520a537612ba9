"""Tones through the programs of a system: what they are given, what they play, and what becomes of bad ones."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from legbal.errors import OutletError
from legbal.outlets import players as module
from legbal.outlets.audio import SAMPLE_RATE, Waveform, render
from legbal.outlets.players import find_player, open_player, players
from legbal.outlets.sound import Sound
from tests.outlets.access import Teller
from tests.outlets.speaker import cue
from tests.programs import require_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

ALERT = render("alert", "left")


class Programs:
    """The only folder on PATH: programs that a test writes as shell scripts, and what they left there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for tool in ("cat", "cp", "sh", "sleep", "wc"):
            (folder / tool).symlink_to(require_program(tool))

    def write(self, name: str, script: str) -> None:
        (self.folder / name).write_text(f'#!/bin/sh\ncd "{self.folder}"\n{script}\n')
        (self.folder / name).chmod(0o755)

    def player(self, name: str) -> None:
        """A player that notes its arguments, keeps each WAV file that it got, and plays for no time at all."""
        self.write(
            name, f'for file; do :; done\necho "{name} $*" >> calls\ncp "$file" "$(cat calls | wc -l).wav"'
        )

    @property
    def calls(self) -> list[str]:
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def played(self, number: int) -> Waveform:
        """What the call of that number, from 1, was given."""
        return read_wav(self.folder / f"{number}.wav")


def read_wav(file: Path) -> Waveform:
    """Samples of a WAV file with two channels, shape (frames, 2)."""
    with wave.open(str(file)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (2, 2, SAMPLE_RATE)
        octets = reader.readframes(reader.getnframes())
    return (np.frombuffer(octets, dtype="<i2").reshape(-1, 2) / 32767).astype(np.float32)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """No program is there but those that the test writes, and the system is Linux."""
    folder = tmp_path / "bin"
    folder.mkdir()
    there = Programs(folder)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "PATIENCE_S", 60.0)
    return there


@pytest.fixture
def sound() -> Iterator[Sound]:
    """A sound outlet on whatever plays."""
    outlet = Sound(volume=1.0, bell=lambda: None, open_speaker=open_player)
    yield outlet
    outlet.close()


def opened(sound: Sound) -> Sound:
    sound.start()
    assert sound.settled.wait(30)
    return sound


def test_each_cue_is_one_call_with_the_tone_as_it_is_rendered(programs: Programs, sound: Sound) -> None:
    programs.player("aplay")
    opened(sound)
    for side in ("left", "right"):
        sound.play(cue(side))
        assert sound.silent.wait(30)
    assert len(programs.calls) == 3
    assert programs.calls[0].startswith("aplay -q /")
    assert not programs.played(1).any()
    for number, side in ((2, "left"), (3, "right")):
        assert programs.played(number) == pytest.approx(render("alert", side), abs=1 / 32767)
    left, right = np.abs(programs.played(3)).max(axis=0)
    assert right > 2 * left


def test_volume_and_mute_hold_as_on_a_device(programs: Programs, sound: Sound) -> None:
    programs.player("paplay")
    opened(sound)
    sound.volume = 0.5
    sound.play(cue())
    assert sound.silent.wait(30)
    sound.mute = True
    sound.play(cue())
    assert sound.silent.wait(0)
    assert len(programs.calls) == 2
    assert programs.played(2) == pytest.approx(ALERT / 2, abs=1 / 32767)


def test_the_sound_servers_program_goes_before_alsas_and_one_that_fails_is_passed_over(
    programs: Programs,
) -> None:
    programs.player("aplay")
    programs.player("paplay")
    assert find_player().player.name == "paplay"
    programs.write("pw-play", "echo Host is down >&2; exit 1")
    assert find_player().player.name == "paplay"
    programs.player("pw-play")
    assert find_player().player.name == "pw-play"


def test_what_plays_and_how_late_is_said(programs: Programs) -> None:
    programs.write("aplay", "sleep 0.15")
    found = find_player()
    assert found.delay_s >= 0.1
    assert found.text == f"aplay plays, each tone at most {1000 * found.delay_s:.0f} ms late"


@pytest.mark.parametrize(
    ("script", "patience_s", "problem"),
    [
        ("echo some output >&2; echo aplay: no card >&2; echo >&2; exit 1", 60.0, "aplay failed: no card"),
        ("exit 3", 60.0, "aplay failed: exit code 3"),
        ("exec sleep 60", 0.1, "aplay does not answer"),
    ],
)
def test_a_program_that_fails_or_hangs_is_told_once_and_the_bell_rings(
    script: str, patience_s: float, problem: str, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", patience_s)
    programs.write("aplay", script)
    bells: list[int] = []
    sound = Sound(bell=lambda: bells.append(1), open_speaker=open_player)
    teller = Teller()
    teller.start(sound)
    for _ in range(2):
        assert sound.settled.wait(30)
        sound.play(cue())
    assert sound.settled.wait(30)
    sound.close()
    assert teller.said == [f"No sound: {problem}. The terminal's bell rings instead."]
    assert len(bells) == 2


def test_without_any_program_it_is_said_which_there_could_be(programs: Programs) -> None:
    del programs
    with pytest.raises(OutletError, match=r"no program .* is installed \(pw-play, paplay, aplay\)") as raised:
        find_player()
    assert "alsa-utils" in str(raised.value.hint)


def test_a_program_that_cannot_be_run_is_an_error_of_the_outlet(programs: Programs) -> None:
    programs.write("aplay", "")
    (programs.folder / "aplay").write_bytes(b"\x7fELF no program")
    with pytest.raises(OutletError, match="aplay does not run: "):
        find_player()


def test_a_program_that_fails_later_is_a_device_that_is_gone(programs: Programs, sound: Sound) -> None:
    programs.player("aplay")
    teller = Teller()
    teller.start(sound)
    assert sound.settled.wait(30)
    programs.write("aplay", "exit 1")
    sound.play(cue())
    assert sound.silent.wait(30)
    assert sound.status.state == "bell"
    assert teller.said == ["No sound: the sound device is gone. The terminal's bell rings instead."]


class PlayersClock:
    """A clock that the test sets, and that says when the player's thread has read it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.read = threading.Semaphore(0)

    def __call__(self) -> float:
        if threading.current_thread().name == "legbal-player" and self.now:
            self.read.release()
        return self.now


def test_while_a_long_phrase_plays_the_device_counts_as_alive_and_closing_ends_it(programs: Programs) -> None:
    programs.player("aplay")
    clock = PlayersClock()
    sound = opened(Sound(volume=1.0, bell=lambda: None, open_speaker=open_player, clock=clock))
    programs.write("aplay", "echo $$ > pid\n: > playing\nexec sleep 60")
    sound.say(np.full((4 * SAMPLE_RATE, 2), 0.1, dtype=np.float32))
    while not (programs.folder / "playing").exists():
        threading.Event().wait(0.01)
    clock.now = 3600.0
    for _ in range(2):  # by the second time it has come of what was read first
        assert clock.read.acquire(timeout=30)
    assert sound.say(ALERT)
    assert sound.status.state == "on"
    assert not sound.silent.wait(0)
    sound.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((programs.folder / "pid").read_text()), 0)


def test_nothing_is_left_in_the_folder_for_temporary_files(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    programs.player("aplay")
    sound = opened(Sound(open_speaker=open_player))
    sound.play(cue())
    assert sound.silent.wait(30)
    (folder,) = scratch.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    sound.close()
    assert list(scratch.iterdir()) == []


def test_on_every_system_there_is_a_command_and_no_file_name_within_code() -> None:
    assert [x.command for x in players("darwin")] == [("afplay",)]
    (windows,) = players("win32")
    assert windows.command == (
        *("powershell", "-NoProfile", "-NonInteractive", "-Command"),
        "(New-Object System.Media.SoundPlayer $env:LEGBAL_WAV).PlaySync()",
    )
    assert not windows.takes_file
    assert [x.name for x in players("linux")] == ["pw-play", "paplay", "aplay"]
    assert players("freebsd14") == players("linux")


def test_powershell_is_told_the_file_by_its_environment(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, sound: Sound
) -> None:
    monkeypatch.setattr(module, "_LINUX", players("win32"))
    programs.write("powershell", 'echo "$*" >> calls\ncp "$LEGBAL_WAV" "$(cat calls | wc -l).wav"')
    opened(sound)
    sound.play(cue())
    assert sound.silent.wait(30)
    assert [call.rsplit(" ", 1)[-1] for call in programs.calls] == ["$env:LEGBAL_WAV).PlaySync()"] * 2
    assert programs.played(2) == pytest.approx(ALERT, abs=1 / 32767)


def test_aplay_itself_plays_every_frame_of_a_tone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real program, on a device of ALSA that writes what it plays into a file."""
    require_program("aplay")
    played, devices = tmp_path / "played", tmp_path / "asound.conf"
    devices.write_text(
        f'pcm.!default {{ type file slave.pcm "none" file "{played}" format "raw" }}\npcm.none {{ type null }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(devices))
    monkeypatch.setattr(module, "_LINUX", players("linux")[-1:])
    sound = opened(Sound(volume=1.0, open_speaker=open_player))
    sound.play(cue("right"))
    assert sound.silent.wait(30)
    sound.close()
    heard = np.frombuffer(played.read_bytes(), dtype="<i2").reshape(-1, 2)
    tone = np.rint(render("alert", "right") * 32767)
    assert np.array_equal(heard[: len(tone)], tone)
    assert not heard[len(tone) :].any()


def test_a_ride_without_miniaudio_goes_the_same_way(programs: Programs, tmp_path: Path) -> None:
    """In a process in which miniaudio cannot be loaded, as where there is no wheel of it."""
    programs.player("aplay")
    start = (
        "import sys\nsys.modules['miniaudio'] = None\nsys.argv[0] = 'legbal'\n"
        "from legbal.cli import main\nmain()"
    )

    def legbal(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", start, *arguments],
            env=os.environ | {"LEGBAL_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.stderr == ""
        return done.stdout

    events = legbal("demo", "--headless", "--events", "--speed=max", "--seconds=600", "--seed=1")
    assert '"event":"alert"' in events
    assert "aplay plays, each tone at most" in legbal("doctor")
    *_, last = legbal("doctor", "--sound").splitlines()
    assert last.startswith("right recovered")
    for number, (sound, side) in enumerate(
        (("alert", "left"), ("alert", "right"), ("recovered", "left"), ("recovered", "right")), start=5
    ):
        assert programs.played(number) == pytest.approx(0.8 * render(sound, side), abs=1 / 32767)
