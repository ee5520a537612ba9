"""The records of a FIT file as moments of one ride: in order, each with all that was told of it.

Head units write a second in one record, or in two of which one has the power and the other the balance; some write two
seconds' halves under one time. A head unit that is switched on indoors may only learn the day once it is riding.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from legbal.analysis.fit_dynamics import is_number, values_of
from legbal.files.fit.messages import Message, is_date, is_time

POWER, BALANCE = "power", "left_right_balance"
# What a record says about the legs, and the heart; a ride needs no temperatures, and of places only that there are any.
NUMBERS = (POWER, BALANCE, "cadence", "accumulated_power", "heart_rate")
POSITION = "position_lat"

# A longer leap is no pause: the clock was set. And so is a fall that is more than records out of order.
_LONGEST_PAUSE_S, _DISORDER_S = 2 * 24 * 3600, 300
_FEWEST_BEFORE = 10  # records; fewer are broken rather than of a clock that was set late
_MOST_CLOCKS = 20  # between which a head unit goes back and forth; more are of no ride


class Record(NamedTuple):
    """A record of a FIT file.

    Attributes:
        time: a date_time, of a day or since the head unit was switched on; 0 where it has none.
        power_w: watts; None: not told.
        has_balance: whether it tells one.
        data: its values, as `Notification.data` of a FIT record.
    """

    time: int
    power_w: float | None
    has_balance: bool
    data: bytes


class Timeline(NamedTuple):
    """Records in the order of their times, how many could not be placed, and how many only beside others.

    Those of before a clock was set, and those of after it was lost.
    """

    records: list[Record]
    left_out: int
    before: int
    after: int


class RecordReader:
    """Takes over what messages say of the legs.

    Attributes:
        unreadable: how many values are none, by message and field.
        has_position: whether any of them says where it was.
    """

    def __init__(self) -> None:
        self.unreadable: Counter[tuple[str, str]] = Counter()
        self.has_position = False

    def read(self, message: Message) -> Record:
        """The record that a message is."""
        values: dict[str, Any] = {}
        for name in NUMBERS:
            value = message.get(name)
            if is_number(value) and (name != BALANCE or -128 <= value <= 255):
                values[name] = value
            elif value is not None:
                self.unreadable["record", name] += 1
        self.has_position = self.has_position or POSITION in message
        time = message.get("timestamp")
        return _record(time if is_time(time) else 0, values | values_of(message))


def _record(time: int, values: dict[str, Any]) -> Record:
    return Record(time, values.get(POWER), BALANCE in values, msgspec.json.encode(values))


def in_order(records: Sequence[Record], *, one_clock: bool) -> Timeline:
    """Records in the order of their times.

    Those from before a clock was set lie right before those after, for a head unit records on while it learns the day;
    and those from after it forgot the day, right after.

    Args:
        records: as they stand in the file.
        one_clock: they are of one recording; of several in one file nobody knows which came first.
    """
    dated = [record for record in records if record.time]
    left_out = len(records) - len(dated)
    if not one_clock:
        dated.sort(key=attrgetter("time"))
    blocks: list[list[Record]] = []
    for record in dated:
        if blocks and _goes_on(blocks[-1][-1], record):
            blocks[-1].append(record)
            continue
        # past records with a broken time, the ones before them go on
        near = range(len(blocks) - 2, max(-1, len(blocks) - 1 - _MOST_CLOCKS), -1)
        at = next((n for n in near if _goes_on(blocks[n][-1], record)), None)
        if at is not None:
            left_out += sum(map(len, blocks[at + 1 :]))
            del blocks[at + 1 :]
            blocks[at].append(record)
        elif blocks and len(blocks[-1]) > 1 and _goes_on(blocks[-1][-2], record):
            blocks[-1][-1] = record
            left_out += 1
        else:
            blocks.append([record])
    longest = max(blocks, key=len, default=[])
    blocks_in_time = [
        block for block in blocks if block is longest or (one_clock and len(block) >= _FEWEST_BEFORE)
    ]
    for block in blocks_in_time:
        block.sort(key=attrgetter("time"))
    # by the clock that was set last
    right = max(
        (n for n, x in enumerate(blocks_in_time) if is_date(x[0].time)), default=len(blocks_in_time) - 1
    )
    placed = blocks_in_time[right][:] if blocks_in_time else []
    for block in reversed(blocks_in_time[: max(right, 0)]):
        placed[:0] = _shifted(block, placed[0].time - 1 - block[-1].time)
    for block in blocks_in_time[right + 1 :]:
        placed += _shifted(block, placed[-1].time + 1 - block[0].time)
    before, after = (sum(map(len, x)) for x in (blocks_in_time[: max(right, 0)], blocks_in_time[right + 1 :]))
    return Timeline(placed, left_out + sum(map(len, blocks)) - len(placed), before, after)


def _shifted(block: list[Record], by: int) -> list[Record]:
    return [record._replace(time=record.time + by) for record in block]


def _goes_on(before: Record, record: Record) -> bool:
    return -_DISORDER_S <= record.time - before.time <= _LONGEST_PAUSE_S


def moments(records: Iterable[Record]) -> Iterator[tuple[float, Record]]:
    """When each moment was, by the file's clock in seconds, and all that was told of it.

    What two records of one second tell of different things is of one moment. Where they tell different powers or
    balances, they are moments of their own, which share the second that ends at their time.

    Args:
        records: with times, in their order.
    """
    for time, group in groupby(records, attrgetter("time")):
        of_second = list(group)
        if len(of_second) == 1:
            yield float(time), of_second[0]
            continue
        parts: list[dict[str, Any]] = []
        for record in of_second:
            values = msgspec.json.decode(record.data)
            if parts and all(
                parts[-1].get(name, x) == x for name, x in values.items() if name in (POWER, BALANCE)
            ):
                parts[-1] |= values
            else:
                parts.append(values)
        for number, values in enumerate(parts, start=1):
            yield time - 1 + number / len(parts), _record(time, values)
