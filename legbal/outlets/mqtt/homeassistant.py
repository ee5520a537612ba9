"""What Home Assistant is told, so that a ride appears there by itself: one device, and what it has.

Follows its MQTT discovery: a retained message for each entity at `<prefix>/<component>/<node>/<object>/config`.
"""

import re
import zlib
from typing import Any, get_args

import msgspec

from legbal import __version__
from legbal.outlets.mqtt import topic_of
from legbal.ride.events import Event
from legbal.ride.share import RELIABLE_REVOLUTIONS

GONE_S = 15  # after so many seconds without a live message a value is unknown

# by Home Assistant's kind of it and its own name: the entity's part of the configuration
_Entities = dict[tuple[str, str], dict[str, Any]]


def node(rider: str) -> str:
    """The rider's name in the letters that Home Assistant allows; two names never become one."""
    slug = re.sub(r"[^a-z0-9]+", "_", rider.lower()).strip("_")
    return f"legbal_{slug}" if slug == rider else f"legbal_{slug or 'rider'}_{zlib.crc32(rider.encode()):08x}"


def messages(rider: str, prefix: str, *, commands: bool) -> list[tuple[str, bytes]]:
    """(topic, payload) of everything that announces the rider's ride; to be retained.

    An empty payload takes away what an earlier ride announced: buttons that nobody listens to.
    """
    buttons: _Entities = {
        ("button", command): {
            "name": name,
            "command_topic": topic_of(rider, "command"),
            "payload_press": f'{{"command":"{command}"}}',
        }
        for command, name in (("lap", "Lap"), ("mute", "Mute"), ("unmute", "Unmute"))
    }
    return [
        (
            f"{prefix}/{component}/{node(rider)}/{object}/config",
            _config(rider, component, object, own) if commands or component != "button" else b"",
        )
        for (component, object), own in (_entities(rider) | buttons).items()
    ]


def _config(rider: str, component: str, object: str, own: dict[str, Any]) -> bytes:
    return msgspec.json.encode(
        {
            "name": own["name"],
            "unique_id": f"{node(rider)}_{object}",
            "default_entity_id": f"{component}.{node(rider)}_{object}",
            "object_id": f"{node(rider)}_{object}",  # the same, as Home Assistant had it until 2025
            "device": {
                "identifiers": [node(rider)],
                "name": f"legbal {rider}",
                "manufacturer": "legbal",
                "model": "Leg balance",
                "sw_version": __version__,
            },
            "origin": {"name": "legbal", "sw_version": __version__},
            "availability_topic": topic_of(rider, "status"),
            **own,
        }
    )


def _entities(rider: str) -> _Entities:
    def entity(name: str, value: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "state_topic": topic_of(rider, "live"),
            "value_template": f"{{{{ {value} }}}}",
            "expire_after": GONE_S,
            **more,
        }

    def sensor(name: str, value: str, unit: str, icon: str, **more: Any) -> dict[str, Any]:
        more |= {"unit_of_measurement": unit, "state_class": "measurement", "icon": f"mdi:{icon}"}
        return entity(name, value, **more)

    def binary(name: str, condition: str, kind: str, **more: Any) -> dict[str, Any]:
        return entity(name, f"'ON' if {condition} else 'OFF'", device_class=kind, **more)

    left = "value_json.last_30s.left_percent"
    if_reliable = f"if value_json.last_30s.revolutions | default(0) >= {RELIABLE_REVOLUTIONS} else none"
    return {
        **{
            ("sensor", object): sensor(name, value, "%", icon, suggested_display_precision=1)
            for object, name, value, icon in (
                ("left", "Left share", f"{left} {if_reliable}", "scale-balance"),
                ("right", "Right share", f"(100 - {left}) {if_reliable}", "scale-balance"),
                ("difference", "Left minus right", f"(2 * {left} - 100) {if_reliable}", "scale-unbalanced"),
            )
        },
        ("sensor", "power"): sensor("Power", "value_json.power_w", "W", "bike-fast", device_class="power"),
        ("sensor", "cadence"): sensor("Cadence", "value_json.cadence_rpm", "rpm", "rotate-right"),
        ("binary_sensor", "alert"): binary(
            "Leg alert",
            "value_json.alert",
            "problem",
            json_attributes_topic=topic_of(rider, "live"),
            json_attributes_template="{{ (value_json.alert or {}) | tojson }}",
        ),
        ("sensor", "alert_leg"): entity(
            "Leg to push",
            "(value_json.alert or {}).get('side') or 'none'",
            device_class="enum",
            options=["left", "right", "none"],
        ),
        ("binary_sensor", "link"): binary(
            "Link to the meter",
            "value_json.links | default([]) | selectattr('state', 'eq', 'connected') | list",
            "connectivity",
            entity_category="diagnostic",
        ),
        ("binary_sensor", "recording"): binary(
            "Recording", "value_json.recording", "running", entity_category="diagnostic"
        ),
        ("event", "event"): {
            "name": "Ride event",
            "state_topic": topic_of(rider, "event"),
            "event_types": [kind.__struct_config__.tag for kind in get_args(Event)],
            "value_template": "{{ dict(value_json, event_type=value_json.event) | tojson }}",
        },
    }
