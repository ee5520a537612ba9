"""How long from the notification that settles an alert to the first sample of its cue?

Two parts: what the program does (decoding, the fold, the cue's samples), and the wait until the device asks
again, which is at most one period. What the device itself still holds back is PERIODS × PERIOD_MS at most.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import miniaudio
import numpy as np
import pytest

from legbal.outlets.audio import PERIOD_MS, SAMPLE_RATE, CloseSpeaker, Samples, Waveform
from legbal.outlets.sound import Sound
from legbal.outlets.speakers import open_speaker
from legbal.ride.events import Cue
from legbal.ride.inputs import Notification, Setup, ThresholdRule
from legbal.ride.ride import Ride

PERIOD = SAMPLE_RATE * PERIOD_MS // 1000
CUE = Cue(t=0.0, sound="alert", side="left")
SETUP = Setup(
    ftp_w=250.0, weak_leg="left", threshold=ThresholdRule(target_percent=49.0, window_s=5.0, when="always")
)


def notifications() -> list[Notification]:
    """A minute at 50 %, then the left leg at 38 %: 250 W at 90 rpm, once a second (0x2A63, flags 0x0023)."""
    inputs = []
    for second in range(120):
        octet, turns = 100 if second < 60 else 76, second * 3 // 2
        event_time = round(turns / 1.5 * 1024) & 0xFFFF
        data = struct.pack("<HhBHH", 0x23, 250, octet, turns, event_time)
        inputs.append(Notification(t=float(second), data=data, meter="pedals"))
    return inputs


def sounding(samples: Waveform | bytes) -> bool:
    """Whether there is anything to hear in it."""
    return not isinstance(samples, bytes) and bool(np.any(samples))


class Pulled:
    """A speaker that pulls only when asked."""

    samples: Samples

    def __call__(self, samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        del lost
        next(samples)
        self.samples = samples
        return self.close

    def close(self) -> None:
        """Nothing to give back."""


@pytest.mark.benchmark(timer=process_time)
def test_from_notification_to_samples_takes_a_fraction_of_a_period(benchmark: Any) -> None:
    """One round: the settling notification is fed to a ride that has come so far, and the device asks."""
    speaker = Pulled()
    sound = Sound(open_speaker=speaker, clock=lambda: 0.0)  # a ride fed slowly is no device that stalled
    sound.start()
    assert sound.settled.wait(10)
    inputs = notifications()
    trial = Ride(SETUP)
    settling = next(n for n, item in enumerate(inputs) if any(isinstance(e, Cue) for e in trial.feed(item)))

    def come_so_far() -> tuple[tuple[Ride], dict[str, object]]:
        ride = Ride(SETUP)
        for item in inputs[:settling]:
            ride.feed(item)
        while not sound.silent.wait(0):
            speaker.samples.send(PERIOD)
        return (ride,), {}

    def notification_to_samples(ride: Ride) -> Waveform | bytes:
        for event in ride.feed(inputs[settling]):
            if isinstance(event, Cue):
                sound.play(event)
        return speaker.samples.send(PERIOD)

    first = benchmark.pedantic(notification_to_samples, setup=come_so_far, rounds=100)
    assert sounding(first)
    assert benchmark.stats.stats.median < PERIOD_MS / 1000 / 10


def test_on_the_null_device_a_cue_starts_within_a_period_of_the_device(benchmark: Any) -> None:
    """The device's own period is measured in the same run."""
    pulls: list[float] = []
    heard = threading.Event()

    def listening(samples: Samples) -> Samples:
        next(samples)
        frames = yield b""
        while True:
            got = samples.send(frames)
            pulls.append(perf_counter())
            if sounding(got):
                heard.set()
            frames = yield got

    def null(samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        return open_speaker(listening(samples), lost, backends=[miniaudio.Backend.NULL])

    sound = Sound(open_speaker=null)
    sound.start()
    assert sound.settled.wait(10)

    def fall_silent() -> None:
        assert sound.silent.wait(10)
        heard.clear()

    def cue_until_heard() -> None:
        sound.play(CUE)
        assert heard.wait(10)

    benchmark.pedantic(cue_until_heard, setup=fall_silent, rounds=8)
    sound.close()
    period = float(np.median(np.diff(pulls)))
    assert benchmark.stats.stats.min < 1.25 * period  # one period more that is held back makes it 1.5
