"""How does a ride run: source → recorder → ride → outlets, in one task, with an orderly end.

Whatever arrives is handed to the recorder first, then folded, then told. The screen takes views when it likes;
recorder and sound have queues of their own, so that nobody here waits for anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import Literal, Protocol

import msgspec

from legbal.errors import LegbalError, SourceError
from legbal.library.recorder import Recorder
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.sound import Sound
from legbal.ride.events import Cue, Event
from legbal.ride.inputs import Input, Mark, Setup, Tick
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources import Source

TICK_S = 1.0


class Status(msgspec.Struct, frozen=True):
    """How the companion itself is doing, beside the ride: recording, sound, source."""

    recording: bool
    recording_text: str
    sound: Literal["on", "muted", "bell", "off"]
    sound_text: str
    source: str
    lost: int = 0
    finished: bool = False
    error: str = ""


class Live(Protocol):
    """A running ride, as the screen sees it."""

    def view(self) -> RideView:
        """The ride as it stands now."""
        ...

    def status(self) -> Status:
        """How recording, sound and source are doing now."""
        ...

    def mark(self, kind: str, text: str = "") -> None:
        """Record something that the rider did: a `Mark`'s kind, with a note's text."""
        ...

    async def run(self) -> None:
        """Run the ride until its source ends or the task is cancelled."""
        ...

    async def finish(self) -> RideView:
        """End the ride in order and return its last view."""
        ...


class Companion:
    """Runs one ride.

    Args:
        setup: what the ride is ridden with.
        source: where its inputs come from.
        name: the source in the rider's words.
        live: whether the source knows only its own notifications; then a tick is sent for every second without one,
            so that silence is judged. A replay brings its own ticks.
        recorder: keeps the ride; not yet started. None: it is not kept.
        sound: plays the cues; not yet started. None: silence.
        lines: writes the events as they come.
        on_end: called with the last view once everything is kept (in a worker thread).
    """

    def __init__(
        self,
        setup: Setup,
        source: Source,
        *,
        name: str,
        live: bool,
        recorder: Recorder | None = None,
        sound: Sound | None = None,
        lines: JsonLines | None = None,
        on_end: Callable[[Ride], None] | None = None,
    ) -> None:
        self._ride = Ride(setup)
        self._source = source
        self._name = name
        self._live = live
        self._recorder = recorder
        self._sound = sound
        self._lines = lines
        self._on_end = on_end
        self._last_input = 0.0
        self._running: asyncio.Task[None] | None = None
        self._finished = self._ended = False
        self._error = ""

    def view(self) -> RideView:
        """The ride as it stands now."""
        return self._ride.view()

    def status(self) -> Status:
        """How recording, sound and source are doing now."""
        recording, text, lost = False, "not recorded", 0
        if self._recorder is not None:
            kept = self._recorder.status
            recording, lost = kept.recording, kept.lost
            text = "recording" if recording else f"not recording: {kept.reason or 'the ride is closed'}"
        return Status(
            recording=recording,
            recording_text=text,
            sound="off" if self._sound is None else self._sound.state,
            sound_text="sound off" if self._sound is None else self._sound.text,
            source=self._name,
            lost=lost,
            finished=self._finished,
            error=self._error,
        )

    def mark(self, kind: str, text: str = "") -> None:
        """Takes in something that the rider did, at the time of the ride's last input."""
        if self._sound is not None and kind in ("mute", "unmute"):
            self._sound.mute = kind == "mute"
        self._take(msgspec.convert({"t": self._ride.t, "kind": kind, "text": text}, Mark))

    async def run(self) -> None:
        """Runs the ride until its source ends, the reader of its events is gone, or the task is cancelled.

        Raises:
            SourceError: the source can give no (more) notifications. What came before is kept.
            OutletError: the events cannot be written.
        """
        self._running = asyncio.current_task()
        if self._recorder is not None:
            self._recorder.start()
        if self._sound is not None:
            self._sound.start()
        ticker = asyncio.create_task(self._tick()) if self._live else None
        try:
            async with aclosing(self._source.inputs()) as inputs:
                async for item in inputs:
                    self._take(item)
                    if self._lines is not None and self._lines.reader_gone:
                        break
        except SourceError as error:
            self._error = str(error) if error.hint is None else f"{error}. {error.hint}"
            raise
        finally:
            self._finished = True
            if ticker is not None:
                ticker.cancel()

    async def finish(self) -> RideView:
        """Ends the ride in order: the source is closed, everything kept. Gives the last view; may be called twice."""
        running = self._running
        if running is not None and not running.done() and running is not asyncio.current_task():
            running.cancel()
            with suppress(asyncio.CancelledError, LegbalError):
                await running
        if not self._ended:
            self._ended = True
            self._tell(self._ride.close())
            if self._sound is not None:
                await asyncio.to_thread(self._sound.close)
            if self._recorder is not None:
                await asyncio.to_thread(self._recorder.close)
            if self._on_end is not None:
                await asyncio.to_thread(self._on_end, self._ride)
        return self._ride.view()

    def _take(self, item: Input) -> None:
        """Raw first: the recorder has it before the ride does."""
        if self._recorder is not None:
            self._recorder.record(item)
        self._last_input = asyncio.get_running_loop().time()
        self._tell(self._ride.feed(item))

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            if self._lines is not None:
                self._lines.write(event)
            if self._sound is not None and isinstance(event, Cue):
                self._sound.play(event)

    async def _tick(self) -> None:
        """Sends a tick for every second in which nothing else came."""
        loop = asyncio.get_running_loop()
        self._last_input = loop.time()
        while True:
            silent = loop.time() - self._last_input
            if silent >= TICK_S:
                self._take(Tick(self._ride.t + silent))
            else:
                await asyncio.sleep(TICK_S - silent)
