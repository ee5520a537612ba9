"""One table on three surfaces: as text, as character cells, as HTML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from legbal.analysis.months import RideShare
from legbal.analysis.trend import BandTrend
from legbal.present import document, html
from legbal.present.document import Block, Column, ForeignText, Heading, Paragraph, Table
from legbal.present.numbers import clock, duration, share_error, signed
from legbal.present.text import width_of
from legbal.present.trend import rides_table
from legbal.ride.share import Share

RIDES = Table(
    (
        Column("ride", "left"),
        Column("watts", drop=2),
        Column("left %", tone="strong"),
        Column("note", drop=1),
    ),
    (("a", "265", "48.3 ± 0.3", ""), ("日本", "98", "—", "")),
)


def test_text_is_aligned_and_empty_columns_are_left_out() -> None:
    assert document.table_text(RIDES) == [
        "ride  watts      left %",
        "a       265  48.3 ± 0.3",
        "日本     98           —",
    ]


def test_a_narrow_terminal_drops_the_columns_that_may_go() -> None:
    assert document.table_text(RIDES, 18) == ["ride      left %", "a     48.3 ± 0.3", "日本           —"]


@pytest.mark.parametrize("width", range(1, 40))
def test_no_cell_is_ever_lost_where_nothing_may_be_dropped(width: int) -> None:
    table = Table(
        (Column("ride", "left", overflow="cut"), Column("left %")), (("a ride of the hills", "48.3"),)
    )
    lines = document.table_text(table, width)
    assert all("48.3" in line or "left %" in line for line in lines)
    assert width < 16 or all(width_of(line) <= width for line in lines)


def test_long_words_are_wrapped_in_their_column() -> None:
    table = Table(
        (Column("n"), Column("words", "left", overflow="wrap")), (("1", "cleats moved back by 2 mm"),)
    )
    assert document.table_text(table, 16) == ["n  words", "1  cleats moved", "   back by 2 mm"]


def test_cells_have_their_tones_and_rows_one_width() -> None:
    lines = document.table_lines(msgspec.structs.replace(RIDES, chosen=1), 40, indent=2)
    assert {width_of("".join(run.text for run in line)) for line in lines} == {25}
    assert ("48.3 ± 0.3", "strong") in lines[1]
    assert [run.style for run in lines[0] if "left %" in run.text] == ["quiet"]
    assert lines[2][0].text == "▸ "


def test_without_rows_nothing_is_printed() -> None:
    assert document.table_text(Table((Column("ride"),), ())) == []


@pytest.mark.parametrize("rows", [[("1",)], [("1", "2"), ("1",)], [("1", "2", "3")]])
def test_a_row_with_other_cells_than_there_are_columns_is_a_defect(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match=r"zip\(\)"):
        Table((Column("ride"), Column("left %")), rows).filled()


def test_html_is_escaped_and_headed() -> None:
    table = Table((Column("ride", "left"), Column("left %", tone="left")), (("<b>", "1"),), "All & some")
    assert html.table(table) == (
        '<div class="wide"><table><caption>All &amp; some</caption><thead><tr><th scope="col">ride</th>'
        '<th scope="col" class="number">left %</th></tr></thead><tbody><tr><th scope="row">&lt;b&gt;</th>'
        '<td class="number left">1</td></tr></tbody></table></div>'
    )


DOCUMENT: list[Block] = [
    Heading(ForeignText("Ped\x1b[2Jals <1>")),
    Paragraph("Measured: each side has a sensor. Notes came from out\x07side.", "quiet", 2),
    RIDES,
    Table((Column("nothing"),), ()),
    Heading("Noted"),
    Paragraph("rain"),
]


def test_one_document_is_printed_on_three_surfaces() -> None:
    assert document.document_text(DOCUMENT, 32) == [
        r"Ped\x1b[2Jals <1>",
        "  Measured: each side has a",
        "    sensor. Notes came from",
        r"    out\x07side.",
        "",
        "ride  watts      left %",
        "a       265  48.3 ± 0.3",
        "日本     98           —",
        "",
        "Noted",
        "rain",
    ]
    lines = document.document_lines(DOCUMENT, 40)
    assert {run.style for run in lines[0]} == {"quiet"}
    assert "".join(run.text for run in lines[0]) == "  Ped[2Jals <1>"
    assert "".join(run.text for run in lines[1]) == "    Measured: each side has a sensor."
    assert {run.style for run in lines[2]} == {"quiet"}
    assert [not line for line in lines].index(True) == 3
    page = html.document([*DOCUMENT[:2], html.tag("svg"), *DOCUMENT[4:]])
    assert page == (
        "<h2><bdi>Ped\ufffd[2Jals &lt;1&gt;</bdi></h2>"
        '<p class="quiet">Measured: each side has a sensor. Notes came from out\ufffdside.</p>'
        "<svg></svg><h2>Noted</h2><p>rain</p>"
    )


@pytest.mark.parametrize("seconds", [59.5, 59.6, 60.0, 60.4])
def test_a_second_is_the_same_on_every_clock(seconds: float) -> None:
    assert clock(seconds) == "1:00"
    assert clock(seconds, hours=True) == "0:01:00"


def test_what_cannot_be_said_is_a_dash() -> None:
    assert [clock(float("nan")), signed(float("inf")), share_error(Share(None, 0.5)), duration(None)] == [
        "—"
    ] * 4


def test_two_rides_of_one_minute_are_two_rows() -> None:
    began = datetime(2026, 5, 1, 18, 30, 10, tzinfo=UTC)
    rows = tuple(
        RideShare(
            ride=name, started=began + timedelta(seconds=20 * number), share=Share(left, 0.4, 900.0, 1300)
        )
        for number, (name, left) in enumerate((("a", 48.0), ("b", 49.0)))
    )
    band = BandTrend(
        band="<55 %", low_ftp=0.0, high_ftp=0.55, rows=rows, months=(), slope=None, verdict="too_few"
    )
    assert [row[1] for row in rides_table([band]).rows] == ["48.0 ± 0.4", "49.0 ± 0.4"]
