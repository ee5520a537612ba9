"""Whatever is not finished markup is escaped, and what cannot stand in HTML is replaced."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.present.html import Markup, data, foreign, join, short, tag, visible
from tests.report.rides import HOSTILE


class Heard(HTMLParser):
    """What a parser makes of markup: the elements with their attributes, and the text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text())
def test_text_stays_text(said: str) -> None:
    heard = Heard(tag("p", said, title=said))
    assert [(name, list(known)) for name, known in heard.elements] == [("p", ["title"])]
    assert heard.text == visible(said)
    assert heard.elements[0][1]["title"] == visible(said)


@given(st.text())
def test_data_is_the_same_value_and_ends_nothing(said: str) -> None:
    element = data({said: [said, None, 1.5]})
    inside = element.removeprefix('<script type="application/json" id="data">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inside)
    assert json.loads(inside) == {said: [said, None, 1.5]}


def test_hostile_text_opens_no_element() -> None:
    assert [name for name, _ in Heard(tag("li", foreign(HOSTILE))).elements] == ["li", "bdi"]


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\ud800"])
def test_what_html_cannot_hold_is_replaced(letter: str) -> None:
    assert visible(f"a{letter}b") == "a\ufffdb"


def test_finished_markup_goes_in_as_it_is() -> None:
    assert join([tag("b", "1 < 2"), " & ", None]) == "<b>1 &lt; 2</b> &amp; "
    assert isinstance(join([]), Markup)


def test_attributes_take_pythons_names() -> None:
    assert tag("rect", class_="a", data_low=1.25, hidden=True, width=None) == (
        '<rect class="a" data-low="1.2" hidden></rect>'
    )
    assert tag("br") == "<br>"


@pytest.mark.parametrize(("value", "said"), [(1.0, "1"), (-0.25, "-0.2"), (880.04, "880"), (3.16, "3.2")])
def test_a_coordinate_is_short(value: float, said: str) -> None:
    assert short(value) == said
