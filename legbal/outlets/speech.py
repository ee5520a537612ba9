"""Says in words what the tones say, and how each interval went, where espeak-ng is installed.

The words come out of the same device as the tones, after them: mute and volume hold for both.
"""

import io
import re
import shutil
import subprocess
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from legbal.config.settings import SpeechLanguage
from legbal.errors import OutletError, reason
from legbal.outlets import Outlet, OutletStatus, RideAccess
from legbal.outlets.audio import PEAK, SAMPLE_RATE, Waveform, place
from legbal.present.numbers import reliable_share
from legbal.present.phrases import PHRASES
from legbal.present.sentences import alert_spoken, say
from legbal.ride.events import Cue, Event, IntervalEnd
from legbal.ride.inputs import Side
from legbal.ride.share import EMPTY

PROGRAM = "espeak-ng"
# what espeak-ng would read as phonemes, or as markup
_UNSPEAKABLE = re.compile(r"[^\w\s.,:;!?%'’+−-]")
_PATIENCE_S = 5.0  # it takes some 20 ms; a machine that is swapping may need a second


def synthesise(text: str, language: SpeechLanguage, words_per_minute: int) -> Waveform:
    """The text as mono samples in −1…1, shape (frames,), at the speaker's rate.

    Raises OutletError where espeak-ng is missing, fails or does not answer.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise OutletError("espeak-ng is not installed", hint="Install espeak-ng, or set speech = false.")
    try:
        done = subprocess.run(
            [program, "-v", language, "-s", str(words_per_minute), "--stdout", "--stdin"],
            input=_UNSPEAKABLE.sub(" ", text).encode(),
            capture_output=True,
            timeout=_PATIENCE_S,
            check=True,
        )
        return _read_wav(done.stdout)
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
        output = getattr(error, "stderr", None) or str(error).encode()
        problem = output.decode("utf-8", "replace").strip().splitlines()[-1:] or [type(error).__name__]
        raise OutletError(
            f"espeak-ng failed: {problem[0]}", hint="Try “espeak-ng hello”, or set speech = false."
        ) from error


def _read_wav(file: bytes) -> Waveform:
    """The samples of a mono WAV file, −1…1 and shape (frames,), at `SAMPLE_RATE`. Raises wave.Error, EOFError."""
    with wave.open(io.BytesIO(file)) as reader:
        if (reader.getnchannels(), reader.getsampwidth()) != (1, 2):
            raise wave.Error("not mono with 16 bits")
        rate = reader.getframerate()
        # written to a pipe, its header cannot know the length: what is there counts
        spoken = np.frombuffer(reader.readframes(len(file)), dtype="<i2").astype(np.float64)
    if not spoken.any():
        raise wave.Error("nothing was said")
    at = np.arange(len(spoken) * SAMPLE_RATE // rate) * (rate / SAMPLE_RATE)
    samples = np.interp(at, np.arange(len(spoken)), spoken)
    return np.asarray(samples * (PEAK / float(np.abs(samples).max())), dtype=np.float32)


class Speech(Outlet):
    """The voice of one ride, an `Outlet`. Nothing waits for the synthesiser: it runs in a thread, phrase by phrase.

    Args:
        say: plays samples, shape (frames, 2), after what is playing.
        language: of the words.
        words_per_minute: how fast they are said.
        synthesise: makes the samples; the seam for tests.
    """

    name, title, audible = "speech", "Speech", True

    def __init__(
        self,
        say: Callable[[Waveform], object],
        *,
        language: SpeechLanguage = "en",
        words_per_minute: int = 160,
        synthesise: Callable[[str, SpeechLanguage, int], Waveform] = synthesise,
    ) -> None:
        self._say, self._synthesise = say, synthesise
        self._language, self._rate = language, words_per_minute
        self._phrases = PHRASES[language]
        # the words that must not be late, as samples once they are made
        self._prepared: dict[str, Waveform | None] = dict.fromkeys(
            (self._phrases.left, self._phrases.right, self._phrases.back)
        )
        self._closed = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="legbal-speech")

    @property
    def status(self) -> OutletStatus:
        """Whether something can be said."""
        return OutletStatus("off") if self._closed else self._status

    def start(self, ride: RideAccess) -> None:
        """Prepares the words that must not be late; returns at once."""
        super().start(ride)
        for phrase in self._prepared:
            self._worker.submit(self._speak, phrase, None, aloud=False)

    def event(self, event: Event) -> None:
        """Says a cue in words, and how an interval went where its balance is known well enough to be shown."""
        if isinstance(event, Cue):
            self._later(
                self._phrases.cue(event.sound, event.side)
                if event.side
                else alert_spoken(event.kind, back=event.sound == "recovered"),
                event.side,
            )
        elif isinstance(event, IntervalEnd) and self._ride is not None:
            share = next((x.share for x in self._ride.view().intervals if x.number == event.number), EMPTY)
            if shown := reliable_share(share):
                self._later(self._phrases.interval(event.number, shown[0]), None)

    def close(self) -> None:
        """Says nothing more."""
        self._closed = True
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _later(self, words: str, side: Side | None) -> None:
        if not self._closed:
            self._worker.submit(self._speak, words, side)

    def _speak(self, words: str, side: Side | None, *, aloud: bool = True) -> None:
        try:
            spoken = self._prepared.get(words)
            if spoken is None:
                spoken = self._synthesise(words, self._language, self._rate)
                self._become(OutletStatus("on"))
                if words in self._prepared:
                    self._prepared[words] = spoken
            if aloud:
                self._say(place(spoken, side))
        except Exception as error:  # nobody else hears of what is raised in this thread
            hint = f" {error.hint}" if isinstance(error, OutletError) and error.hint else ""
            fault = reason(error)
            self._become(OutletStatus("failed", fault, say("speech.failed", reason=fault) + hint))
