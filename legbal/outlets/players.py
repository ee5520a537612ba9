"""The tones through a program of the system: where miniaudio has no wheel, there is one that plays WAV files.

A program is begun for each cue, with a file in a folder that only this user may read, and nothing of it goes through
a shell. What runs too long is ended.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from legbal.errors import OutletError
from legbal.outlets.audio import PERIOD_MS, PLUG_IN, SAMPLE_RATE, CloseSpeaker, Samples, Waveform

PATIENCE_S = 4.0  # beyond the tone's own length; PowerShell takes a second to begin on a slow machine
_AT_ONCE = 60 * SAMPLE_RATE  # frames: a tone or a phrase goes to the program as a whole
_TRIAL_S = 0.05  # of silence

WAV_VARIABLE = "LEGBAL_WAV"  # PowerShell reads the file's name there: within its command it would be code
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would open a console for each program
POWERSHELL = ("powershell", "-NoProfile", "-NonInteractive", "-Command")


class Player(NamedTuple):
    """A program that plays a WAV file.

    Attributes:
        name: what the rider calls it.
        command: its name and options.
        takes_file: whether the file's name comes last; otherwise `WAV_VARIABLE` says it.
    """

    name: str
    command: tuple[str, ...]
    takes_file: bool = True


# A sound server's first: where one runs it may hold the device, which aplay would have to wait for.
_LINUX = (
    Player("pw-play", ("pw-play",)),
    Player("paplay", ("paplay",)),
    Player("aplay", ("aplay", "-q")),
)
_WINDOWS = Player(
    "PowerShell",
    (*POWERSHELL, f"(New-Object System.Media.SoundPlayer $env:{WAV_VARIABLE}).PlaySync()"),
    takes_file=False,
)


def players(system: str) -> tuple[Player, ...]:
    """The programs that may be there, the best first; `system` as in `sys.platform`."""
    return {"darwin": (Player("afplay", ("afplay",)),), "win32": (_WINDOWS,)}.get(system, _LINUX)


class PlayerTrial(NamedTuple):
    """A player that has played a silence, and how late, in seconds, it begins at most."""

    player: Player
    delay_s: float

    @property
    def text(self) -> str:
        """Who plays, and how late a tone may begin."""
        return f"{self.player.name} plays, each tone at most {1000 * self.delay_s:.0f} ms late"


def find_player() -> PlayerTrial:
    """The first program of this system that plays. Raises OutletError where there is none."""
    problems = []
    with tempfile.TemporaryDirectory(prefix="legbal-") as folder:
        file = Path(folder) / "silence.wav"
        write_wav(file, np.zeros((round(_TRIAL_S * SAMPLE_RATE), 2), dtype=np.float32))
        for player in players(sys.platform):
            if shutil.which(player.command[0]) is None:
                continue
            start = time.monotonic()
            try:
                _play(player, file, _TRIAL_S, lambda: True)
            except OutletError as error:
                problems.append(str(error))
                continue
            return PlayerTrial(player, max(time.monotonic() - start - _TRIAL_S, 0.0))
    if problems:
        raise OutletError(problems[-1], hint=PLUG_IN)  # of the one that is nearest to the device
    names = ", ".join(player.name for player in players(sys.platform))
    raise OutletError(
        f"no program that plays sounds is installed ({names})",
        hint="Install one (alsa-utils has aplay), then try “legbal doctor --sound”.",
    )


def open_player(samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
    """Begins to play what there is to play, by the first program that can. Raises OutletError where none can.

    The samples are asked for as by a device, in a thread; while a program plays they are asked for none.
    """
    player = find_player().player
    next(samples)
    closed = threading.Event()

    def serve() -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="legbal-") as folder:
                file = Path(folder) / "tone.wav"
                while not closed.wait(PERIOD_MS / 1000):
                    waveform = samples.send(_AT_ONCE)
                    if not isinstance(waveform, bytes) and waveform.any():
                        write_wav(file, waveform)
                        _play(player, file, len(waveform) / SAMPLE_RATE, going_on)
        except Exception:  # whatever it is: nobody else hears of what is raised in this thread
            lost()

    def going_on() -> bool:
        samples.send(0)
        return not closed.is_set()

    thread = threading.Thread(target=serve, name="legbal-player", daemon=True)
    thread.start()

    def close() -> None:
        closed.set()
        thread.join(PATIENCE_S)

    return close


def write_wav(file: Path, waveform: Waveform) -> None:
    """Samples in −1…1, shape (frames, 2), as 16 bits at `SAMPLE_RATE`. Raises OSError."""
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE)
        writer.writeframes(np.rint(waveform * 32767).astype("<i2").tobytes())


def _play(player: Player, file: Path, duration_s: float, going_on: Callable[[], bool]) -> None:
    """Plays the file to its end, or until `going_on`, asked once a period, says no.

    Raises OutletError where the program is missing, fails, or takes much longer than the file.
    """
    deadline = time.monotonic() + duration_s + PATIENCE_S
    errors = file.with_suffix(".log")  # no pipe: what the program leaves running could hold it open
    try:
        with errors.open("wb") as log, _begin(player, file, log) as process:
            try:
                while going_on() and time.monotonic() < deadline:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(PERIOD_MS / 1000)
                        break
                else:
                    if time.monotonic() >= deadline:
                        raise OutletError(f"{player.name} does not answer")
                    return
            finally:
                process.kill()
        if code := process.returncode:
            lines = errors.read_text("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")
            raise OutletError(f"{player.name} failed: {last.removeprefix(f'{player.name}: ')}")
    except OSError as error:
        raise OutletError(f"{player.name} does not run: {error.strerror}") from error


def _begin(player: Player, file: Path, log: BinaryIO) -> "subprocess.Popen[bytes]":
    """The program, playing; in a session of its own, so that a Ctrl-C in the terminal ends the ride alone."""
    return subprocess.Popen(
        [*player.command, *([str(file)] if player.takes_file else [])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=os.environ | {WAV_VARIABLE: str(file)},
        start_new_session=True,
        creationflags=NO_WINDOW,
    )
