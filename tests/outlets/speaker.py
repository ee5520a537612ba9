"""A speaker that a test pulls from, and the room that it sounds in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from legbal.errors import OutletError
from legbal.outlets.audio import (
    PERIOD_MS,
    SAMPLE_RATE,
    CloseSpeaker,
    Samples,
    Waveform,
)
from legbal.outlets.sound import Sound
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
