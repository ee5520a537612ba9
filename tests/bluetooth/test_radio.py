"""The radio is a meter's first: what it is lent to ends as soon as a meter wants it."""

from __future__ import annotations

import asyncio

import pytest

from legbal.sources.bluetooth.radio import Radio, RadioTakenError


async def use(radio: Radio, begun: asyncio.Event, done: asyncio.Event) -> None:
    async with radio:
        begun.set()
        await done.wait()


class Work:
    """Goes on until it is called off; then takes so long to end."""

    def __init__(self, ending_s: float = 0.0) -> None:
        self.begun, self.over = asyncio.Event(), False
        self._ending_s = ending_s

    async def __call__(self) -> str:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(self._ending_s)
            self.over = True
        return "never"


async def answer() -> str:
    return "done"


async def test_what_it_is_lent_for_is_done() -> None:
    radio = Radio(1.0)
    assert await radio.lend(answer) == "done"
    async with radio:  # and it is free again
        pass
    assert await radio.lend(answer) == "done"


async def test_what_fails_says_so_and_leaves_it_free() -> None:
    radio = Radio(1.0)

    async def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        await radio.lend(fails)
    assert await radio.lend(answer) == "done"


async def test_it_is_not_lent_while_a_meter_has_it_or_waits_for_it() -> None:
    radio, begun, done = Radio(1.0), asyncio.Event(), asyncio.Event()
    meters = [asyncio.create_task(use(radio, begun, done)) for _ in range(2)]
    await begun.wait()
    with pytest.raises(RadioTakenError):
        await radio.lend(answer)
    meters[1].cancel()
    await asyncio.wait(meters, return_when=asyncio.FIRST_COMPLETED)
    with pytest.raises(RadioTakenError):
        await radio.lend(answer)
    done.set()
    await meters[0]
    assert await radio.lend(answer) == "done"


async def test_a_meter_calls_off_what_it_is_lent_for() -> None:
    radio, work = Radio(30.0), Work(0.02)
    lent = asyncio.create_task(radio.lend(work))
    await work.begun.wait()
    async with asyncio.timeout(20), radio:
        assert work.over, "the system does one thing at a time"
        with pytest.raises(RadioTakenError):
            await lent


async def test_what_does_not_end_is_not_waited_for() -> None:
    radio, work = Radio(0.02), Work(30.0)
    lent = asyncio.create_task(radio.lend(work))
    await work.begun.wait()
    async with asyncio.timeout(20), radio:
        assert not work.over
    with pytest.raises(RadioTakenError):
        await lent


async def test_several_that_are_beside_wait_for_each_other_and_all_for_a_meter() -> None:
    radio, first, second = Radio(1.0), Work(), Work()
    lent = [asyncio.create_task(radio.lend(work)) for work in (first, second)]
    await first.begun.wait()
    await asyncio.sleep(0)
    async with radio:
        assert first.over
        for task in lent:
            with pytest.raises(RadioTakenError):
                await task
        assert not second.begun.is_set()


async def test_a_ride_that_ends_ends_what_it_is_lent_for() -> None:
    radio, work = Radio(1.0), Work()
    lent = asyncio.create_task(radio.lend(work))
    await work.begun.wait()
    lent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lent
    assert work.over
    assert await radio.lend(answer) == "done"
