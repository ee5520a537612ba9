"""Names in topics: what a rider may be called, and that no name reaches beyond its level."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import UsageError
from legbal.outlets.mqtt import TopicKind, meter_topic, parse_topic, rider_name, topic_of


@pytest.mark.parametrize("name", ["anna", "Anna Löwe", "rider 7", "$x", "x" * 64])
def test_a_rider_may_be_called_so(name: str) -> None:
    assert topic_of(rider_name(name), "live") == f"legbal/{name}/live"


@pytest.mark.parametrize(
    "name", ["", " anna", "anna ", "a/b", "a+b", "#", "a\0b", "a\nb", "a\u202eb", "x" * 65, "\ud800"]
)
def test_any_other_name_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        rider_name(name)
    assert caught.value.hint is not None
    assert "1 to 64 printable characters without + # and /" in caught.value.hint
    assert "\0" not in str(caught.value)


@given(st.text(max_size=300))
def test_whatever_a_meter_calls_itself_stays_in_its_level(name: str) -> None:
    topic = meter_topic("anna", name)
    assert topic.count("/") == 3
    assert not set(topic) & set("+#\0")
    assert topic.isascii()
    assert len(topic) < 150


@given(st.text(max_size=200))
def test_no_foreign_topic_is_taken_for_a_rider_s_unless_the_name_is_allowed(topic: str) -> None:
    named = parse_topic(topic)
    assert named is None or topic_of(*named) == topic
    assert parse_topic(f"legbal/{topic}/live") in (None, (topic, "live"))


def test_what_is_published_is_found_again() -> None:
    for kind in get_args(TopicKind):
        assert parse_topic(topic_of("anna", kind)) == ("anna", kind)
    assert parse_topic("legbal/anna/meter/x") is None
    assert parse_topic("legbal/anna/other") is None
    assert parse_topic("else/anna/live") is None
