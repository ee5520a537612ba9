"""How does a ride run: source → recorder → ride → outlets, in one task, with an orderly end.

Whatever arrives is handed to the recorder first, then folded, then told. The screen takes views when it likes;
recorder and outlets have queues of their own, so that nobody here waits for anybody.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import datetime

import msgspec

from legbal.app.live import Status
from legbal.app.supervisor import SHOWN_S, Change, Supervisor
from legbal.errors import LegbalError, SourceError
from legbal.gatt.uuids import LOCATION
from legbal.library.recorder import Recorder, RecorderStatus
from legbal.meters.limits import zero_offset_steps
from legbal.outlets import Outlet, OutletStatus, RunState
from legbal.present.remarks import notice, remark
from legbal.present.sentences import say
from legbal.ride.events import Event, OutletChange
from legbal.ride.inputs import Input, Mark, Notification, Setup, Tick, is_heart_rate, is_measured
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources import Source

TICK_S = 1.0
VIEW_S = 1.0  # between two views for the outlets


class Companion:
    """Runs one ride.

    What the ride is ridden with depends on the meter, which is known only when it sends: until its first
    measurement a bare ride shows the search, then `prepare` is asked for the setup and the ride begins with all
    that came so far. What fails there costs no ride that is recorded: it begins with as much as is known, and tells.

    Args:
        source: where inputs come from.
        prepare: gives the setup from the inputs up to the first measurement (called in a worker thread).
        initial: what of the setup is known without the inputs; with it the ride goes on if the rest fails.
        learn: adds to that setup what the rider's earlier rides teach (called in the same).
        name: the source in the rider's words.
        live: whether the source knows only its own notifications; then a tick is sent for every second without one,
            so that silence is judged. A replay brings its own ticks.
        record: gives a recorder, not yet started, for a ride of that setup that began at that time. None: the ride is
            not kept.
        outlets: take in the ride; not yet started.
        tell: is given a sentence when an outlet fails or is back, and when the ride meets a defect.
        keep: called with the ended ride and its recorder once all of it is recorded (in a worker thread).
        zero: has the meter set its zero offset and says what came of it. None: there is no meter to ask.
        unridden: called with all that came where the ride ends before it began (in a worker thread).
    """

    def __init__(
        self,
        source: Source,
        prepare: Callable[[Sequence[Input]], Setup],
        *,
        name: str,
        live: bool,
        initial: Setup | None = None,
        learn: Callable[[Setup, Sequence[Input]], Setup] = lambda setup, _: setup,
        record: Callable[[Setup, datetime], Recorder] | None = None,
        outlets: Sequence[Outlet] = (),
        tell: Callable[[str], None] = lambda _: None,
        keep: Callable[[Ride, Recorder], None] | None = None,
        zero: Callable[[], Awaitable[str]] | None = None,
        unridden: Callable[[Sequence[Input]], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._prepare, self._learn = prepare, learn
        self._live = live
        self._record = record
        self._recorder: Recorder | None = None
        self._beside, self._say = Supervisor(outlets, self._on_outlet), tell
        self._keep = keep, unridden  # the one of a ride, the other of one that never began
        self._zero = zero
        self._location: bytes | None = None  # of the meter's sensor
        self._ride = Ride(initial or Setup())
        self._before: list[Input] | None = []  # inputs before the setup is known
        self._begun_t = 0.0  # of the source's clock, at which the ride's own begins
        self._last_input = 0.0
        self._running: asyncio.Task[None] | None = None
        self._thread = 0  # in which it runs
        self._finished = self._ended = False
        self._status = Status(
            recording=False,
            recording_text=say("recording.to_begin" if record else "recording.none"),
            sound="off",
            sound_text="",
            source=name,
            recordable=record is not None,
        )  # but for what is asked of others when it is given

    def view(self) -> RideView:
        """The ride as it stands now."""
        return self._ride.view()

    def status(self) -> Status:
        """How recording, sound and source are doing now."""
        recorder = RecorderStatus(recording=False) if self._recorder is None else self._recorder.status
        text = self._status.recording_text
        if self._recorder is not None:
            reason = recorder.reason or say("recording.closed")
            text = say("recording.now" if recorder.recording else "recording.failed", reason=reason)
        audible, others = self._beside.statuses(audible=True), self._beside.statuses(audible=False)
        return msgspec.structs.replace(
            self._status,
            recording=recorder.recording,
            recording_text=text,
            sound=audible[0].state if audible and audible[0].state in ("on", "muted", "bell") else "off",
            sound_text=" ".join(x.text for x in audible if x.text) if audible else say("sound.none"),
            lost=recorder.lost,
            finished=self._finished,
            ride_id="" if self._recorder is None else self._recorder.ride_id,
            headers=tuple(x for x in others if x.header),
            trouble=" ".join(x.text for x in others if x.text),
        )

    def mark(self, kind: str, text: str = "") -> None:
        """Takes in something that the rider did, at the time of the ride's last input.

        From another thread it is taken a moment later. Once the ride is closed, nothing belongs to it any more; when
        only its source has ended, the rider may still note something.
        """
        if self._thread not in (0, threading.get_ident()):
            self._later(lambda: self.mark(kind, text))
        elif not self._ended:
            self._take(msgspec.convert({"t": self._ride.t, "kind": kind, "text": text}, Mark))
            self._hand(self.view())

    def stop(self) -> None:
        """Ends the ride in order after the present input, as if its source had ended."""
        self._finished = True

    def changed(self) -> None:
        """Has the outlets' statuses looked at; from any thread."""
        self._later(self._beside.look)

    def _later(self, work: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and so has the ride
            if self._running is not None:
                self._running.get_loop().call_soon_threadsafe(work)

    def zero_instructions(self) -> tuple[str, ...]:
        """What the rider does before this meter's zero offset is set; none where there is no meter to ask."""
        if self._zero is None:
            return ()
        return tuple(map(remark, zero_offset_steps(self._ride.setup.profile, self._location)))

    async def zero(self) -> str:
        """Has the meter set its zero offset, while the ride goes on, and says what came of it.

        Raises:
            SourceError: there is no meter to ask, it refuses or fails, or does not answer.
        """
        if self._zero is None:
            raise SourceError("This ride has no meter to zero")
        return await self._zero()

    async def run(self) -> None:
        """Runs the ride until its source ends, the reader of its events is gone, or the task is cancelled.

        Raises:
            SourceError: the source can give no (more) notifications. What came before is kept.
        """
        self._running, self._thread = asyncio.current_task(), threading.get_ident()
        self._last_input = asyncio.get_running_loop().time()
        self._beside.start(self)
        beside = [asyncio.create_task(self._beside.keep("views", say("ride.views"), self._showing()))]
        if self._live:
            beside.append(asyncio.create_task(self._beside.keep("ticker", say("ride.clock"), self._tick)))
        try:
            async with aclosing(self._source.inputs()) as inputs:
                async for item in inputs:
                    self._take(self._in_ride(item))
                    if self._before is not None and is_measured(item):
                        await self._begin(item.t)
                    if self._finished:
                        break
        except SourceError as error:
            text = str(error) if error.hint is None else f"{error}. {error.hint}"
            self._status = msgspec.structs.replace(self._status, error=text)
            raise
        finally:
            self._finished = True
            for task in beside:
                task.cancel()
            self._beside.over()

    async def finish(self) -> RideView:
        """Ends the ride in order: the source is closed, everything kept. Gives the last view; may be called again."""
        running = self._running
        if running is not None and not running.done() and running is not asyncio.current_task():
            running.cancel()
            with suppress(asyncio.CancelledError, LegbalError):
                await running
        if not self._ended:
            self._ended = True
            try:
                self._tell(self._ride.close())
                self._hand(self.view())
            finally:  # whatever fails in telling, what is recorded is written
                leaving = asyncio.create_task(self._beside.close())
                try:
                    if self._recorder is not None:
                        await asyncio.to_thread(self._recorder.close)
                    keep, unridden = self._keep
                    if self._recorder is not None and keep is not None:
                        await asyncio.to_thread(keep, self._ride, self._recorder)
                    if self._before:
                        await asyncio.to_thread(unridden, self._before)
                finally:
                    await leaving
        return self.view()

    def _in_ride(self, item: Input) -> Input:
        """What came from the source, by the ride's own clock; what came before its beginning came at that."""
        if not self._begun_t:
            return item
        return msgspec.structs.replace(item, t=max(0.0, item.t - self._begun_t))

    async def _begin(self, t: float) -> None:
        """The meter is there: the ride begins anew with its setup, and with what came before.

        A live ride's clock begins with its first measurement, at `t` of the source's: for how long the meter was
        looked for is no part of the ride.
        """
        started = datetime.now().astimezone()
        preparing = asyncio.create_task(asyncio.to_thread(self._set_up, list(self._before or ())))
        try:
            await asyncio.shield(preparing)
        finally:  # an end that comes just now must not lose what has arrived
            ride, defect = await preparing
            self._begun_t = t if self._live else 0.0
            before, self._before = [self._in_ride(item) for item in self._before or ()], None
            self._ride = ride
            if self._record is not None:
                self._recorder = self._record(ride.setup, started)
                self._recorder.start()
            for item in before:
                self._fold(item, tell=is_measured(item))
            if defect is not None:
                self._beside.fail("setup", "The ride's setup", defect)

    def _set_up(self, inputs: Sequence[Input]) -> tuple[Ride, Exception | None]:
        """A ride with the setup as far as it could be made, and what prevented the rest."""
        ride = Ride(self._ride.setup)
        try:
            ride = Ride(self._prepare(inputs))
            return Ride(self._learn(ride.setup, inputs)), None
        except Exception as error:  # whatever the setup lacks, the ride is recorded
            if self._record is None:  # nothing is lost, and what was typed can be mended
                raise
            return ride, error

    def _take(self, item: Input) -> None:
        """Takes in one input; until the setup is known it is kept for the ride's beginning."""
        if not is_heart_rate(item):  # a meter's silence is one, whatever a strap sends
            self._last_input = asyncio.get_running_loop().time()
        if isinstance(item, Notification) and item.uuid == LOCATION:
            self._location = item.data
        if self._before is not None:
            self._before.append(item)
            if is_measured(item):
                return
        self._fold(item, tell=True)

    def _fold(self, item: Input, *, tell: bool) -> None:
        """Raw first: the recorder has it before the ride does."""
        if self._recorder is not None:
            self._recorder.record(item)
        events = self._ride.feed(item)
        if self._live and self._before is not None:  # the search is no part of the ride
            events = [msgspec.structs.replace(event, t=0.0) for event in events]
        if tell:
            self._tell(events)

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            fault = notice(event)
            if fault:
                self._status = msgspec.structs.replace(self._status, fault=fault)
                self._say(fault)
                asyncio.get_running_loop().call_later(SHOWN_S, self._hide_fault, fault)
            self._beside.event(event)

    def _hide_fault(self, fault: str) -> None:
        if self._status.fault == fault:  # no other one has come since
            self._status = msgspec.structs.replace(self._status, fault="")

    def _on_outlet(self, name: str, change: Change, status: OutletStatus) -> None:
        if change != "note":
            self._tell([OutletChange(self._ride.t, name, change, status.reason)])
        self._say(status.text)

    def _showing(self) -> Callable[[], Awaitable[None]]:
        """Hands views on, once a second, and tells as an event that the ride is not recorded any more, or again."""
        reported = ""  # why it is not; the screen shows that by itself

        async def show() -> None:
            nonlocal reported
            reason = "" if self._recorder is None else self._recorder.status.reason
            if reason != reported:
                reported = reason
                self._tell([OutletChange(self._ride.t, "recording", "failed" if reason else "back", reason)])
            self._hand(self._ride.view())
            await asyncio.sleep(VIEW_S)

        return show

    def _hand(self, view: RideView) -> None:
        self._beside.view(
            view,
            RunState(
                recording=self._recorder is not None and self._recorder.status.recording,
                finished=self._ended,
                problem=self._status.error,
            ),
        )

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while (silent := loop.time() - self._last_input) < TICK_S:  # noqa: ASYNC110 - each input puts it off
            await asyncio.sleep(TICK_S - silent)
        self._last_input = loop.time()
        self._take(Tick(self._ride.t + silent))
