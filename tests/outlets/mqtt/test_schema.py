"""The messages: what a view becomes on its way and back, and what of foreign payloads is let in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding, schema
from legbal.outlets.mqtt.schema import EventMessage, Live, NewerVersionError, State, read
from legbal.ride.events import Alert, Cue
from legbal.ride.view import LinkView, RideView, Trace
from tests.outlets.mqtt.messages import fields_of
from tests.tui.views import ALERT, before_the_meter, ride, without_balance

KINDS: list[type[msgspec.Struct]] = [Live, State, EventMessage]


def said(view: RideView) -> tuple[bytes, bytes]:
    """The live message and the state message of a view."""
    live = encoding.live(view, RunState(recording=True), id="ab12", sent=1.8e9)
    return live, encoding.state(view, id="ab12", sent=1.8e9)


def heard(live: bytes, state: bytes) -> RideView:
    """The view that they become."""
    slow = read(State, state)
    steps = list(zip(slow.trace.t, slow.trace.left_percent, slow.trace.power_w, strict=False))
    return schema.view(read(Live, live), slow, Trace(*np.array(steps, np.float64).reshape(-1, 3).T))


def rounded(value: Any) -> Any:
    """Numbers as fine as in a message."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value


def another_kind() -> RideView:
    """A kind of alert that this legbal has never heard of."""
    return ride(alert=msgspec.structs.replace(ALERT, kind="cadence_drop"))


@pytest.mark.parametrize(
    "view",
    [
        ride,
        another_kind,
        before_the_meter,
        without_balance,
        lambda: ride(alert=ALERT, notes=((3.0, "knee"),), recovered="left"),
    ],
)
def test_a_view_comes_back_as_it_was(view: Callable[[], RideView]) -> None:
    before = view()
    after = heard(*said(before))
    for name in set(RideView.__struct_fields__) - {"trace"}:
        expected = rounded(msgspec.to_builtins(getattr(before, name)))
        assert rounded(msgspec.to_builtins(getattr(after, name))) == expected, name
    newest = slice(-300, None)
    np.testing.assert_allclose(after.trace.t, before.trace.t[newest], atol=0.01)
    np.testing.assert_allclose(after.trace.left_percent, before.trace.left_percent[newest], atol=0.01)


def test_every_field_of_a_view_is_carried() -> None:
    assert set(RideView.__struct_fields__) <= set(Live.__struct_fields__) | set(State.__struct_fields__)


def test_a_message_is_small() -> None:
    live, state = said(ride())
    assert len(live) < 2048
    assert len(state) < 16_384


def test_of_what_is_many_the_newest_goes_and_long_text_is_cut() -> None:
    notes = tuple((float(n), f"note {n}" + "x" * 1000) for n in range(500))
    links = (LinkView(meter="m" * 1000, state="connected", since=0.0),)
    after = heard(*said(ride(notes=notes, links=links)))
    assert [note[0] for note in after.notes] == [float(n) for n in range(480, 500)]
    assert {len(note[1]) for note in after.notes} == {400}
    assert len(after.links[0].meter) == 400


def test_an_event_is_the_one_that_the_ride_gave() -> None:
    event = Cue(t=12.3456, sound="alert", side="left")
    payload = encoding.event(event, id="ab12", sent=1.8e9)
    assert json.loads(payload) == {
        "v": 1, "id": "ab12", "sent": 1.8e9, "event": "cue", "t": 12.346, "sound": "alert", "side": "left",
    }  # fmt: skip
    told = read(EventMessage, payload)
    assert (told.event, told.sound, told.side) == ("cue", "alert", "left")
    alert = Alert(1.0, "dropoff", "left", 3.0, 45.0, 48.0, 0.5, 40)
    assert json.loads(encoding.event(alert, id="x", sent=0.0))["present_percent"] == 45.0


@pytest.mark.parametrize("kind", KINDS)
@given(payload=st.binary(max_size=200))
def test_no_octets_do_any_harm(kind: type[msgspec.Struct], payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        read(kind, payload)


@pytest.mark.parametrize(
    "change",
    [
        {"power_w": 1e30},
        {"power_w": -1e30},
        {"t": -1},
        {"t": 1e300},
        {"evidence": 2},
        {"meter_name": "x" * 401},
        {"balance": "great"},
        {"last_3s": {"left_percent": 101}},
        {"links": [{"meter": "m", "state": "s", "since": 0}] * 5},
        {"trace": {"t": [0] * 301, "left_percent": [], "power_w": []}},
        {"sent": 1e300},
        {"pedalling": 1},
    ],
)
def test_what_is_out_of_bounds_is_no_message(change: dict[str, Any]) -> None:
    fields = json.loads(said(ride())[0]) | change
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        read(Live, json.dumps(fields).encode())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 5000])
def test_what_json_calls_a_number_and_is_none_is_refused(number: str) -> None:
    text = json.dumps(json.loads(said(ride())[0]) | {"power_w": 0}).replace(
        '"power_w": 0,', f'"power_w": {number},', 1
    )
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        read(Live, text.encode())


def test_too_long_and_too_deep_are_refused() -> None:
    with pytest.raises(ValueError, match="1048576 bytes"):
        read(Live, b" " * 2**20)
    with pytest.raises(ValueError):  # noqa: PT011 - how it is told is not ours
        read(Live, b'{"deep":' + b"[" * 30_000 + b"]" * 30_000 + b"}")


def test_new_fields_are_skipped_and_another_version_is_told() -> None:
    fields = json.loads(said(ride())[0])
    assert read(Live, json.dumps(fields | {"new": {"x": 1}}).encode()).t == fields["t"]
    with pytest.raises(NewerVersionError, match="version 2"):
        read(Live, json.dumps(fields | {"v": 2}).encode())


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(live=fields_of(Live), state=fields_of(State))
def test_any_message_within_the_bounds_becomes_a_view(live: dict[str, Any], state: dict[str, Any]) -> None:
    view = heard(json.dumps(live).encode(), json.dumps(state).encode())
    assert view.t == live["t"]
    assert len(view.trace.t) == len(view.trace.left_percent) == len(view.trace.power_w)
