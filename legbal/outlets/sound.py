"""Plays the cues of a ride: on the speakers, or, where there are none, with the terminal's bell.

When to sound is the ride's decision; a `Cue` that arrives here is played. No call waits for the device: it is
opened in a thread, and its own thread pulls the samples from a generator that is handed cues over a queue
without a lock.
"""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import numpy as np

from legbal.errors import OutletError, reason
from legbal.outlets import Outlet, OutletState, OutletStatus, RideAccess, RunState
from legbal.outlets.audio import CloseSpeaker, OpenSpeaker, Samples, Waveform, render
from legbal.outlets.speakers import open_speaker
from legbal.present.sentences import say
from legbal.ride.events import Cue, Event
from legbal.ride.view import RideView

_Device = Literal["none", "opening", "open", "failed", "closed"]

QUEUED_CUES = 4  # more can only be stale: a ride gives one per cool-down
STALLED_S = 1.0  # a device that asked for nothing for so long is dead, whatever it says


def ring_bell() -> None:
    """Rings the bell of the terminal that standard error is; past any capture of it, a screen's included."""
    stream = sys.__stderr__
    if stream is not None and stream.isatty():
        with suppress(OSError):  # the terminal is gone
            os.write(stream.fileno(), b"\a")


class Sound(Outlet):
    """One playback device for the whole ride: an `Outlet`, and by itself wherever a tone is to be heard.

    Args:
        volume: 0…1, of full scale.
        mute: start silent; the device is opened all the same, so that unmuting is instant.
        bell: rings instead, for alerts only: a bell cannot say which leg, so it means "look".
        open_speaker: opens the device; the seam for tests.
        clock: seconds, monotonic.

    Attributes:
        hint: what to do about the bell ringing instead, if that is plain.
        dropped: cues that were pushed out of a full queue since all was played.
        settled: set once opening has succeeded or failed.
        silent: set while every cue was handed to the device.
    """

    name, title, audible = "sound", "Sound", True

    def __init__(
        self,
        *,
        volume: float = 0.8,
        mute: bool = False,
        bell: Callable[[], None] = ring_bell,
        open_speaker: OpenSpeaker = open_speaker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.volume = volume
        self.mute = mute
        self.hint: str | None = None
        self.dropped = 0
        self._bell, self._open_speaker, self._clock = bell, open_speaker, clock
        self._queue: deque[Waveform] = deque(maxlen=QUEUED_CUES)
        self._device: _Device = "none"
        self._fault = ""  # the bell rings instead; empty while it need not
        self._close_speaker: CloseSpeaker | None = None
        self._pulled_at = 0.0
        self._lock = threading.Lock()  # around changes of state only, never while a device is at work
        self.settled = threading.Event()
        self.silent = threading.Event()
        self.silent.set()

    @property
    def status(self) -> OutletStatus:
        """How a cue would be heard now; "on" while the device is still being opened, too."""
        fault = self._fault  # once: another thread may change it
        state: OutletState = "muted" if self.mute else "bell" if fault else "on"
        if self._device in ("none", "closed"):
            state = "off"
        dropped = say("sound.dropped") if self.dropped else ""
        return OutletStatus(state, fault, say("sound.failed", reason=fault) if fault else dropped)

    def start(self, ride: RideAccess | None = None) -> None:
        """Begins to open the device and returns at once; nothing happens if it is open, opening or closed."""
        if ride is not None:
            super().start(ride)
            if self.mute:
                ride.mark("mute")
        with self._lock:
            if self._device not in ("none", "failed"):
                return
            self._device = "opening"
            self.settled.clear()
        threading.Thread(target=self._open, name="legbal-sound", daemon=True).start()

    def event(self, event: Event) -> None:
        """Plays what is to be heard."""
        if isinstance(event, Cue):
            self.play(event)

    def view(self, view: RideView, _run: RunState) -> None:
        """Mutes and unmutes as the ride says."""
        self.mute = view.muted

    def play(self, cue: Cue) -> None:
        """Sounds the cue, unless muted; never waits. What is played follows each other, nothing overlaps."""
        if not self.say(render(cue.sound, cue.side)):
            if cue.sound == "alert":
                self._bell()
            self.start()  # the speakers may have come back: the next cue will find them

    def say(self, waveform: Waveform) -> bool:
        """Plays samples, shape (frames, 2), after what is playing, unless muted; a bell cannot stand in for words.

        Whether a device plays them, or nothing is to be heard at all.
        """
        if self._device == "closed" or self.mute:
            return True
        if self._device == "open" and self._clock() - self._pulled_at > STALLED_S:
            self._fall_back()
        if self._device != "open":
            return False
        if len(self._queue) == QUEUED_CUES:
            self.dropped += 1
            self._changed()
        self._queue.append(waveform)
        self.silent.clear()
        return True

    def close(self) -> None:
        """Cuts off what is playing and gives the device back."""
        with self._lock:
            self._device = "closed"
        self._give_back()

    def _open(self) -> None:
        """Opens the device; runs in a thread of its own, since some sound servers take seconds to answer."""
        self._queue.clear()
        try:
            self._give_back()
            close = self._open_speaker(self._samples(), self._fall_back)
            if not self._switch("open", close, ""):
                close()
        except Exception as error:  # whatever it is: nobody else hears of what is raised in this thread
            self.hint = error.hint if isinstance(error, OutletError) else None
            self._fall_back(reason(error))
        self.settled.set()

    def _give_back(self) -> None:
        with self._lock:
            close, self._close_speaker = self._close_speaker, None
        if close is not None:
            close()

    def _fall_back(self, fault: str = "the sound device is gone") -> None:
        """Has the bell ring from now on; called from the device's thread too, which must not close it."""
        if self._switch("failed", None, fault):
            self.silent.set()

    def _switch(self, device: _Device, close: CloseSpeaker | None, fault: str) -> bool:
        """Takes over how it is now, and why the bell rings instead; False once it is closed."""
        with self._lock:
            if self._device == "closed":
                return False
            self._device = device
            before, self._fault = self._fault, fault
            if close is not None:
                self._close_speaker = close
                self._pulled_at = self._clock()
        if bool(before) != bool(fault):
            self._changed()
        return True

    def _samples(self) -> Samples:
        """Tones and words one after another. Runs in the device's thread: no lock, no wait, little to do in silence."""
        rest = np.empty((0, 2), dtype=np.float32)
        gain = 0.0
        frames = yield b""
        try:
            while True:
                self._pulled_at = self._clock()
                if not frames:
                    frames = yield b""
                    continue
                if not len(rest) and self._queue:
                    rest = self._queue.popleft()
                    gain = self._gain()
                if not len(rest):
                    self.dropped = 0
                    self.silent.set()
                    frames = yield b""
                    continue
                before, gain = gain, self._gain()
                chunk = rest[:frames]
                rest = rest[:0] if self.mute else rest[frames:]
                frames = yield chunk * np.linspace(before, gain, len(chunk), dtype=np.float32)[:, None]
        except Exception as error:  # the device would go on in silence
            self._fall_back(reason(error))

    def _gain(self) -> float:
        return 0.0 if self.mute else min(max(self.volume, 0.0), 1.0)
