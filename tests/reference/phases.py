"""The phases of the drop-off alert and of intervals, from the tables that the fold moves by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from legbal.ride import dropoff_alert, interval
from tests.reference.markdown import code, page, table


def text() -> str:
    """The page."""
    return page(
        "Phases",
        "What leads from one phase to another, for the two parts of a ride that judge it as it goes.",
        "## The drop-off alert",
        dropoff_alert.__doc__.split("\n\n")[1].replace("\n", " ").partition(" `TRANSITIONS`")[0],
        _table(dropoff_alert.TRANSITIONS),
        "## Intervals",
        "The evidence for a boundary adds up on either side of a level between rest and work.",
        _table(interval.TRANSITIONS),
    )


def _table(transitions: Mapping[Any, str]) -> str:
    rows = [("from", "to", "when")]
    return table(rows + [(code(a), code(b), when) for (a, b), when in transitions.items()])
