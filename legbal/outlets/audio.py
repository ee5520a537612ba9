"""What a rider hears: tones, as waveforms, and what plays them asks for.

Each side has its own pitch, rhythm and place between the speakers. Left is low, slow and in twos; right is high,
quick and in threes, so the side survives a mono speaker; what is about no leg comes from the middle. An alert stays on
its pitch; "recovered" rises. All of it is strongest between 1 and 3 kHz: above the rumble of a fan, within what small
speakers play and older ears hear.
"""

from collections.abc import Callable, Generator
from functools import cache
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.ride.inputs import Side

Sound = Literal["alert", "recovered"]
Waveform = npt.NDArray[np.float32]

SAMPLE_RATE = 48_000
PEAK = 0.9  # of full scale: room for a converter's overshoot
FAR_SIDE = 0.3  # −10 dB: clearly from one side, and still heard by a rider with one earbud
ATTACK_S = 0.006  # short enough to be sharp, long enough not to click
RELEASE_S = 0.025
PARTIALS = (1.0, 0.4, 0.15)  # a little above the fundamental helps the ear to find it in noise


class Tone(msgspec.Struct, frozen=True):
    """The beeps of one cue, and what they sound like, for a rider who is learning them.

    Attributes:
        beep_s: how long each beep sounds, seconds.
        pause_s: the silence between two of them, seconds.
        hertz: their fundamentals, in order.
        words: what it sounds like.
    """

    beep_s: float
    pause_s: float
    hertz: tuple[float, ...]
    words: str

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the last."""
        return (len(self.hertz) - 1) * (self.beep_s + self.pause_s) + self.beep_s


LEG_TONES: dict[tuple[Sound, Side | None], Tone] = {
    ("alert", "left"): Tone(0.24, 0.12, (1175.0, 1175.0), "two long low beeps from the left"),
    ("alert", "right"): Tone(0.11, 0.07, (1976.0, 1976.0, 1976.0), "three short high beeps from the right"),
    ("recovered", "left"): Tone(0.16, 0.0, (1047.0, 1397.0), "two rising notes from the left"),
    ("recovered", "right"): Tone(0.10, 0.0, (1568.0, 1976.0, 2349.0), "three rising notes from the right"),
}
TONES = {
    **LEG_TONES,
    ("alert", None): Tone(0.5, 0.0, (1319.0,), "one long beep from the middle"),
    ("recovered", None): Tone(
        0.09, 0.0, (1760.0, 1976.0, 2217.0, 2489.0), "four rising notes from the middle"
    ),
}


@cache
def render(sound: Sound, side: Side | None, sample_rate: int = SAMPLE_RATE) -> Waveform:
    """The cue as samples in −1…1, shape (frames, 2), columns left and right; starts and ends in silence.

    It takes some milliseconds, once: most rides hear few of the cues.
    """
    tone = TONES[sound, side]
    mono = np.zeros(round(tone.duration_s * sample_rate))
    for number, hertz in enumerate(tone.hertz):
        start = round(number * (tone.beep_s + tone.pause_s) * sample_rate)
        samples = _beep(hertz, tone.beep_s, sample_rate)[: len(mono) - start]
        mono[start : start + len(samples)] += samples
    return place(mono * (PEAK / np.max(np.abs(mono))), side)


def place(mono: npt.NDArray[np.floating[Any]], side: Side | None) -> Waveform:
    """Mono samples between the speakers: shape (frames, 2), strongest on `side`; None: in the middle."""
    left, right = {"left": (1.0, FAR_SIDE), "right": (FAR_SIDE, 1.0), None: (1.0, 1.0)}[side]
    return np.stack((left * mono, right * mono), axis=1).astype(np.float32)


def _beep(hertz: float, duration_s: float, sample_rate: int) -> npt.NDArray[np.float64]:
    """One beep with raised-cosine ends, so that neither end clicks; shape (frames,)."""
    t = np.arange(round(duration_s * sample_rate)) / sample_rate
    mono = sum(
        level * np.sin(2 * np.pi * hertz * number * t) for number, level in enumerate(PARTIALS, start=1)
    )
    left = duration_s - 1 / sample_rate - t  # seconds until the last sample
    return mono * (_raised_cosine(t / ATTACK_S) * _raised_cosine(left / RELEASE_S))


def _raised_cosine(part: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return (1 - np.cos(np.pi * np.clip(part, 0, 1))) / 2


Samples = Generator[Waveform | bytes, int, None]
"""Is sent how many frames are wanted, yields at most so many, float32 (frames, 2); empty for silence. None are wanted
from time to time by a device that is still playing what it got: it is alive."""

CloseSpeaker = Callable[[], None]
OpenSpeaker = Callable[[Samples, Callable[[], None]], CloseSpeaker]
"""Opens a device, starts it on the samples, and gives the call that stops it and gives it back; or raises OutletError.
The other call says, from any thread, that it stopped by itself."""

PERIOD_MS = 20  # how often a device asks
PLUG_IN = "Plug in or switch on speakers or headphones, then try “legbal doctor --sound”."
