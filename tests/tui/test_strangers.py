"""What anybody may send in the form of a ride is drawn without harm, whatever the values and whatever comes first."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legbal.outlets.mqtt import schema
from legbal.present.text import clean, width_of
from legbal.remote.followed_ride import FollowedRide
from legbal.tui.render import averages, bar, glance, status, trace
from legbal.tui.render.status import Frame
from tests.outlets.mqtt.messages import fields_of
from tests.remote.followers import Clocks, following, live
from tests.tui.drawn import plain
from tests.tui.views import ride

DRAWINGS = (
    status.draw_header,
    *(x.draw for x in (glance, bar, averages, trace)),
    status.draw_states,
    averages.draw_tables,
    glance.draw_large,
)
SIZES = ((160, 50), (80, 24), (40, 10), (20, 5))


def frame(followed: FollowedRide) -> Frame:
    """One frame of the follower's screen."""
    return Frame(followed.view(), followed.view(), followed.status())


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=60)
@given(fields_of(schema.Live), fields_of(schema.State), st.sampled_from(SIZES))
def test_any_message_within_the_bounds_can_be_drawn(
    now: dict[str, Any], slow: dict[str, Any], size: tuple[int, int]
) -> None:
    followed = following(Clocks())
    for kind, fields in (("live", now), ("state", slow)):
        followed.hear(f"legbal/anna/{kind}", json.dumps({**fields, "id": "r1"}).encode(), False)
        for draw in DRAWINGS:
            lines = draw(frame(followed), *size)
            assert all(sum(width_of(run.text) for run in line) == size[0] for line in lines)
            assert all(text == clean(f".{text}.", 999)[1:-1] for text in plain(lines).splitlines())


def test_an_alert_of_an_unknown_kind_is_drawn_without_control_characters() -> None:
    fields = msgspec.json.decode(live(ride()))
    fields["alert"] = {
        "kind": "odd\x1b]0;x\a_noise",
        "side": None,
        "points": 1.0,
        "since": 1.0,
        "told": 2.0,
        "values": {"level\x91": 71.2},
    }
    followed = following(Clocks())
    followed.hear("legbal/anna/live", msgspec.json.encode(fields), False)
    drawn = plain(glance.draw(frame(followed), 160, 50))
    assert "odd]0;x noise (level 71.2)" in drawn
    assert "\x1b" not in drawn


def test_one_leg_s_ride_is_told_before_its_limits_are_heard() -> None:
    followed = following(Clocks())
    followed.hear("legbal/anna/live", live(ride(one_sided="left", limits=("Only left is heard.",))), False)
    assert "Only the left side is heard" in plain(status.draw_states(frame(followed), 160, 3))


def test_an_alert_cannot_be_a_negative_number_of_points() -> None:
    fields = msgspec.json.decode(live(ride()))
    fields["alert"] = {"kind": "dropoff", "side": "left", "points": -1e6, "since": 1.0, "told": 2.0}
    followed = following(Clocks())
    followed.hear("legbal/anna/live", msgspec.json.encode(fields), False)
    assert "what comes cannot be read" in followed.status().following
