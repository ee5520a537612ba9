"""What is ridden on the real stack. Each is a function that gives a line with figures, or raises."""

from __future__ import annotations

import asyncio
import json
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec

from tests.bluetooth.packets import working
from tests.qemu.agent import system_agent
from tests.qemu.air import Adapter, Air
from tests.qemu.names import NAMES
from tests.qemu.peripheral import NAME, Meter, Packets
from tests.qemu.services import BluetoothService, Ride, legbal, legbal_ride


class Stack(msgspec.Struct, frozen=True):
    """What a scenario has at hand: the air with the adapter in it, bluetoothd, its bus, and a capture."""

    air: Air
    adapter: Adapter
    service: BluetoothService
    address: str
    capture: Path

    def lose_link(self, meter: Meter) -> None:
        """The meter goes out of range."""
        for controller in (self.adapter.controller, meter.controller):
            if controller is not None:
                controller.lose_links()


Interruption = Callable[[Meter], Awaitable[None]]


async def assioma_capture(stack: Stack) -> str:
    """The packets of a real meter, at the pace at which it sent them."""
    lines = map(json.loads, stack.capture.read_text(encoding="utf-8").splitlines())
    return await _play(stack, [(float(line["t"]), bytes.fromhex(line["hex"])) for line in lines])


async def ten_minutes(stack: Stack) -> str:
    """As many as the busiest meters send."""
    return await _play(stack, _packets(2400))


async def twenty_drops(stack: Stack) -> str:
    """Every other time the meter hangs up, or is out of range."""

    async def out_of_range(meter: Meter) -> None:
        stack.lose_link(meter)

    return await _interrupt(stack, [Meter.hang_up, out_of_range] * 10)


async def adapter_off(stack: Stack) -> str:
    """The rider switches Bluetooth off, and on again."""

    async def off_and_on(_meter: Meter) -> None:
        await stack.service.power(on=False)
        await asyncio.sleep(5.0)
        await stack.service.power(on=True)

    return await _interrupt(stack, [off_and_on, off_and_on])


async def adapter_pulled(stack: Stack) -> str:
    """The dongle is pulled out."""

    async def out_and_in(meter: Meter) -> None:
        await stack.adapter.pull_out()
        stack.lose_link(meter)
        await asyncio.sleep(5.0)
        await stack.adapter.plug_in()

    return await _interrupt(stack, [out_and_in])


async def bluetoothd_restarted(stack: Stack) -> str:
    """bluetoothd is stopped as systemd does, and then killed: it says nothing to anybody."""

    async def restart(by: signal.Signals, _meter: Meter) -> None:
        await stack.service.stop(by)
        await asyncio.sleep(3.0)
        await stack.service.start()

    return await _interrupt(stack, [partial(restart, signal.SIGTERM), partial(restart, signal.SIGKILL)])


async def pairing(stack: Stack, passkey: int | None = None) -> str:
    """A meter that sends to nobody unpaired: told as that; once legbal has paired it, the ride goes on."""
    wrong, right = ([], []) if passkey is None else (["--passkey", "1"], ["--passkey", str(passkey)])
    async with _locked_ride(stack, passkey) as (meter, ride):
        text = await ride.told("must be paired once")
        if wrong:
            said = await legbal(ride.home, "pair", "--meter", NAME, *wrong)
            assert "was not paired" in said, said
        said = await legbal(ride.home, "pair", "--meter", NAME, *right)
        assert "is paired with this computer" in said, said
        return f"“{text.split(':')[0]}”; “{said.splitlines()[0]}”; {await _paired(stack, meter, ride)}"


async def pairing_by_desktop(stack: Stack) -> str:
    """Where a desktop runs, it asks for the passkey as soon as legbal wants the measurements."""
    async with system_agent(stack.address, 123456) as asked, _locked_ride(stack, 123456) as (meter, ride):
        return f"{await _paired(stack, meter, ride)}; the desktop was asked {', '.join(asked)}"


@asynccontextmanager
async def _locked_ride(stack: Stack, passkey: int | None) -> AsyncIterator[tuple[Meter, Ride]]:
    meter = Meter(stack.air, locked=True, passkey=passkey)
    await meter.switch_on()
    async with legbal_ride(_home(), "--meter", NAME) as ride:
        yield meter, ride


async def _paired(stack: Stack, meter: Meter, ride: Ride) -> str:
    """The ride goes on over an encrypted link, and after a drop without pairing again."""
    packets = _packets(16)
    await meter.until(lambda: meter.subscribed)
    await meter.play(packets[:8])
    await asyncio.sleep(1.0)  # what was sent has arrived
    stack.lose_link(meter)
    await meter.until(lambda: not meter.subscribed)
    await meter.until(lambda: meter.subscribed)
    await meter.play(_from_now(packets[8:]))
    outcome = await _end(ride, meter, len(packets))
    assert meter.pairings == 1, f"paired {meter.pairings} times"
    return f"{outcome}, a drop among them, paired once"


def _packets(count: int) -> Packets:
    """At 4 Hz."""
    return [(number / 4, working(number)) for number in range(count)]


def _from_now(packets: Packets) -> Packets:
    return [(t - packets[0][0], value) for t, value in packets]


def _home() -> Path:
    """A library of one ride's own."""
    return Path(tempfile.mkdtemp(prefix="home-"))


async def _play(stack: Stack, packets: Packets) -> str:
    meter = Meter(stack.air)
    await meter.switch_on()
    async with legbal_ride(_home(), "--meter", NAME) as ride:
        await meter.until(lambda: meter.subscribed)
        await meter.play(packets)
        return await _end(ride, meter, len(packets))


async def _interrupt(stack: Stack, interruptions: Sequence[Interruption]) -> str:
    """A ride with four measurements before, between and after these, each of which ends the link."""
    meter = Meter(stack.air)
    await meter.switch_on()
    packets, back = _packets(4 * (len(interruptions) + 1)), []
    async with legbal_ride(_home(), "--meter", NAME) as ride:
        await meter.until(lambda: meter.subscribed)
        await meter.play(packets[:4])
        for number, interrupt in enumerate(interruptions, 1):
            await asyncio.sleep(1.0)  # what was sent before has arrived
            await interrupt(meter)
            began = time.monotonic()
            await ride.connected(number + 1)
            await meter.until(lambda: meter.subscribed)
            back.append(time.monotonic() - began)
            await meter.play(_from_now(packets[4 * number : 4 * number + 4]))
        outcome = await _end(ride, meter, len(packets))
    return f"{outcome}, subscribed again after {statistics.median(back):.1f} s (median), {max(back):.1f} s at most"


async def _end(ride: Ride, meter: Meter, count: int) -> str:
    """The ride ends, and has recorded so many measurements, each once and in order, octet for octet."""
    await asyncio.sleep(2.0)  # the last one is on its way
    code = await ride.end()
    recorded = ride.recorded()
    assert code == 0, f"exit code {code}: {ride.complaints}"
    assert recorded == meter.sent, f"{len(meter.sent)} sent, {len(recorded)} recorded, not the same"
    assert len(recorded) == count, f"{len(recorded)} recorded of {count}"
    return f"{len(recorded)} of {count} octet for octet"


SCENARIOS: dict[str, Callable[[Stack], Awaitable[str]]] = dict(
    zip(
        NAMES,
        (
            assioma_capture,
            ten_minutes,
            twenty_drops,
            adapter_off,
            adapter_pulled,
            bluetoothd_restarted,
            pairing,
            partial(pairing, passkey=123456),
            pairing_by_desktop,
        ),
        strict=True,
    )
)
