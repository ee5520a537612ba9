"""Meters over Bluetooth: those in range, one connected while a command works with it, and its raw packets in a file."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from legbal.app.meters import Chooser, last_used, profiles, with_pair
from legbal.config import Settings, load
from legbal.errors import BluetoothError, CaptureError, SourceError
from legbal.files import capture
from legbal.gatt.uuids import LOCATION, MEASUREMENT
from legbal.meters.identify import candidates, profile_by
from legbal.meters.limits import Remark, zero_offset_steps
from legbal.meters.profile import UNLISTED
from legbal.present.profile import expected
from legbal.present.remarks import remark
from legbal.present.sentences import say
from legbal.ride.inputs import Input, Link, Notification
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.discovery import watch
from legbal.sources.bluetooth.power_meter import PowerMeter

SEARCH_S = 60.0  # a meter that is turned by hand meanwhile advertises within seconds
MOST_PACKETS = 500_000  # 34 hours at 4 a second, a few minutes of a meter gone mad
NAMELESS = "meter"

# how a meter without a name is called: by its address, or on macOS by an identifier that the system made up
_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)


class NearbyMeter(msgspec.Struct, frozen=True):
    """A meter in range, and what is known of its family.

    Attributes:
        name: as it is shown.
        selector: by what a ride asks for it.
        rssi: signal in dBm; None: it is connected to this computer already.
        balance: whether a balance can be expected of it: "yes, measured".
        family: its family or families.
        advice: what to know before connecting; may be empty.
        usual: it is the one ridden with last, or the one that the settings name.
        paired: it is one of the two that are ridden with together; a ride knows them.
    """

    name: str
    selector: str
    rssi: int | None
    balance: str
    family: str
    advice: str = ""
    usual: bool = False
    paired: bool = False


async def nearby_meters(complain: Callable[[str], None]) -> AsyncGenerator[Sequence[NearbyMeter], None]:
    """Those in range, again and again; `complain` is told what prevents that the last one is known.

    Raises BluetoothError where there is no Bluetooth, and what is wrong with settings or profiles.
    """
    settings = await asyncio.to_thread(load)
    usual = settings.meter or await asyncio.to_thread(last_used, complain) or ""
    settings = await asyncio.to_thread(with_pair, settings, {})
    async with aclosing(watch()) as watching:
        async for meters in watching:
            names = Counter(meter.label.casefold() for meter in meters)
            yield [
                nearby_meter(meter, names[meter.label.casefold()] == 1, usual, settings) for meter in meters
            ]


def nearby_meter(meter: PowerMeter, alone: bool, usual: str, settings: Settings) -> NearbyMeter:
    """What a meter in range is to the rider; `alone`: no other has its name."""
    families = candidates(profiles(), name=meter.name, services=meter.services) or (UNLISTED,)
    pair = [name.casefold() for name in settings.pair or ()]
    alias = next((own for own, name in settings.aliases.items() if name in (meter.name, meter.address)), "")
    return NearbyMeter(
        name=f"{alias} ({meter.label})" if alias else meter.label,
        selector=meter.label if meter.name and alone else meter.address,
        rssi=meter.rssi,
        balance=expected(families),
        family=" or ".join(family.name for family in families),
        advice=" ".join(dict.fromkeys(family.connecting for family in families if family.connecting)),
        paired=any(own.casefold().startswith(name) for own in (meter.label, meter.address) for name in pair),
        usual=bool(usual) and usual.casefold() in (meter.address.casefold(), meter.label.casefold()),
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

    Attributes:
        source: to ask the meter things.
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
        self.source = BluetoothSource(
            meter=settings.meter,
            remembered=last_used(complain),
            pair=with_pair(settings, {"meter": meter}).pair if both else None,
            profiles=profiles() if both and meter is None else (),
            choose=chooser,
            also_read=reads,
            also_follow=follows,
        )
        self._chooser = chooser
        self._say = say
        self._waited = waited
        self._take = take
        self._connected: set[str] = set()
        self._up = asyncio.Event()

    async def __aenter__(self) -> "MeterSession":
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError, BluetoothError):
            await self._running

    async def _run(self) -> None:
        async with aclosing(self.source.inputs()) as inputs:
            async for item in inputs:
                if isinstance(item, Link):
                    self._note_link(item)
                self._take(item)

    @property
    def label(self) -> str:
        """The meter's name, fit to be shown."""
        return self.source.meter.label if self.source.meter else "the meter"

    def instructions(self) -> list[str]:
        """What the rider does before the zero offset is set, for each of the meters; none twice."""
        steps: list[Remark] = []
        for meter in self.source.meters:
            values = self.source.values[meter.address]
            steps += zero_offset_steps(profile_by(profiles(), meter.label, values), values.get(LOCATION))
        return list(dict.fromkeys(map(remark, steps)))

    async def up(self) -> None:
        """Waits until the meter is connected; the time in which the rider chooses one does not count.

        Raises:
            BluetoothError: it is not found in time, or the radio cannot be used.
        """
        waiting = asyncio.create_task(self._up.wait())
        waited = 0.0
        try:
            while not self._up.is_set():
                turn = min(1.0, SEARCH_S)
                await asyncio.wait(
                    (waiting, self._running), timeout=turn, return_when=asyncio.FIRST_COMPLETED
                )
                if self._running.done():
                    await self._running
                if self._up.is_set() or (self._chooser is not None and self._chooser.asking):
                    waited = 0.0
                    continue
                waited += turn
                self._waited(waited)
                if waited >= SEARCH_S:
                    other = f"the other side of {self.label}" if self._connected else self.label
                    alone = " With --meter NAME one side is taken alone." if self._connected else ""
                    raise BluetoothError(
                        f"No connection to {other} came about within {SEARCH_S:.0f} s",
                        reason="meter not found",
                        hint="Turn the cranks to wake it, and end its connection in other apps; "
                        f"“legbal scan” shows what is in range.{alone}",
                    )
        finally:
            waiting.cancel()
            self._waited(None)

    def _note_link(self, link: Link) -> None:
        if link.state == "connected":
            self._connected.add(link.meter)
        else:
            self._connected.discard(link.meter)
        if len(self._connected) > self.source.has_two_sides:
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


class Packets:
    """What a meter sends: notifications with seconds since the first one, and without addresses.

    Args:
        output: the file; None: one here that is named by meter and time.
        overwrite: whether a file that is there already may be replaced.

    Attributes:
        notifications: in order of arrival.

    Raises:
        CaptureError: the file could not be written: said before the recording, not after it.
    """

    def __init__(self, output: Path | None = None, *, overwrite: bool = False) -> None:
        if output is not None and output.exists() and not overwrite:
            raise CaptureError(
                f"{output} is there already", hint="Choose another name, or replace it with --overwrite."
            )
        if output is not None and not output.parent.is_dir():
            raise CaptureError(f"{output} cannot be written: there is no folder {output.parent}")
        self._output, self._overwrite = output, overwrite
        self.notifications: list[Notification] = []
        self._measurements = 0  # counted as they come: `text` is asked each second, in the radio's loop
        self._start = 0.0

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        others = len(self.notifications) - self._measurements
        return f"{self._measurements} measurements and {others} other packets in {seconds:.0f} s"

    @property
    def are_full(self) -> bool:
        """Whether no more are kept."""
        return len(self.notifications) >= MOST_PACKETS

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or self.are_full:
            return
        if not self.notifications:
            self._start = item.t
        self._measurements += item.uuid == MEASUREMENT
        self.notifications.append(
            msgspec.structs.replace(
                item,
                t=round(item.t - self._start, 6),
                meter=NAMELESS if _ADDRESS.fullmatch(item.meter) else item.meter,
            )
        )

    def write(self) -> Path:
        """Writes the file at once and whole; gives where. Raises SourceError where there is nothing to write."""
        if not self.notifications:
            raise SourceError(
                "nothing was recorded", hint="Turn the cranks to wake the meter, and try again."
            )
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.notifications[0].meter).strip("-") or NAMELESS
        path = self._output or Path(f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
        capture.write(path, self.notifications, overwrite=self._overwrite)
        return path
