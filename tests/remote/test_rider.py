"""Following one rider: the view of the ride elsewhere, how old it is, and what strangers may not do to it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legbal.errors import OutletError
from legbal.outlets.mqtt import encoding, schema
from legbal.present.numbers import ago
from legbal.remote.rider_group import RiderFeed
from legbal.ride.events import Cue
from legbal.ride.share import Share
from legbal.ride.view import Glance
from tests.outlets.mqtt.messages import fields_of
from tests.remote.followers import Clocks, Ears, following, live, state
from tests.tui.views import NO_TRACE, ride, trace


def test_until_something_is_heard_the_screen_says_so() -> None:
    followed = following(Clocks())
    assert followed.status().following == "Following anna: nothing heard yet"
    assert not followed.status().stale
    assert followed.view().counts.notifications == 0


def test_what_is_heard_is_the_rider_s_own_view() -> None:
    followed = following(Clocks())
    followed.hear("legbal/anna/state", state(ride()), True)
    followed.hear("legbal/anna/live", live(ride()), False)
    view = followed.view()
    assert (view.t, view.meter_name, view.power_w, len(view.intervals)) == (2537.0, "ASSIOMA 17039", 267.0, 3)
    assert view.last_30s.standard_error == 0.8
    assert followed.status().recording
    assert followed.status().following == "Following anna, last heard 0 s ago"


def test_the_glance_is_the_rider_s_own_and_of_an_older_legbal_the_share_of_30_s() -> None:
    glance = Glance(
        side="right", share=Share(53.0, 0.9, 26.4, 40, 250.0), points=-1.2, points_now=-3.0, missing_w=7.5
    )
    followed = following(Clocks())
    followed.hear("legbal/anna/live", live(ride(glance=glance)), False)
    assert followed.view().glance == glance
    older = json.loads(live(ride(weak_leg="right")))
    older.pop("glance", None)
    followed.hear("legbal/anna/live", json.dumps(older).encode(), False)
    seen = followed.view()
    assert seen.glance == Glance(side="right", share=seen.last_30s)


def test_without_the_state_there_are_numbers_and_no_tables() -> None:
    followed = following(Clocks())
    followed.hear("legbal/anna/live", live(ride()), False)
    assert followed.view().power_w == 267.0
    assert followed.view().intervals == ()


def test_the_trace_goes_on_from_message_to_message_and_is_bounded() -> None:
    followed = following(Clocks())
    t = ride().t
    followed.hear("legbal/anna/state", state(ride()), True)
    for second in range(0, 2000, 4):
        followed.hear("legbal/anna/live", live(ride(t=t + second, trace=trace(t + second))), False)
    seen = followed.view().trace
    assert np.all(np.diff(seen.t) > 0)
    assert seen.t[-1] == t + 1996
    assert seen.t[-1] - seen.t[0] <= 480


def test_a_sender_of_ever_finer_steps_fills_no_memory() -> None:
    followed = following(Clocks())
    for part in range(40):
        steps = [2000.0 + (part + number * 41) / 100 for number in range(300)]
        course = {"t": steps, "left_percent": [50.0] * 300, "power_w": [200.0] * 300}
        fields = {**json.loads(live(ride())), "trace": course}
        followed.hear("legbal/anna/live", json.dumps(fields).encode(), False)
    assert 300 <= len(followed.view().trace.t) <= 600


def test_silence_makes_it_stale_and_counts() -> None:
    clocks = Clocks()
    followed = following(clocks)
    followed.hear("legbal/anna/live", live(ride()), False)
    clocks.turn(3)
    assert followed.status().following == "Following anna, last heard 3 s ago"
    assert not followed.status().stale
    clocks.turn(3)
    assert followed.status().stale
    followed.hear("legbal/anna/live", live(ride()), False)
    assert not followed.status().stale


def test_what_the_broker_kept_is_as_old_as_it_was_sent() -> None:
    clocks = Clocks()
    followed = following(clocks)
    followed.hear("legbal/anna/live", live(ride(), sent=clocks.now - 7200), True)
    assert followed.status().following == "Following anna, last heard 2 h ago"
    assert followed.status().stale
    followed.hear("legbal/anna/live", live(ride(), sent=clocks.now + 99), True)
    assert followed.status().following == "Following anna, last heard 0 s ago"


def test_a_ride_that_is_over_or_gone_is_said_so() -> None:
    followed = following(Clocks())
    followed.hear("legbal/anna/live", live(ride()), False)
    followed.hear("legbal/anna/status", b"offline", False)
    assert "offline" in followed.status().following
    assert followed.status().stale
    followed.hear("legbal/anna/live", live(ride(), finished=True), False)
    assert "the ride is over" in followed.status().following


def test_of_the_next_ride_nothing_is_mixed_with_the_last() -> None:
    followed = following(Clocks())
    followed.hear("legbal/anna/state", state(ride()), False)
    followed.hear("legbal/anna/live", live(ride()), False)
    followed.hear("legbal/anna/live", live(ride(t=3.0, trace=NO_TRACE), id="r2"), False)
    view = followed.view()
    assert (view.t, view.intervals) == (3.0, ())
    assert view.trace.t.size == 0


def test_of_a_ride_whose_state_comes_first_nothing_is_told_that_the_last_one_said() -> None:
    followed = following(Clocks())
    over = json.loads(live(ride(), finished=True)) | {"problem": "the disk is full"}
    followed.hear("legbal/anna/live", json.dumps(over).encode(), False)
    assert (followed.status().recording, followed.status().error) == (True, "the disk is full")
    followed.hear("legbal/anna/state", state(ride(), id="r2"), False)
    status = followed.status()
    assert (status.recording, status.recordable, status.error) == (False, False, "")
    assert status.following == "Following anna, last heard 0 s ago"
    followed.hear("legbal/anna/live", live(ride(), id="r2"), False)
    assert followed.status().recording


def test_two_rides_under_one_name_are_told() -> None:
    clocks = Clocks()
    followed = following(clocks)
    for id in ("r1", "r2"):  # the next ride of the same rider
        followed.hear("legbal/anna/live", live(ride(), id=id), False)
    assert followed.status().following == "Following anna, last heard 0 s ago"
    followed.hear("legbal/anna/live", live(ride(), id="r1"), False)
    assert followed.status().following == "Following anna, mixed with another ride of that name"
    clocks.turn(11)
    followed.hear("legbal/anna/live", live(ride(), id="r1"), False)
    assert followed.status().following == "Following anna, last heard 0 s ago"


def test_cues_are_heard_here_unless_muted_or_of_another_moment() -> None:
    ears = Ears()
    followed = following(Clocks(), ears)
    cue = encoding.event(Cue(5.0, "alert", "left"), id="r1", sent=1.0)
    followed.hear("legbal/anna/event", cue, True)
    assert ears.heard == []
    followed.hear("legbal/anna/event", cue, False)
    assert ears.heard == [Cue(5.0, "alert", "left")]
    followed.mark("mute")
    assert ears.mute
    assert followed.view().muted
    followed.mark("unmute")
    assert not followed.view().muted


async def test_a_meter_elsewhere_has_no_zero_here() -> None:
    followed = following(Clocks())
    assert followed.zero_instructions() == ()
    with pytest.raises(OutletError):
        await followed.zero()


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("legbal/ben/live", live(ride(power_w=1.0))),
        ("legbal/anna/other", b"{}"),
        ("legbal/anna/live", b"\x00" * 2**20),
        ("legbal/anna/live", b"{}"),
        ("legbal/anna/state", b"[" * 10_000),
        ("legbal/anna/event", b"null"),
        ("other/anna/live", live(ride(power_w=1.0))),
    ],
)
def test_what_is_no_message_of_this_rider_changes_nothing(topic: str, payload: bytes) -> None:
    followed = following(Clocks(), Ears())
    followed.hear("legbal/anna/live", live(ride()), False)
    before = followed.view()
    followed.hear(topic, payload, False)
    assert followed.view() == before


def test_messages_of_a_newer_legbal_are_said_to_be_that() -> None:
    followed = following(Clocks())
    fields = json.loads(live(ride())) | {"v": 2}
    followed.hear("legbal/anna/live", json.dumps(fields).encode(), False)
    assert "a newer legbal is needed" in followed.status().following


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(st.lists(st.one_of(fields_of(schema.Live), fields_of(schema.State)), max_size=5))
def test_any_messages_give_a_view(messages: list[dict[str, Any]]) -> None:
    followed = following(Clocks())
    for fields in messages:
        kind = "live" if "power_w" in fields else "state"
        followed.hear(f"legbal/anna/{kind}", json.dumps(fields).encode(), False)
        assert len(followed.view().trace.t) <= 600
        followed.status()


def test_how_long_ago_is_said_in_one_unit() -> None:
    assert [ago(x) for x in (-1, 3.4, 61, 7300, 3e5, 1e12)] == [
        "0 s ago", "3 s ago", "1 min ago", "2 h ago", "3 days ago", "9999 days ago",
    ]  # fmt: skip
    assert sent_by_our_clock(retained=True) == 0.0
    assert sent_by_our_clock(retained=False) == 10.0


def sent_by_our_clock(*, retained: bool) -> float:
    """When a message was sent that came after 10 s by our monotonic clock, sent ten seconds ago by the rider's."""
    feed = RiderFeed()
    feed.put(live(ride(), sent=90.0), 10.0, retained=retained)
    feed.decode(100.0)
    return feed.sent
