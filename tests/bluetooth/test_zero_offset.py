"""The zero offset set, through bleak's BlueZ backend against a fake bluetoothd."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import msgspec
import pytest

from legbal.app.bluetooth_meters import MeterSession
from legbal.config import Settings
from legbal.errors import BluetoothError
from legbal.meters.zero_offset import ZeroOffset
from legbal.present.meter import zero_offset
from legbal.ride.inputs import Link
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import ASSIOMA, STAGES, Peripheral
from tests.bluetooth.riding import connected, riding

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

ZERO, ENHANCED = b"\x0c", b"\x10"
BOTH_BITS = "0b020800"  # balance, torque, crank; offset compensation and the enhanced one; measures force
WORKING = bytes.fromhex("2300c8006001000004")


async def refusal(source: BluetoothSource) -> BluetoothError:
    """The error that a zero offset ends with; it must say what to do."""
    with pytest.raises(BluetoothError) as caught:
        await source.zero()
    assert caught.value.hint
    return caught.value


async def refused(meter: Peripheral, timings: Timings) -> BluetoothError:
    """The error that it ends with on a link to the meter, made for it alone."""
    async with connected(meter, timings) as (source, _ride):
        return await refusal(source)


async def test_the_plain_procedure_gives_the_offset_in_the_unit_of_the_meter(
    assioma: Peripheral, quick: Timings
) -> None:
    assioma.on_control = lambda _request: bytes.fromhex("200c01 1200")
    async with connected(assioma, quick) as (source, ride):
        result = await source.zero()
        await ride.until(lambda: ride.values("2a66") == [bytes.fromhex("200c011200")])
    assert assioma.writes == [ZERO]
    assert result == ZeroOffset(offset_raw=18, measures="torque")
    assert zero_offset(result.offset_raw, result.measures) == "The zero offset is set: 0.56 N·m (raw 18)"


async def test_a_meter_of_force_gives_newtons_and_may_go_below_zero(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("4iiii", values={"2a65": "00020000"})
    meter.on_control = lambda _request: bytes.fromhex("200c01 f9ff")
    async with connected(meter, quick) as (source, _ride):
        result = await source.zero()
    assert result == ZeroOffset(offset_raw=-7, measures="force")
    assert "−7 N" in zero_offset(result.offset_raw, result.measures)


async def test_the_enhanced_procedure_is_preferred_and_the_makers_data_is_kept(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("Stages 20561", values=STAGES)
    meter.on_control = lambda _request: bytes.fromhex("201001 2c01 6900 03 aabbcc")
    async with connected(meter, quick) as (source, _ride):
        result = await source.zero()
    assert meter.writes == [ENHANCED]
    assert result == ZeroOffset(300, "force", company=0x69, company_data="aabbcc")


async def test_a_refused_enhanced_procedure_is_followed_by_the_plain_one(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("both", values={"2a65": BOTH_BITS})
    meter.on_control = lambda request: bytes.fromhex("201002" if request == ENHANCED else "200c01 0500")
    async with connected(meter, quick) as (source, _ride):
        result = await source.zero()
    assert meter.writes == [ENHANCED, ZERO]
    assert result == ZeroOffset(5, "force")


async def test_only_enhanced_and_refused_is_told(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("enhanced only", values={"2a65": "00000800"})
    meter.on_control = lambda _request: bytes.fromhex("201002")
    assert "not supported" in str(await refused(meter, quick))
    assert meter.writes == [ENHANCED]


@pytest.mark.parametrize("features", [{}, {"2a65": "00"}, {"2a65": "0b000000"}], ids=["none", "bad", "clear"])
async def test_a_meter_whose_features_name_no_zero_offset_is_asked_all_the_same(
    radio: Bluetoothd, quick: Timings, features: dict[str, str | bytes]
) -> None:
    meter = radio.add_meter("mute about it", values=features)
    meter.on_control = lambda _request: bytes.fromhex("200c01 0500")
    async with connected(meter, quick) as (source, _ride):
        result = await source.zero()
    assert meter.writes == [ZERO]
    assert result.offset_raw == 5


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("200c02", "not supported"),
        ("200c03", "invalid parameter"),
        ("200c04", "operation failed"),
        ("200c0401", "operation failed"),
        ("200c7f", "does not say"),
        ("200c", "does not say"),
        ("200c7f00000000", "does not say"),
    ],
)
async def test_an_answer_that_is_no_success_is_told_in_words(
    assioma: Peripheral, quick: Timings, answer: str, words: str
) -> None:
    assioma.on_control = lambda _request: bytes.fromhex(answer)
    error = await refused(assioma, quick)
    assert error.reason == "request refused"
    assert "ASSIOMA17039L" in str(error)
    assert words in str(error)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("20100401", "not in the position"),
        ("201004ff690001aa", "manufacturer specific aa"),
        ("201004", "failed"),
    ],
)
async def test_why_the_enhanced_procedure_failed_is_told(
    radio: Bluetoothd, quick: Timings, answer: str, words: str
) -> None:
    meter = radio.add_meter("Stages 20561", values=STAGES)
    meter.on_control = lambda _request: bytes.fromhex(answer)
    assert words in str(await refused(meter, quick))


@pytest.mark.parametrize(
    ("code", "words"), [(0xFE, "busy"), (0x80, "too slow"), (0x0E, "0x0E"), (0x05, "must be paired once")]
)
async def test_a_write_that_is_refused_is_told_in_words(
    assioma: Peripheral, quick: Timings, code: int, words: str
) -> None:
    assioma.control_errors = [code]
    error = await refused(assioma, quick)
    assert error.reason == ("not paired" if code == 0x05 else "request refused")
    assert words in str(error)


async def test_a_meter_that_lost_the_subscription_is_subscribed_to_again(
    assioma: Peripheral, quick: Timings
) -> None:
    assioma.control_errors = [0xFD]
    assioma.on_control = lambda _request: bytes.fromhex("200c010000")
    async with connected(assioma, quick) as (source, _ride):
        assert (await source.zero()).offset_raw == 0
        assioma.control_errors = [0xFD, 0xFD]
        error = await refusal(source)
        assert "nobody listens" in str(error)
        assert (await source.zero()).offset_raw == 0


async def test_no_answer_is_a_timeout_and_the_next_attempt_is_free(
    assioma: Peripheral, quick: Timings
) -> None:
    async with connected(assioma, quick) as (source, _ride):
        error = await refusal(source)
        assert error.reason == "no answer in time"
        assert "did not answer when asked to set its zero offset" in str(error)
        assioma.on_control = lambda _request: bytes.fromhex("200c010000")
        assert (await source.zero()).offset_raw == 0


async def test_an_answer_to_something_else_is_no_answer_and_is_shown(
    assioma: Peripheral, quick: Timings
) -> None:
    assioma.on_control = lambda _request: bytes.fromhex("2005015901")
    async with connected(assioma, quick) as (source, ride):
        error = await refusal(source)
    assert "it sent 2005015901 instead" in str(error)
    assert ride.values("2a66") == [bytes.fromhex("2005015901")]


async def test_unrelated_indications_before_the_answer_are_passed_over(
    assioma: Peripheral, quick: Timings
) -> None:
    def chatter(_request: bytes) -> bytes:
        for other in ("", "20", "ffffff", "2005015901", "0c"):
            assioma.emit(bytes.fromhex(other), "2a66")
        return bytes.fromhex("200c010300")

    assioma.on_control = chatter
    async with connected(assioma, quick) as (source, ride):
        assert (await source.zero()).offset_raw == 3
        await ride.until(lambda: len(ride.values("2a66")) == 6)


@pytest.mark.parametrize(
    ("answer", "offset", "rest"),
    [("200c1200", 18, ""), ("200c01", None, ""), ("200c011200beef", 18, "beef")],
    ids=["without result", "without offset", "with more"],
)
async def test_careless_answers_are_understood(
    assioma: Peripheral, quick: Timings, answer: str, offset: int | None, rest: str
) -> None:
    assioma.on_control = lambda _request: bytes.fromhex(answer)
    async with connected(assioma, quick) as (source, _ride):
        result = await source.zero()
    assert (result.offset_raw, result.company_data) == (offset, rest)
    assert zero_offset(result.offset_raw, result.measures)


@pytest.mark.parametrize("hangs", [False, True], ids=["answer outstanding", "write outstanding"])
async def test_a_drop_in_the_middle_ends_it_at_once_and_the_ride_goes_on(
    radio: Bluetoothd, assioma: Peripheral, quick: Timings, hangs: bool
) -> None:
    patient = msgspec.structs.replace(quick, answer_s=3600.0)
    assioma.control_hangs = hangs
    async with connected(assioma, patient) as (source, ride):
        zeroing = asyncio.create_task(refusal(source))
        await radio.until(lambda: assioma.writes == [ZERO])
        assioma.drop()
        async with asyncio.timeout(30):
            assert (await zeroing).reason == "link lost"
        assioma.control_hangs = False
        assioma.on_control = lambda _request: bytes.fromhex("200c010000")
        await ride.connected(2)
        assert (await source.zero()).offset_raw == 0


async def test_the_end_of_the_ride_ends_it(radio: Bluetoothd, assioma: Peripheral, quick: Timings) -> None:
    patient = msgspec.structs.replace(quick, answer_s=3600.0)
    async with connected(assioma, patient) as (source, _ride):
        zeroing = asyncio.create_task(refusal(source))
        await radio.until(lambda: assioma.writes == [ZERO])
    async with asyncio.timeout(30):
        assert (await zeroing).reason == "link lost"
    assert not assioma.connected


async def test_measurements_come_in_meanwhile_and_silence_is_no_stall(
    radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    patient = msgspec.structs.replace(quick, answer_s=3600.0, stall_s=0.1)
    async with connected(assioma, patient) as (source, ride):
        await assioma.subscribed()
        zeroing = asyncio.create_task(source.zero())
        await radio.until(lambda: assioma.writes == [ZERO])
        await assioma.send(WORKING)
        await ride.received(1)
        with pytest.raises(TimeoutError):
            await ride.until(lambda: "stalled" in ride.states, 0.3)
        assioma.emit(bytes.fromhex("200c010000"), "2a66")
        assert (await zeroing).offset_raw == 0


async def test_a_second_request_is_refused_while_one_runs(
    radio: Bluetoothd, assioma: Peripheral, quick: Timings
) -> None:
    async with connected(assioma, msgspec.structs.replace(quick, answer_s=3600.0)) as (source, _ride):
        first = asyncio.create_task(source.zero())
        await radio.until(lambda: assioma.writes == [ZERO])
        assert "busy" in str(await refusal(source))
        assioma.emit(bytes.fromhex("200c010000"), "2a66")
        assert (await first).offset_raw == 0
    assert assioma.writes == [ZERO]


async def test_a_meter_without_control_point_says_so(radio: Bluetoothd, quick: Timings) -> None:
    meter = radio.add_meter("P1 left", control_point=False)
    error = await refused(meter, quick)
    assert error.reason == "request refused"
    assert "no control point" in str(error)


async def test_without_a_link_there_is_nobody_to_ask(radio: Bluetoothd, quick: Timings) -> None:
    source = BluetoothSource(timings=quick)
    assert (await refusal(source)).reason == "link lost"
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    async with riding(source) as ride:
        await meter.subscribed()  # before that, a drop is a connection that failed
        await ride.connected()
        meter.advertised = False
        meter.drop()
        await ride.told("looking for it again")
        error = await refusal(source)
    assert "ASSIOMA17039L" in str(error)
    assert meter.writes == []


async def test_a_meter_that_sends_nothing_at_rest_is_set_all_the_same(
    radio: Bluetoothd, quick: Timings
) -> None:
    meter = radio.add_meter("SRM 1", values={"2a65": "00020000"})
    meter.on_control = lambda _request: bytes.fromhex("200c01 0500")
    said: list[str] = []
    session = MeterSession(
        Settings(meter="SRM 1"), "SRM 1", say=said.append, waited=lambda _: None, complain=said.append
    )
    session._source._timings = msgspec.structs.replace(quick, stall_s=0.05, rest_s=(3600.0,))
    told = asyncio.Event()
    session._take = lambda item: told.set() if isinstance(item, Link) and item.state == "stalled" else None

    async def ready(_steps: Sequence[str]) -> None:
        await told.wait()

    async with session:
        answers = [answer async for answer in session.zero(ready)]
    assert answers[0][0].startswith("The zero offset is set")
    assert not any("nothing has arrived" in line for line in said)


async def test_a_link_that_is_up_for_a_moment_only_does_not_use_up_the_wait_for_it() -> None:
    session = MeterSession(Settings(), None, say=print, waited=lambda _: None, complain=print)
    session._running = asyncio.create_task(asyncio.sleep(3600))
    up = asyncio.create_task(session.up())
    await asyncio.sleep(0)
    session._up.set()
    session._up.clear()
    for _ in range(1000):
        await asyncio.sleep(0)
    assert not up.done()
    session._up.set()
    await up
    session._running.cancel()
