"""What meters answer when their zero offset is set: kept where no ride keeps it, and held to what is usual for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from legbal import paths
from legbal.analysis.months import DatedZero
from legbal.errors import LibraryError
from legbal.gatt.uuids import CONTROL_POINT, FEATURES
from legbal.library.zero_offsets import keep_zero, read_zeros
from legbal.meters.zero_offset import ZeroOffset, ZeroStep, read_zero_offset, step_of
from legbal.present.sentences import say
from legbal.ride.inputs import Input, Notification


class ZeroLedger:
    """Takes in what meters send without a ride, and keeps the zero offsets that are among it.

    Args:
        complain: is told what prevents that: the zero is set all the same.
    """

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._features: dict[str, bytes] = {}
        self._pending: list[tuple[datetime, Notification]] = []

    def take(self, item: Input, at: datetime | None = None) -> None:
        """Takes in one input, which came `at` that aware time (default: now)."""
        if not isinstance(item, Notification):
            return
        if item.uuid == FEATURES:
            self._features[item.meter] = item.data
        elif item.uuid == CONTROL_POINT and read_zero_offset(item.data, None) is not None:
            self._pending.append((at or datetime.now().astimezone(), item))

    def keep(self) -> None:
        """Keeps what came since the last time."""
        pending, self._pending = self._pending, []
        try:
            for at, item in pending:
                keep_zero(paths.library_file(), item.meter, at, item.data, self._features.get(item.meter))
        except LibraryError as error:
            self._complain(say("meter.zero_not_kept", reason=error))


def keep_unridden(complain: Callable[[str], None], inputs: Sequence[Input]) -> None:
    """Keeps the zero offsets of a ride that ends now and never began, so that nobody recorded it.

    Args:
        complain: is told what prevents that.
        inputs: all that came, the last just now.
    """
    ledger, now = ZeroLedger(complain), datetime.now().astimezone()
    for item in inputs:
        ledger.take(item, now - timedelta(seconds=inputs[-1].t - item.t))
    ledger.keep()


def zero_history() -> list[DatedZero]:
    """The ledger, the earliest first; none where the library cannot be read: a zero is set all the same."""
    with suppress(LibraryError):
        return read_zeros(paths.library_file())
    return []


def step_from(ledger: Iterable[DatedZero], meter: str, zero: ZeroOffset) -> ZeroStep | None:
    """How far a zero that was just set lies from those of the ledger, the earliest first; None: nobody can say."""
    if zero.offset_raw is None:
        return None
    earlier = [
        x.offset_raw
        for x in ledger
        if (x.meter, x.measures) == (meter, zero.measures) and x.offset_raw is not None
    ]
    return step_of(zero.offset_raw, earlier)
