"""What came in from files, a line a ride, and why the others were left out, counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legbal.errors import FileReason
from legbal.present.meter import has_balance
from legbal.present.numbers import count, depth, hours, listed, number, reliable_share
from legbal.present.text import clean

if TYPE_CHECKING:
    from legbal.ride.share import BalanceQuality, Share

MOST_NAMES = 3  # that are read in one sentence
COMMON: tuple[FileReason, ...] = ("no power", "no cycling", "no ride")
"""Why files of a watch give no ride, with nothing wrong in them."""
_LEFT_OUT: dict[FileReason, tuple[str, str]] = {
    "no power": ("holds no power", "hold no power"),
    "no cycling": ("is of another sport", "are of other sports"),
    "no ride": ("holds no ride", "hold no ride"),
    "damaged": ("is damaged", "are damaged"),
    "unreadable": ("could not be read", "could not be read"),
    "library": ("could not be kept", "could not be kept"),
    "other": ("could not be read", "could not be read"),
}


def ride_line(
    when: str,
    duration_s: float,
    share: Share,
    balance: BalanceQuality | None,
    intervals: int,
    dropoffs: Sequence[float],
    *,
    meter_wrong: bool,
) -> str:
    """A ride on one line: when, how long, its left share, and what happened in its intervals.

    Args:
        when: the day, as of `recent_day`.
        duration_s: how long it took, seconds.
        share, balance: of the whole ride; None while nothing is derived from it.
        intervals: how many.
        dropoffs: how deep each was, points.
        meter_wrong: whether the meter looked wrong in it.

    >>> from legbal.ride.share import Share
    >>> ride_line("20 Oct", 4560, Share(48.4, 0.3, revolutions=6000), "measured", 9, (), meter_wrong=False)
    '20 Oct, 1 h 16, left 48.4 %, 9 intervals, no drop-off'
    """
    parts = [when, hours(duration_s)]
    efforts = [count(intervals, "interval")] if intervals else []
    shown = reliable_share(share)
    if balance is None:
        return ", ".join(parts)
    if not has_balance(balance):
        parts += ["no balance", *efforts]
    elif shown is None:
        parts.append("too short for a balance")
    else:
        left = f"left {number(shown[0], 1, ' %')}"
        if meter_wrong:
            parts += [f"the meter looked wrong ({left})", *efforts]
        else:
            parts += [left, *efforts, *([_what_fell(dropoffs)] if intervals else [])]
    return ", ".join(parts)


def _what_fell(depths: Sequence[float]) -> str:
    if len(depths) > 1:
        return f"{len(depths)} drop-offs, the deepest {depth(max(depths))}"
    return f"1 drop-off of {depth(depths[0])}" if depths else "no drop-off"


def import_progress(done: int, files: int, left_s: float, name: str) -> str:
    """How far an import is; `left_s`: how long the rest will take, seconds, 0 while nobody knows.

    >>> import_progress(311, 2000, 725.0, "a.fit"), import_progress(0, 2, 0.0, "a.fit")
    ('Importing 312 of 2000, 12 min left: a.fit', 'Importing 1 of 2: a.fit')
    """
    left = f", {hours(left_s)} left" if left_s >= 1 else ""
    return f"Importing {done + 1} of {files}{left}: {clean(name, 40)}"


def already_here(files: int) -> str:
    """How many files were imported before.

    >>> already_here(1), already_here(12)
    ('1 was already here', '12 were already here')
    """
    return f"{files} {'was' if files == 1 else 'were'} already here"


def left_out(reason: FileReason, files: int, names: Sequence[str] = ()) -> str:
    """Why so many files gave no ride; of few their names are said.

    >>> left_out("no power", 83), left_out("damaged", 2, ["a.fit", "b.fit"])
    ('83 hold no power', '2 are damaged: a.fit and b.fit')
    """
    one, several = _LEFT_OUT[reason]
    which = f": {listed(names)}" if files == len(names) <= MOST_NAMES and names else ""
    return f"{files} {one if files == 1 else several}{which}"
