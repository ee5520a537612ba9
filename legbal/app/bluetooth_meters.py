"""Meters over Bluetooth: those of a ride, and one connected while a command works with it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress

from legbal.app.meters import Chooser, last_used, profiles, with_pair
from legbal.app.straps import OFF
from legbal.app.zero_ledger import ZeroLedger, step_from, zero_history
from legbal.config import Settings
from legbal.errors import BluetoothError
from legbal.gatt.uuids import LOCATION
from legbal.meters.identify import profile_by
from legbal.meters.limits import Remark, zero_offset_steps
from legbal.present.meter import zero_jump, zero_offset
from legbal.present.remarks import remark
from legbal.present.sentences import say
from legbal.ride.inputs import Input, Link
from legbal.sources.bluetooth import BluetoothSource, control
from legbal.sources.bluetooth.accessory import STRAP, Accessory
from legbal.sources.bluetooth.connection import Timings

SEARCH_S = 60.0  # a meter that is turned by hand meanwhile advertises within seconds


def ride_source(
    settings: Settings, chooser: Chooser | None, complain: Callable[[str], None]
) -> BluetoothSource:
    """The meter or the pair that is ridden with, as of `live_ride`; a bad profile is said now, not while it runs."""
    return BluetoothSource(
        meter=settings.meter,
        remembered=last_used(complain),
        choose=chooser,
        pairing=chooser,
        offer=chooser and chooser.offer,
        adapter=settings.adapter,
        pair=settings.pair,
        profiles=profiles(),
        accessories=_accessories(settings),
    )


def _accessories(settings: Settings) -> list[Accessory]:
    """What the rider has connected beside the meter."""
    if settings.heart_rate.casefold() == OFF:
        return []
    return [Accessory(STRAP, settings.heart_rate, Timings(), settings.adapter)]


async def pair_meter(settings: Settings, chooser: Chooser | None, complain: Callable[[str], None]) -> str:
    """Finds the rider's meter, pairs it with this computer, and gives its name.

    Args:
        settings: what holds, `meter` included.
        chooser: asks which of several it is, and for its passkey; None: nobody can be asked.
        complain: is told what goes wrong.

    Raises:
        BluetoothError: it is not found, or not paired.
    """
    source = BluetoothSource(
        meter=settings.meter,
        remembered=last_used(complain),
        choose=chooser,
        sides=False,
        adapter=settings.adapter,
        pairing=chooser,
        profiles=profiles(),
        both=False,
    )
    return (await source.pair(SEARCH_S)).label


async def set_zero_offsets(
    source: BluetoothSource, tell: Callable[[str], None] = lambda _text: None
) -> AsyncGenerator[tuple[str, str], None]:
    """Has each of the connected meters set its zero offset, one after the other.

    Args:
        source: the ride's, or a session's.
        tell: is told which one is at it.

    Yields:
        what came of it, in words that name the meter where there are two, also where the zero jumped; and what its
        maker adds.

    Raises:
        BluetoothError: no meter is connected, one refuses or fails, does not answer, or the link is lost.
    """
    ledger = await asyncio.to_thread(zero_history)
    for meter in source.meters or (None,):
        tell(say("meter.zeroing", meter=meter.label if meter else "the meter"))
        result = await source.zero(meter)
        label = f"{meter.label}: " if meter and source.second_meter else ""
        rest = "meter.answer" if result.company is None else "meter.maker_data"
        jump = zero_jump(step_from(ledger, meter.label if meter else "", result))
        yield (
            f"{label}{zero_offset(result.offset_raw, result.measures)}.{jump and ' '}{jump}",
            say(rest, company=result.company, data=result.company_data) if result.company_data else "",
        )


class MeterSession:
    """A meter that is looked for as a ride does and kept connected, or the two that are ridden with as one.

    To be used as an asynchronous context manager; at the end the link is closed.

    Args:
        settings: what holds, `meter` included.
        meter: what was typed of its name.
        say: is told how it goes.
        waited: shows for how many seconds the meter has been waited for; None: no longer.
        complain: is told what goes wrong.
        chooser: asks which of several it is; None: nobody can be asked.
        both: where a ride would take two one-sided meters, both are connected; a typed one is taken alone.
        reads: what is read besides what a ride reads.
        follows: what is followed besides what a ride follows.
        take: gets every input, in order.
    """

    def __init__(
        self,
        settings: Settings,
        meter: str | None,
        *,
        say: Callable[[str], None],
        waited: Callable[[float | None], None],
        complain: Callable[[str], None],
        chooser: Chooser | None = None,
        both: bool = False,
        reads: Sequence[str] = (),
        follows: Sequence[str] = (),
        take: Callable[[Input], None] = lambda _item: None,
    ) -> None:
        self._source = BluetoothSource(
            meter=settings.meter,
            remembered=last_used(complain),
            pair=with_pair(settings, {"meter": meter}).pair if both else None,
            profiles=profiles(),
            both=both and meter is None,
            sides=False,
            adapter=settings.adapter,
            choose=chooser,
            pairing=chooser,
            also_read=reads,
            also_follow=follows,
        )
        self._chooser = chooser
        self._say = say
        self._waited = waited
        self._take = take
        self._ledger = ZeroLedger(complain)
        self._connected: set[str] = set()
        self._up = asyncio.Event()

    async def __aenter__(self) -> "MeterSession":
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError, BluetoothError):
            await self._running
        await asyncio.to_thread(self._ledger.keep)  # also an answer that came too late to be waited for

    async def _run(self) -> None:
        async with aclosing(self._source.inputs()) as inputs:
            async for item in inputs:
                if isinstance(item, Link):
                    self._note_link(item)
                self._ledger.take(item)
                self._take(item)

    @property
    def label(self) -> str:
        """The meter's name, fit to be shown."""
        return self._source.meter.label if self._source.meter else "the meter"

    async def zero(
        self, ready: Callable[[Sequence[str]], Awaitable[None]]
    ) -> AsyncGenerator[tuple[str, str], None]:
        """As `set_zero_offsets`; before that, `ready` is given what the rider does first, and ends when it is done."""
        await self.up()
        steps: list[Remark] = []
        for meter in self._source.meters:
            values = self._source.values[meter.address]
            steps += zero_offset_steps(profile_by(profiles(), meter.label, values), values.get(LOCATION))
        await ready(list(dict.fromkeys(map(remark, steps))))
        await self.up()  # it may have slept meanwhile
        async for answer in set_zero_offsets(self._source, self._say):
            yield answer

    async def crank_length(
        self, length_mm: float | None, agrees: Callable[[float, float], Awaitable[bool]]
    ) -> float:
        """The crank length in mm that the meter has stored in the end.

        Args:
            length_mm: it is given to the meter; None: it is only asked for.
            agrees: is asked before that, with the one that the meter has and the one that it is given.

        Raises:
            BluetoothError: as of `up`, or the meter does not say it or take it, does not answer, or the link is lost.
        """
        await self.up()
        stored = await control.crank_length(self._source.connection())
        if length_mm is None or length_mm == stored or not await agrees(stored, length_mm):
            return stored
        await self.up()  # it may have slept meanwhile
        return await control.set_crank_length(self._source.connection(), length_mm)

    async def up(self) -> None:
        """Waits until the meter is connected; the time in which the rider chooses one does not count.

        Raises:
            BluetoothError: it is not found in time, or the radio cannot be used.
        """
        waiting = asyncio.create_task(self._up.wait())
        waited = 0.0
        try:
            while not self._up.is_set():
                if waiting.done():  # it was up for a moment, and is lost again
                    waiting = asyncio.create_task(self._up.wait())
                await asyncio.wait((waiting, self._running), timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
                if self._running.done():
                    await self._running
                if self._up.is_set() or (self._chooser is not None and self._chooser.asking):
                    waited = 0.0
                    continue
                waited += 1.0
                self._waited(waited)
                if waited >= SEARCH_S:
                    other = f"the other side of {self.label}" if self._connected else self.label
                    alone = " --meter NAME rides on one side alone." if self._connected else ""
                    raise BluetoothError(
                        f"Could not connect to {other} within {SEARCH_S:.0f} s",
                        reason="meter not found",
                        hint="Turn the cranks to wake it, and end its connection in other apps; "
                        f"“legbal scan” shows what is in range.{alone}",
                    )
        finally:
            waiting.cancel()
            self._waited(None)

    def _note_link(self, link: Link) -> None:
        if isinstance(link.remark, Remark) and link.remark.code == "link.silent":
            return  # it can be asked all the same, and stands still perhaps because it shall
        if link.state == "connected":
            self._connected.add(link.meter)
        else:
            self._connected.discard(link.meter)
        if len(self._connected) > self._source.has_two_sides:
            self._up.set()
        else:
            self._up.clear()
        if link.state == "connecting":
            self._say(say("meter.connecting", meter=link.meter))
        elif link.state == "searching" and not link.remark:
            self._say(say("meter.searching", meter=link.meter or "a power meter"))
        elif link.state != "connected":
            text = remark(link.remark)
            self._say(f"{link.meter}: {text}" if link.state in ("lost", "stalled") else text)
