"""What Home Assistant is told: complete, unambiguous, and its templates say of real messages what they promise."""

from __future__ import annotations

import json
from typing import Any

import jinja2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding, homeassistant, is_rider_name
from legbal.present.numbers import DASH, share_error
from legbal.ride.events import Alert
from legbal.ride.share import Share
from legbal.ride.view import RideView
from tests.tui.views import ALERT, before_the_meter, ride

NAMES = st.text(min_size=1, max_size=64).filter(is_rider_name)


def configurations(**options: bool) -> dict[str, dict[str, Any]]:
    """What is told of anna's ride, by component and object."""
    told = homeassistant.messages("anna", "homeassistant", **({"commands": True} | options))
    found = {}
    for topic, payload in told:
        prefix, component, node, object, end = topic.split("/")
        assert (prefix, node, end) == ("homeassistant", "legbal_anna", "config")
        if payload:
            found[f"{component}/{object}"] = json.loads(payload)
    return found


def shown(entity: str, view: RideView, template: str = "value_template") -> str:
    """What Home Assistant makes of a live message for that entity."""
    payload = encoding.live(view, RunState(recording=True), id="x", sent=1.0)
    return rendered(configurations()[entity][template], payload)


def rendered(template: str, payload: bytes) -> str:
    """A template's text, as Home Assistant has it; what it would log a warning of, each second, is an error here."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.filters["tojson"] = json.dumps
    return environment.from_string(template).render(value_json=json.loads(payload), value=payload.decode())


def test_balance_power_alert_link_and_recording_appear() -> None:
    assert set(configurations()) == {
        *(f"sensor/{name}" for name in ("left", "right", "difference", "power", "cadence", "alert_leg")),
        *(f"binary_sensor/{name}" for name in ("alert", "link", "recording")),
        "event/event",
        *(f"button/{name}" for name in ("lap", "mute", "unmute")),
    }
    assert not [name for name in configurations(commands=False) if name.startswith("button/")]


def test_buttons_of_an_earlier_ride_are_taken_away_where_no_commands_are_taken() -> None:
    told = dict(homeassistant.messages("anna", "homeassistant", commands=False))
    gone = {topic.split("/")[3] for topic, payload in told.items() if not payload}
    assert gone == {"lap", "mute", "unmute"}


def test_each_thing_has_its_own_id_one_device_and_goes_when_the_ride_goes() -> None:
    told = configurations()
    assert len({x["unique_id"] for x in told.values()}) == len(told)
    assert {x["device"]["identifiers"][0] for x in told.values()} == {"legbal_anna"}
    assert {x["availability_topic"] for x in told.values()} == {"legbal/anna/status"}
    assert all(x["expire_after"] for name, x in told.items() if x.get("state_topic") == "legbal/anna/live")


@pytest.mark.parametrize(
    ("entity", "calm", "alert", "nothing"),
    [
        ("sensor/left", "46.6", "46.6", "None"),
        ("sensor/right", "53.4", "53.4", "None"),
        ("sensor/difference", "-6.8", "-6.8", "None"),
        ("sensor/power", "267.0", "267.0", "None"),
        ("sensor/cadence", "91.0", "91.0", "None"),
        ("sensor/alert_leg", "none", "left", "none"),
        ("binary_sensor/alert", "OFF", "ON", "OFF"),
        ("binary_sensor/link", "ON", "ON", "OFF"),
        ("binary_sensor/recording", "ON", "ON", "ON"),
    ],
)
def test_what_is_shown_of_a_ride(entity: str, calm: str, alert: str, nothing: str) -> None:
    seen = [shown(entity, view) for view in (ride(), ride(alert=ALERT), before_the_meter())]
    texts = [f"{float(x):.1f}" if x[-1].isdigit() else x for x in seen]
    assert texts == [calm, alert, nothing]


def test_an_alert_about_no_leg_names_none() -> None:
    view = ride(alert=msgspec.structs.replace(ALERT, side=None))
    assert shown("sensor/alert_leg", view) == "none"
    assert shown("binary_sensor/alert", view) == "ON"


@pytest.mark.parametrize("entity", ["sensor/left", "sensor/right", "sensor/difference"])
@pytest.mark.parametrize("revolutions", [0, 7, 14, 15])
def test_a_share_of_a_few_revolutions_is_none_as_on_the_screen(entity: str, revolutions: int) -> None:
    last_30s = Share(46.6, 1.4, 8.0, revolutions, 250.0)
    unknown = shown(entity, ride(last_30s=last_30s)) == "None"
    assert unknown == (share_error(last_30s) == DASH)


def test_an_alert_has_its_leg_and_points_as_attributes() -> None:
    told = json.loads(shown("binary_sensor/alert", ride(alert=ALERT), "json_attributes_template"))
    assert (told["side"], told["points"]) == ("left", 3.1)
    assert json.loads(shown("binary_sensor/alert", ride(), "json_attributes_template")) == {}


def test_an_event_is_one_of_those_that_were_announced() -> None:
    config = configurations()["event/event"]
    payload = encoding.event(Alert(1.0, "dropoff", "left", 3.0, 45.0, 48.0, 0.5, 40), id="x", sent=1.0)
    told = json.loads(rendered(config["value_template"], payload))
    assert told["event_type"] in config["event_types"]
    assert told["side"] == "left"


def test_a_button_says_a_command() -> None:
    from legbal.outlets.commands import read_command

    for name, config in configurations().items():
        if name.startswith("button/"):
            assert read_command(config["payload_press"].encode())
            assert config["command_topic"] == "legbal/anna/command"


@given(NAMES, NAMES)
def test_two_riders_are_two_devices_whatever_their_names(one: str, other: str) -> None:
    assert (homeassistant.node(one) == homeassistant.node(other)) == (one == other)
    assert homeassistant.node(one).replace("_", "").isalnum()
    assert homeassistant.node(one).isascii()
