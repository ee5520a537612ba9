"""Words to samples, by the voice of the system: macOS and Windows have their own, espeak-ng speaks elsewhere.

Whatever is said is data to these programs: it reaches none of them as an option, as code or as markup.
"""

import io
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from legbal.config.settings import SpeechLanguage
from legbal.errors import OutletError
from legbal.outlets.audio import PEAK, SAMPLE_RATE, Waveform
from legbal.outlets.players import NO_WINDOW, POWERSHELL, WAV_VARIABLE

# what a synthesiser would read as phonemes, as a command to itself, or as markup
_UNSPEAKABLE = re.compile(r"[^\w\s.,:;!?%'’+−-]")
_PATIENCE_S = 5.0  # espeak-ng takes some 20 ms, PowerShell a second; a machine that is swapping may need more


class Voice(NamedTuple):
    """A program that speaks. It finds the words on its standard input and, as PowerShell must, in `LEGBAL_WORDS`.

    Attributes:
        name: what the rider calls it.
        command: its name and options, from the language, the words a minute and the WAV file that it is to write.
    """

    name: str
    command: Callable[[SpeechLanguage, int, str], tuple[str, ...]]


_ESPEAK = Voice(
    "espeak-ng",
    lambda language, rate, file: ("espeak-ng", "-v", language, "-s", str(rate), "-w", file, "--stdin"),
)

# those that macOS comes with: its default voice would read every language as its own
_MAC_VOICES: dict[SpeechLanguage, str] = {
    "en": "Samantha",
    "de": "Anna",
    "es": "Mónica",
    "fr": "Thomas",
    "it": "Alice",
    "nl": "Xander",
}
_SAY = Voice(
    "say",
    lambda language, rate, file: (
        *("say", "-v", _MAC_VOICES[language], "-r", str(rate), "-o", file, "--data-format=LEI16@22050"),
    ),
)


def _sapi_rate(words_per_minute: int) -> int:
    """The rate of Windows' voices: 0 is some 180 words a minute, ±10 three times or a third of that."""
    return min(10, max(-10, round(10 * math.log(words_per_minute / 180, 3))))


def _sapi_script(language: SpeechLanguage, rate: int) -> str:
    """Both are legbal's own; the words and the file's name are read from the environment, where nothing is code."""
    culture = f"{language}-{'US' if language == 'en' else language.upper()}"
    steps = (
        "$ErrorActionPreference = 'Stop'",
        "Add-Type -AssemblyName System.Speech",
        "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer",
        f"$voice.SelectVoiceByHints('NotSet', 'NotSet', 0, '{culture}')",
        f"$voice.Rate = {_sapi_rate(rate)}",
        "$format = New-Object System.Speech.AudioFormat.SpeechAudioFormatInfo(22050, 'Sixteen', 'Mono')",
        f"$voice.SetOutputToWaveFile($env:{WAV_VARIABLE}, $format)",
        "$voice.Speak($env:LEGBAL_WORDS)",
        "$voice.Dispose()",
    )
    return "; ".join(steps)


_SAPI = Voice("Windows' voice", lambda language, rate, _: (*POWERSHELL, _sapi_script(language, rate)))


def voice(system: str = sys.platform) -> Voice:
    """What speaks on a system, named as in `sys.platform`."""
    return {"darwin": _SAY, "win32": _SAPI}.get(system, _ESPEAK)


def synthesise(text: str, language: SpeechLanguage, words_per_minute: int) -> Waveform:
    """The text as mono samples in −1…1, shape (frames,), at the speaker's rate.

    Raises OutletError where the system's voice is missing, fails or does not answer.
    """
    speaker = voice()
    words = _UNSPEAKABLE.sub(" ", text)
    try:
        with tempfile.TemporaryDirectory(prefix="legbal-") as folder:
            file = Path(folder) / "words.wav"
            program, *options = speaker.command(language, words_per_minute, str(file))
            path = shutil.which(program)
            if path is None:
                raise OutletError(
                    f"{speaker.name} is not installed", hint=f"Install {speaker.name}, or set speech = false."
                )
            subprocess.run(
                [path, *options],
                input=words.encode(),
                capture_output=True,
                timeout=_PATIENCE_S,
                check=True,
                env=os.environ | {WAV_VARIABLE: str(file), "LEGBAL_WORDS": words},
                creationflags=NO_WINDOW,
            )
            return _read_wav(file.read_bytes())
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
        output = getattr(error, "stderr", None) or str(error).encode()
        problem = output.decode("utf-8", "replace").strip().splitlines()[-1:] or [type(error).__name__]
        raise OutletError(
            f"{speaker.name} failed: {problem[0]}",
            hint=f"See whether {speaker.name} speaks by itself, or set speech = false.",
        ) from error


def _read_wav(file: bytes) -> Waveform:
    """The samples of a mono WAV file, −1…1 and shape (frames,), at `SAMPLE_RATE`. Raises wave.Error, EOFError."""
    with wave.open(io.BytesIO(file)) as reader:
        if (reader.getnchannels(), reader.getsampwidth()) != (1, 2):
            raise wave.Error("not mono with 16 bits")
        rate = reader.getframerate()
        # what is there counts: not every header knows its length
        spoken = np.frombuffer(reader.readframes(len(file)), dtype="<i2").astype(np.float64)
    if not spoken.any():
        raise wave.Error("nothing was said")
    at = np.arange(len(spoken) * SAMPLE_RATE // rate) * (rate / SAMPLE_RATE)
    samples = np.interp(at, np.arange(len(spoken)), spoken)
    return np.asarray(samples * (PEAK / float(np.abs(samples).max())), dtype=np.float32)
