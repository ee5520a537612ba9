"""Where arrivals wait for the ride: stamped, in order, bounded, and honest about what found no room."""

from __future__ import annotations

from legbal.ride.inputs import Input, Link, Notification
from legbal.sources.bluetooth.inbox import Inbox


async def drain(inbox: Inbox, count: int) -> list[Input | None]:
    return [await inbox.take() for _ in range(count)]


async def test_times_count_from_the_start_by_the_given_clock() -> None:
    now = iter([100.0, 100.5, 102.0])
    inbox = Inbox(lambda: next(now))
    inbox.tell("searching")
    inbox.notify("meter", "2a63", b"\x01")
    assert await drain(inbox, 2) == [Link(0.5, "searching"), Notification(2.0, b"\x01", "2a63", "meter")]


async def test_the_same_state_is_not_told_twice_in_a_row() -> None:
    inbox = Inbox(lambda: 0.0)
    inbox.tell("searching", "meter", "asleep")
    inbox.tell("searching", "meter", "asleep")
    inbox.tell("connecting", "meter")
    inbox.close()
    states = [item.state if isinstance(item, Link) else item for item in await drain(inbox, 3)]
    assert states == ["searching", "connecting", None]


async def test_what_finds_no_room_is_counted_and_told_before_what_finds_some() -> None:
    inbox = Inbox(lambda: 0.0, capacity=2)
    for number in range(5):
        inbox.notify("meter", "2a63", bytes([number]))
    await drain(inbox, 2)
    inbox.notify("meter", "2a63", b"\x09")
    told, kept = await drain(inbox, 2)
    assert isinstance(told, Link)
    assert told.text.startswith("3 notifications were lost")
    assert isinstance(kept, Notification)
    assert kept.data == b"\x09"
