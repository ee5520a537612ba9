"""Where arrivals wait for the ride: stamped, in order, bounded, and honest about what found no room."""

from __future__ import annotations

from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Link, Notification
from legbal.sources.bluetooth.queue import InputQueue, MeterInbox


async def drain(queue: InputQueue, count: int) -> list[Input | None]:
    return [await queue.get() for _ in range(count)]


async def test_times_count_from_the_start_by_the_given_clock() -> None:
    now = iter([100.0, 100.5, 102.0])
    queue = InputQueue(lambda: next(now))
    queue.tell("searching")
    queue.notify("meter", "2a63", b"\x01")
    assert await drain(queue, 2) == [Link(0.5, "searching"), Notification(2.0, b"\x01", "2a63", "meter")]


async def test_the_same_state_is_not_told_twice_in_a_row() -> None:
    queue = InputQueue(lambda: 0.0)
    queue.tell("searching", "meter", "asleep")
    queue.tell("searching", "meter", "asleep")
    queue.tell("connecting", "meter")
    queue.put_nowait(None)
    states = [item.state if isinstance(item, Link) else item for item in await drain(queue, 3)]
    assert states == ["searching", "connecting", None]


async def test_what_finds_no_room_is_counted_and_told_before_what_finds_some() -> None:
    queue = InputQueue(lambda: 0.0, capacity=2)
    for number in range(5):
        queue.notify("meter", "2a63", bytes([number]))
    await drain(queue, 2)
    queue.notify("meter", "2a63", b"\x09")
    told, kept = await drain(queue, 2)
    assert isinstance(told, Link)
    assert remark(told.remark).startswith("3 notifications were lost")
    assert isinstance(kept, Notification)
    assert kept.data == b"\x09"


async def test_what_waits_keeps_its_times_and_what_describes_it_goes_before() -> None:
    now = iter([0.0, 1.0, 2.0, 3.0, 3.5])
    queue = InputQueue(lambda: next(now))
    inbox = MeterInbox(queue, "meter")
    inbox.hold()
    for uuid, data in (("2a63", b"\x01"), ("2a63", b"\x02")):
        inbox.deliver(uuid, data)
    inbox.deliver("2a65", b"\x09")
    inbox.connected(-60)
    inbox.open()
    inbox.deliver("2a63", b"\x03")
    assert await drain(queue, 5) == [
        Notification(1.0, b"\x09", "2a65", "meter"),
        Link(1.0, "connected", "meter", rssi=-60),
        Notification(1.0, b"\x01", "2a63", "meter"),
        Notification(2.0, b"\x02", "2a63", "meter"),
        Notification(3.0, b"\x03", "2a63", "meter"),
    ]


async def test_what_waited_is_not_earlier_than_what_another_meter_sent_meanwhile() -> None:
    now = iter([0.0, 1.0, 2.0])
    queue = InputQueue(lambda: next(now))
    left, right = MeterInbox(queue, "left"), MeterInbox(queue, "right")
    right.hold()
    right.deliver("2a63", b"\x01")
    left.deliver("2a63", b"\x02")
    right.open()
    assert [item.t for item in await drain(queue, 2) if item is not None] == [2.0, 2.0]


async def test_what_is_beside_the_meters_leaves_them_half_of_the_room() -> None:
    now = 1.0
    queue = InputQueue(lambda: now, capacity=4)
    now = 3.0
    queue.notify_beside("strap", "2a37", b"\x00\x01", None)
    queue.notify_beside("strap", "2a37", b"\x00\x02", 1.5)  # the queue is never behind itself
    for number in range(3):
        queue.notify_beside("strap", "2a37", bytes([0, 3 + number]), None)
    queue.notify("meter", "2a63", b"\x09")
    queue.notify("meter", "2a63", b"\x0a")
    assert await drain(queue, 4) == [
        Notification(2.0, b"\x00\x01", "2a37", "strap"),
        Notification(2.0, b"\x00\x02", "2a37", "strap"),
        Notification(2.0, b"\x09", "2a63", "meter"),
        Notification(2.0, b"\x0a", "2a63", "meter"),
    ]
    queue.notify_beside("strap", "2a37", b"\x00\x06", None)
    assert queue.qsize() == 1, "none of what found no room is told of the meter's link"
