"""Many riders: who comes first, who is stale, and what strangers may not do."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legbal.outlets.mqtt import encoding, schema
from legbal.remote.rider_group import (
    CHOICES,
    FORGOTTEN_S,
    MOST_RIDERS,
    ORDERS,
    SOUND_EVERY_S,
    RiderGroup,
    select,
)
from legbal.ride.events import Alert, Cue
from tests.outlets.mqtt.messages import fields_of
from tests.remote.followers import Clocks, Ears, live, rider_group
from tests.tui.views import T, ride, share


def names(these: RiderGroup, **asked: Any) -> list[str]:
    """The names in the order that is asked for."""
    return [x.name for x in select(these.riders(), **({"choice": "everybody", "order": "worst"} | asked))]


def alert(points: float, kind: Any = "dropoff") -> Alert:
    """An alert that holds."""
    return Alert(T - 3, kind, "left", points, None, None, T - 9, 30)


@pytest.fixture
def full() -> RiderGroup:
    """Five riders, in all states."""
    these = rider_group(Clocks())
    for name, view in {
        "calm": ride(evidence=0.1, power_w=100.0),
        "deep": ride(alert=alert(5.0), last_30s=share(40.0, 300, 45, 0.8)),
        "shallow": ride(alert=alert(2.0)),
        "threshold": ride(alert=alert(9.0, "threshold")),
        "nearly": ride(evidence=0.9, power_w=400.0),
    }.items():
        these.hear(f"legbal/{name}/live", live(view), False)
    return these


def test_the_worst_drop_off_comes_first_then_thresholds_then_who_is_nearest_to_one(full: RiderGroup) -> None:
    assert names(full) == ["deep", "shallow", "threshold", "nearly", "calm"]


def test_a_stale_rider_comes_last_whatever_it_was() -> None:
    clocks = Clocks()
    these = rider_group(clocks)
    these.hear("legbal/deep/live", live(ride(alert=alert(5.0))), False)
    clocks.turn(6)
    these.hear("legbal/calm/live", live(ride()), False)
    assert names(these) == ["calm", "deep"]
    assert [x.stale for x in select(these.riders(), "everybody", "name")] == [False, True]
    assert names(these, choice="here") == ["calm"]
    assert names(these, choice="alerts") == []
    these.hear("legbal/calm/status", b"offline", False)
    assert all(x.stale for x in these.riders())


def test_other_orders_and_a_part_of_the_name(full: RiderGroup) -> None:
    assert names(full, order="name") == ["calm", "deep", "nearly", "shallow", "threshold"]
    assert names(full, order="power")[0] == "nearly"
    assert names(full, order="left")[0] == "deep"
    assert names(full, order="heard", part="HR") == ["threshold"]
    assert names(full, choice="alerts") == ["deep", "shallow", "threshold"]
    for order in ORDERS:
        for choice in CHOICES:
            assert len(names(full, order=order, choice=choice)) <= 5


def test_of_many_messages_only_the_last_is_decoded() -> None:
    these = rider_group(Clocks())
    these.hear("legbal/anna/live", b"nonsense", False)
    these.hear("legbal/anna/live", live(ride(power_w=5.0)), False)
    assert [x.row.power_w for x in these.riders()] == [5.0]
    assert these.refused == 0


def test_a_rider_s_alert_is_the_one_that_the_ride_told(full: RiderGroup) -> None:
    told = {x.name: x.alert for x in full.riders()}
    assert told["calm"] is None
    assert told["deep"] == msgspec.structs.replace(alert(5.0), revolutions=0)  # which are not sent


def test_what_cannot_be_read_leaves_what_was_known_and_is_counted() -> None:
    clocks = Clocks()
    these = rider_group(clocks)
    these.hear("legbal/anna/live", live(ride(power_w=5.0)), False)
    these.riders()
    clocks.turn(10)
    these.hear("legbal/anna/live", b"{}", False)
    (anna,) = these.riders()
    assert (anna.row.power_w, anna.ago_s, anna.stale) == (5.0, 10.0, True)
    these.hear("legbal/anna/live", b"x" * 2**20, False)
    assert these.refused == 2


def test_who_comes_late_sees_what_the_broker_kept_and_how_old_it_is() -> None:
    clocks = Clocks()
    these = rider_group(clocks)
    these.hear("legbal/anna/live", live(ride(), sent=clocks.now - 90), True)
    these.hear("legbal/old/live", live(ride(), sent=clocks.now - FORGOTTEN_S - 1), True)
    (anna,) = these.riders()
    assert (anna.name, anna.ago_s, anna.stale) == ("anna", 90.0, True)


def test_no_more_riders_than_can_be_told_apart_and_none_with_a_name_that_is_none() -> None:
    these = rider_group(Clocks())
    payload = live(ride())
    for number in range(MOST_RIDERS + 5):
        these.hear(f"legbal/{number}/live", payload, False)
    for name in ("\x1b[2J", "a\u202eb", "x" * 65, ""):
        these.hear(f"legbal/{name}/live", payload, False)
    assert len(these.riders()) == MOST_RIDERS
    assert these.refused == 0
    assert these.notice == "There are more: only 2000 riders are shown."


def test_who_cannot_be_shown_takes_no_rider_s_place() -> None:
    """What a broker kept of yesterday, and names without a ride."""
    clocks = Clocks()
    these = rider_group(clocks)
    yesterday = live(ride(), sent=clocks.now - FORGOTTEN_S - 60)
    for number in range(MOST_RIDERS):
        these.hear(f"legbal/nobody{number}/status", b"online", True)
    for number in range(MOST_RIDERS):
        these.hear(f"legbal/old{number}/live", yesterday, True)
    these.hear("legbal/anna/live", live(ride()), False)
    assert these.riders() == []
    assert these.notice == "There are more: only 2000 riders are shown."
    clocks.turn(10.0)
    these.hear("legbal/anna/live", live(ride(), sent=clocks.now), False)
    assert [rider.name for rider in these.riders()] == ["anna"]
    assert these.notice == ""


@pytest.mark.parametrize(("weak", "expected"), [("left", -1.7), ("right", 1.7), ("unknown", -1.7)])
def test_the_distance_from_usual_is_of_the_watched_leg(weak: Any, expected: float) -> None:
    these = rider_group(Clocks())
    these.hear("legbal/anna/live", live(ride(weak_leg=weak)), False)
    assert these.riders()[0].above_usual == pytest.approx(expected)


def test_a_share_of_a_few_turns_puts_nobody_first() -> None:
    these = rider_group(Clocks())
    these.hear("legbal/lucky/live", live(ride(evidence=0.0, last_30s=share(30.0, 260, 5, 2.0))), False)
    these.hear("legbal/anna/live", live(ride(evidence=0.0)), False)
    assert names(these) == names(these, order="left") == ["anna", "lucky"]
    assert {x.name: x.above_usual is None for x in these.riders()} == {"anna": False, "lucky": True}


def test_alerts_of_many_riders_are_heard_one_at_a_time() -> None:
    clocks, ears = Clocks(), Ears()
    these = rider_group(clocks, ears)
    for name in ("anna", "ben"):
        these.hear(f"legbal/{name}/event", encoding.event(Cue(1.0, "alert", "left"), id="x", sent=1.0), False)
    assert len(ears.heard) == 1
    clocks.turn(SOUND_EVERY_S)
    these.hear("legbal/ben/event", encoding.event(Cue(1.0, "recovered", "left"), id="x", sent=1.0), False)
    these.hear("legbal/ben/event", b"nonsense", False)
    these.hear("legbal/ben/event", encoding.event(Cue(1.0, "alert", "right"), id="x", sent=1.0), True)
    assert len(ears.heard) == 1
    these.hear("legbal/ben/event", encoding.event(Cue(1.0, "alert", "right"), id="x", sent=1.0), False)
    assert [x.side for x in ears.heard] == ["left", "right"]


def test_two_rides_under_one_name_are_told() -> None:
    clocks = Clocks()
    these = rider_group(clocks)
    for id in ("r1", "r2"):  # the next ride of the same rider
        these.hear("legbal/anna/live", live(ride(), id=id), False)
    assert these.notice == ""
    these.hear("legbal/anna/live", live(ride(), id="r1"), False)
    assert these.notice == "Two rides share the name anna: each rider needs one of their own."
    clocks.turn(11)
    assert these.notice == ""


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(st.lists(fields_of(schema.Live), max_size=6), st.sampled_from([*ORDERS]), st.sampled_from([*CHOICES]))
def test_any_messages_can_be_sorted(messages: list[dict[str, Any]], order: Any, choice: Any) -> None:
    these = rider_group(Clocks())
    for number, fields in enumerate(messages):
        these.hear(f"legbal/{number}/live", json.dumps(fields).encode(), False)
    assert len(these.riders()) == len(messages)
    names(these, order=order, choice=choice)


@given(st.text(max_size=30), st.binary(max_size=100))
def test_no_message_from_anywhere_does_harm(topic: str, payload: bytes) -> None:
    these = rider_group(Clocks(), Ears())
    these.hear(topic, payload, False)
    these.hear(f"legbal/{topic}/live", payload, True)
    these.hear(f"legbal/{topic}/event", payload, False)
    assert these.riders() == []


def test_an_alert_of_a_kind_that_is_not_known_here_is_an_alert() -> None:
    these = rider_group(Clocks())
    known = msgspec.json.decode(live(ride(power_w=5.0)))
    strange = {"kind": "cadence_drop", "side": "left", "points": 2.0, "since": 1.0, "told": 2.0}
    these.hear("legbal/anna/live", msgspec.json.encode(known), False)
    these.hear("legbal/zoe/live", msgspec.json.encode(known | {"alert": strange}), False)
    assert [x.name for x in select(these.riders(), "everybody", "worst")] == ["zoe", "anna"]
    assert [x.name for x in select(these.riders(), "alerts", "name")] == ["zoe"]
