"""A power meter as bluetoothd shows it: what it advertises, what can be read, and how it behaves."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from dbus_fast import Variant

if TYPE_CHECKING:
    from tests.bluetooth.bluetoothd import Bluetoothd

Properties = dict[str, Variant]

POWER, INFORMATION, BATTERY, HEART_RATE, ENVIRONMENT = "1818", "180a", "180f", "180d", "181a"
# characteristic → its service and flags, as the service definitions give them
_CHARACTERISTICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "2a63": (POWER, ("notify",)),
    "2a64": (POWER, ("notify",)),
    "2a65": (POWER, ("read",)),
    "2a5d": (POWER, ("read",)),
    "2a66": (POWER, ("write", "indicate")),
    "2a29": (INFORMATION, ("read",)),
    "2a24": (INFORMATION, ("read",)),
    "2a25": (INFORMATION, ("read",)),
    "2a26": (INFORMATION, ("read",)),
    "2a27": (INFORMATION, ("read",)),
    "2a28": (INFORMATION, ("read",)),
    "2a19": (BATTERY, ("read", "notify")),
    "2a37": (HEART_RATE, ("notify",)),
    "2a6e": (ENVIRONMENT, ("read", "notify")),
}

# read from real meters, besides names and addresses, which are made up
ASSIOMA: dict[str, str | bytes] = {
    "2a65": "09121100",
    "2a5d": "00",
    "2a29": b"Favero Electronics Srl".hex(),
    "2a24": b"Assioma".hex(),
}
STAGES: dict[str, str | bytes] = {
    "2a65": "0b030800",
    "2a5d": "00",
    "2a29": b"Stages Cycling",
    "2a24": b"SPM2",
}


def full_uuid(short: str) -> str:
    """The 128-bit form of a 16-bit UUID."""
    return f"0000{short}-0000-1000-8000-00805f9b34fb"


class Peripheral:
    """One fake meter. Change its attributes to change its behaviour; make it with `Bluetoothd.add_meter`.

    Attributes:
        advertised: whether a scan sees it.
        adapter: path of the adapter that hears it.
        values: what a read answers, by characteristic; a missing one answers with an ATT error.
        unreadable: characteristics whose read answers with an ATT error although they are there.
        silent_reads: characteristics whose read is never answered, or by `answer_reads` later.
        silent_subscriptions: characteristics whose subscription is never answered, though it is made.
        before_answer: measurements that are notified before the next subscription to them is answered.
        protected: characteristics that are given only to a computer with which it is paired.
        unpaired_error: name and text of the D-Bus error that it gives to any other; None: it is never answered,
            as while the system waits for a passkey that nobody was asked for.
        hangs_up: it ends the link to any other that asks for those.
        paired: whether it is paired with this computer.
        spoilt: an unanswered demand to pair has made bluetoothd try by itself, without an agent: on this link
            nobody can pair it any more.
        passkey: what must be typed for that; None: nothing.
        refusal: the text of org.bluez.Error.Failed that Connect answers, None to accept.
        connect_hangs: Connect is never answered.
        drops_at_connect: the link goes down before the services are known.
        on_control: answers a control point request with its indication; None for silence.
        control_errors: ATT errors with which the next control point requests are refused, one each.
        control_hangs: the write of a control point request is never answered.
        connections: how many connections were made so far.
        subscriptions_at_connect: for each connection, how many old subscriptions were still held.
        writes: control point requests that were accepted.
        reads: the characteristics that were read, in order, answered or not.
    """

    def __init__(
        self,
        radio: Bluetoothd,
        name: str | None,
        address: str,
        *,
        values: dict[str, str | bytes],
        services: Iterable[str],
        rssi: int,
        manufacturer_data: dict[int, bytes],
        name_in_scan_response: bool,
        control_point: bool,
        adapter: str,
        measures: bool | None,
    ) -> None:
        self.name, self.address, self.rssi = name, address, rssi
        self.services = tuple(full_uuid(service) for service in services)
        self.manufacturer_data = manufacturer_data
        self.name_in_scan_response = name_in_scan_response
        self.values = {uuid: bytes.fromhex(v) if isinstance(v, str) else v for uuid, v in values.items()}
        self.unreadable: set[str] = set()
        self.silent_reads: set[str] = set()
        self.silent_subscriptions: set[str] = set()
        self.before_answer: list[bytes] = []
        self.protected: set[str] = set()
        self.unpaired_error: tuple[str, str] | None = ("org.bluez.Error.NotPermitted", "Not paired")
        self.hangs_up = False
        self.paired = self.spoilt = False
        self.passkey: int | None = None
        self.refusal: str | None = None
        self.connect_hangs = False
        self.drops_at_connect = False
        self.control_errors: list[int] = []
        self.control_hangs = False
        self.on_control: Callable[[bytes], bytes | None] = lambda _request: None
        self.connections = 0
        self.subscriptions_at_connect: list[int] = []
        self.writes: list[bytes] = []
        self.reads: list[str] = []
        self.connected = False
        self.subscribers: dict[str, set[str]] = {}
        self.adapter = adapter
        self.path = f"{adapter}/dev_{address.replace(':', '_')}"
        self._radio = radio
        self._advertised = False
        self._paths: dict[str, str] = {}
        self.objects = self._gatt({*values, "2a66"} if control_point else {*values}, measures)

    # what a test makes it do

    @property
    def advertised(self) -> bool:
        """Whether a scan sees it."""
        return self._advertised

    @advertised.setter
    def advertised(self, on: bool) -> None:
        self._advertised = on
        self._radio.advertise(self)

    async def subscribed(self, uuid: str = "2a63", seconds: float = 30.0) -> None:
        """Waits until somebody is connected and has subscribed to the characteristic."""
        await self._radio.until(lambda: self.connected and bool(self.subscribers.get(uuid)), seconds)

    async def disconnected(self, seconds: float = 30.0) -> None:
        """Waits until nobody is connected."""
        await self._radio.until(lambda: not self.connected, seconds)

    async def send(self, *payloads: bytes, uuid: str = "2a63", per_second: float = math.inf) -> int:
        """Notifies these values, evenly paced; gives how many went out (none without a subscriber)."""
        sent = 0
        begin = asyncio.get_running_loop().time()
        for number, payload in enumerate(payloads):
            if math.isfinite(per_second):
                await _until(begin + number / per_second)
            if self.connected and self.subscribers.get(uuid):
                self.emit(payload, uuid)
                sent += 1
            if number % 32 == 31:  # more than that at once fills the sender's socket
                await self._radio.flush()
        await self._radio.flush()
        return sent

    async def play(self, packets: Iterable[tuple[float, str, bytes]], speed: float = math.inf) -> int:
        """Notifies packets (seconds, uuid, value) at `speed` times real time; gives how many went out."""
        sent, begin = 0, asyncio.get_running_loop().time()
        for t, uuid, payload in packets:
            if math.isfinite(speed):
                await _until(begin + t / speed)
            sent += await self.send(payload, uuid=uuid)
        return sent

    def emit(self, payload: bytes, uuid: str = "2a63") -> None:
        """Tells a value at once, subscribed or not: a late packet of a link that is already gone."""
        self._radio.value(self._paths[uuid], payload)

    def answer_reads(self) -> None:
        """Reads that were not answered are, as are those to come."""
        self.silent_reads.clear()
        self._radio.answer_reads(self)

    def drop(self) -> None:
        """The link is lost (out of range, battery out, switched away); it advertises again if it may."""
        self._radio.link_down(self)

    def vanish(self) -> None:
        """Goes away without a word, and bluetoothd forgets the device."""
        self._advertised = False
        self._radio.forget(self)

    # what bluetoothd shows of it

    def device(self) -> Properties:
        """The properties of org.bluez.Device1 as a scan finds them."""
        shown: Properties = {
            "Address": Variant("s", self.address),
            "AddressType": Variant("s", "random"),
            "Adapter": Variant("o", self.adapter),
            "Alias": Variant("s", self.address.replace(":", "-")),
            "Paired": Variant("b", self.paired),
            "Bonded": Variant("b", self.paired),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", list(self.services)),
            "RSSI": Variant("n", self.rssi),
        }
        if self.manufacturer_data:
            shown["ManufacturerData"] = Variant(
                "a{qv}", {company: Variant("ay", data) for company, data in self.manufacturer_data.items()}
            )
        if not self.name_in_scan_response:
            shown |= self.naming()
        return shown

    def naming(self) -> Properties:
        """The properties that its name changes."""
        if self.name is None:
            return {}
        return {"Name": Variant("s", self.name), "Alias": Variant("s", self.name)}

    def uuid_at(self, path: str) -> str | None:
        """Which characteristic is at an object path."""
        return next((uuid for uuid, at in self._paths.items() if at == path), None)

    def _gatt(self, values: set[str], measures: bool | None) -> dict[str, tuple[str, Properties]]:
        """Object path → interface and properties of all services and characteristics."""
        offers_power = full_uuid(POWER) in self.services if measures is None else measures
        present = values | {"2a63"} if offers_power else values - {"2a66"}
        objects: dict[str, tuple[str, Properties]] = {}
        handle = 0x0010
        for service in sorted({_CHARACTERISTICS[uuid][0] for uuid in present}):
            service_path = f"{self.path}/service{handle:04x}"
            objects[service_path] = (
                "org.bluez.GattService1",
                {
                    "UUID": Variant("s", full_uuid(service)),
                    "Device": Variant("o", self.path),
                    "Primary": Variant("b", True),
                },
            )
            for uuid in sorted(u for u in present if _CHARACTERISTICS[u][0] == service):
                handle += 2
                self._paths[uuid] = f"{service_path}/char{handle:04x}"
                objects[self._paths[uuid]] = (
                    "org.bluez.GattCharacteristic1",
                    {
                        "UUID": Variant("s", full_uuid(uuid)),
                        "Service": Variant("o", service_path),
                        "Flags": Variant("as", list(_CHARACTERISTICS[uuid][1])),
                        "Notifying": Variant("b", False),
                        "MTU": Variant("q", 247),
                        "Value": Variant("ay", b""),
                    },
                )
            handle += 0x10
        return objects


async def _until(moment: float) -> None:
    """Waits until the loop's clock shows `moment`."""
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
