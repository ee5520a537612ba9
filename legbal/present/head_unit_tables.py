"""The tables of what a head unit wrote of a ride: its laps, and how the rider sat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legbal.present.document import Column, Table
from legbal.present.numbers import clock
from legbal.present.tables import LEFT, LEFT_W, RIGHT_W, watts_and_share

if TYPE_CHECKING:  # nothing is computed here, nor loaded that does
    from legbal.analysis.summary import HeadUnitSummary

_SHARE = (Column("watts"), LEFT_W, RIGHT_W, LEFT)


def laps(of: HeadUnitSummary | None, *, balance: bool = True) -> Table:
    """A row for each lap; `balance` as of `tables.intervals`."""
    return Table(
        (Column("lap", "left", tone="strong"), Column("from", drop=4), Column("time"), *_SHARE),
        [
            (
                f"{number}",
                clock(x.start_s),
                clock(x.end_s - x.start_s),
                *watts_and_share(x.share, balance),
            )
            for number, x in enumerate(() if of is None else of.laps, 1)
        ],
        "Left share of each lap of the head unit",
    )


def positions(of: HeadUnitSummary | None) -> Table:
    """Seated and standing, where the meter noticed."""
    shares = () if of is None else (("seated", of.seated), ("standing", of.standing))
    return Table(
        (Column("position", "left", tone="strong"), Column("time"), *_SHARE),
        [
            (name, clock(share.seconds), *watts_and_share(share, True))
            for name, share in shares
            if share is not None and share.seconds
        ],
        "Left share seated and standing",
    )
