"""What a ride's balance is worth, and what state the ride is in, by one word on every surface."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import pytest

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.months import ComparisonKey
from legbal.analysis.summary import summarise
from legbal.app.rides import ListItem
from legbal.cli import rides as cli_rides
from legbal.meters.limits import Remark
from legbal.meters.profile import Kind, Profile
from legbal.present.balance_remarks import LEGEND
from legbal.present.document import document_text, table_text
from legbal.present.meter import has_balance
from legbal.present.profile import expected
from legbal.present.remarks import remark
from legbal.present.ride import worth
from legbal.present.trend import meter_head
from legbal.report.ride import ride_page
from legbal.ride.share import EMPTY, BalanceQuality, Share
from legbal.tui.render import ride_page as page
from legbal.tui.render import rides, status
from legbal.tui.render.selection import ORDERS, select_rides
from legbal.tui.render.status import Frame
from tests.present.surfaces import drawn, of_share, whole
from tests.report.rides import about, falling_behind
from tests.tui.pages import entry, kept
from tests.tui.views import RECORDING

WORDS: dict[BalanceQuality | Kind, str] = {
    "measured": "measured",
    "estimated": "estimated",
    "unknown": "unverified",
    "constant": "no balance",
    "absent": "no balance",
}
SHARES_ALONE = {"coach", "trend", "live readings", "live screen", "broker", "ride page"}
UNREMARKABLE = {"legbal rides", "list of rides", "live state"}  # where each side has a sensor


@pytest.mark.parametrize(("quality", "word"), WORDS.items())
def test_what_a_balance_is_worth_is_one_word_everywhere(quality: BalanceQuality, word: str) -> None:
    """And no surface calls it by its code, or by the word for another."""
    share = Share(46.44, 1.38, 600.0, 900, 250.0) if has_balance(quality) else EMPTY
    _, view = of_share(share)
    view = msgspec.structs.replace(view, balance=quality, limits=())
    summary = summarise(view, CyclingDynamics())
    reading = msgspec.structs.replace(falling_behind(), summary=summary)
    frame, item = Frame(view, view, RECORDING), ListItem(kept(), share, quality)
    meter = ComparisonKey(meter="M", balance=quality, reference="left", swapped=False)
    known = {
        **whole(reading, view),
        "live head": "\n".join(drawn(status.draw_header(frame, 160, 1))),
        "live state": "\n".join(drawn(status.draw_states(frame, 160, 2))),
        "page's head": "\n".join(drawn(page.head(page.RideContent(item, summary), 160, 1))),
        "meter of a trend": "\n".join(document_text(meter_head(meter))),
    }
    others = "|".join({*WORDS, *WORDS.values(), "no measurement"} - {word})
    for surface, text in known.items():
        if surface not in SHARES_ALONE and not (quality == "measured" and surface in UNREMARKABLE):
            assert word in text.lower(), surface
        assert not re.search(rf"(?<!accuracy )\b({others})\b", text.lower()), surface
    assert select_rides([item], word, ORDERS[0]) == [item]
    assert select_rides([item], quality, ORDERS[0]) == ([item] if quality == word else [])


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_meter_in_range_is_worth_what_its_rides_are_worth(kind: Kind) -> None:
    word = WORDS.get(kind, "no balance")
    for text in (
        expected([Profile(id="x", name="X", kind=kind)]),
        remark(Remark(f"identified.{kind}", {"family": "X"})).lower(),
    ):
        assert word in text
    assert word in LEGEND


@pytest.mark.parametrize("quality", WORDS)
@pytest.mark.parametrize("state", ["done", "interrupted"])
@pytest.mark.parametrize("duration_s", [59.6, 3599.7, 45_296.0])
def test_both_lists_of_rides_have_the_same_cells(
    quality: BalanceQuality, state: str, duration_s: float
) -> None:
    share = Share(46.44, 1.38, 600.0, 900, 250.0) if has_balance(quality) else EMPTY
    ride = kept(state=state, duration_s=duration_s, meters=("A L", "A R"))
    item = ListItem(ride, share, quality)
    cells = dict(zip((column.heading for column in cli_rides.COLUMNS), cli_rides._cells(item), strict=True))
    shown = " ".join(drawn(rides.rows([item], -1, 220)))
    for heading in ("started", "time", "left %", "meter", "title"):
        assert f" {cells[heading]} " in f" {shown} ", heading
    first = cells["state"].removeprefix("complete").partition(",")[0]  # there is room for
    assert first in shown


def test_a_ride_that_is_whole_is_found_by_the_word_that_stands_in_its_row() -> None:
    row = "\n".join(table_text(cli_rides.table([cli_rides._cells(entry())])))
    assert "complete" in row
    assert select_rides([entry()], "complete", ORDERS[0])
    assert not select_rides([entry()], "done", ORDERS[0])


@pytest.mark.parametrize(
    ("balance", "said"),
    [
        ("unknown", "Too short to say: fewer than 15 revolutions with a balance."),
        ("measured", "Too short to say: fewer than 15 revolutions with a balance."),
        ("constant", "No balance: the number never moved while power did."),
        ("absent", "No balance: this meter gives none."),
    ],
)
def test_why_there_is_no_share_is_what_the_balance_is_worth(balance: BalanceQuality, said: str) -> None:
    reading, view = of_share(Share(None, None, 9.0, 7, 250.0))
    summary = summarise(msgspec.structs.replace(view, balance=balance), CyclingDynamics())
    page = ride_page(msgspec.structs.replace(reading, summary=summary), about()).decode()
    assert f'<p class="strong">{said}</p>' in page
    assert said not in worth(summary), "it is said once"
    assert ("No balance" in page) != has_balance(balance)
