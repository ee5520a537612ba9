"""What Home Assistant is told, so that a ride appears there by itself: one device, and what it has.

Follows Home Assistant's MQTT discovery: a retained configuration message for each entity at
`<prefix>/<component>/<node>/<object>/config`.
"""

import re
import zlib
from typing import Any, get_args

import msgspec

from legbal import __version__
from legbal.outlets.mqtt import topic_of
from legbal.ride.events import Event

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
    live = topic_of(rider, "live")

    def sensor(name: str, value: str, unit: str, icon: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "state_topic": live,
            "value_template": f"{{{{ {value} }}}}",
            "unit_of_measurement": unit,
            "state_class": "measurement",
            "expire_after": GONE_S,
            "icon": icon,
            **more,
        }

    if_measured = "if value_json.last_30s.left_percent is defined else none"
    return {
        ("sensor", "left"): sensor(
            "Left share",
            "value_json.last_30s.left_percent | default(none)",
            "%",
            "mdi:scale-balance",
            suggested_display_precision=1,
        ),
        ("sensor", "right"): sensor(
            "Right share",
            f"(100 - value_json.last_30s.left_percent) {if_measured}",
            "%",
            "mdi:scale-balance",
            suggested_display_precision=1,
        ),
        ("sensor", "difference"): sensor(
            "Left minus right",
            f"(2 * value_json.last_30s.left_percent - 100) {if_measured}",
            "%",
            "mdi:scale-unbalanced",
            suggested_display_precision=1,
        ),
        ("sensor", "power"): sensor(
            "Power", "value_json.power_w", "W", "mdi:bike-fast", device_class="power"
        ),
        ("sensor", "cadence"): sensor("Cadence", "value_json.cadence_rpm", "rpm", "mdi:rotate-right"),
        ("binary_sensor", "alert"): {
            "name": "Leg alert",
            "state_topic": live,
            "value_template": "{{ 'ON' if value_json.alert else 'OFF' }}",
            "json_attributes_topic": live,
            "json_attributes_template": "{{ (value_json.alert or {}) | tojson }}",
            "expire_after": GONE_S,
            "device_class": "problem",
        },
        ("sensor", "alert_leg"): {
            "name": "Leg to push",
            "state_topic": live,
            "value_template": "{{ value_json.alert.side if value_json.alert else 'none' }}",
            "expire_after": GONE_S,
            "device_class": "enum",
            "options": ["left", "right", "none"],
        },
        ("binary_sensor", "link"): {
            "name": "Link to the meter",
            "state_topic": live,
            "value_template": "{{ 'ON' if value_json.links | default([]) "
            "| selectattr('state', 'eq', 'connected') | list else 'OFF' }}",
            "expire_after": GONE_S,
            "device_class": "connectivity",
            "entity_category": "diagnostic",
        },
        ("binary_sensor", "recording"): {
            "name": "Recording",
            "state_topic": live,
            "value_template": "{{ 'ON' if value_json.recording else 'OFF' }}",
            "expire_after": GONE_S,
            "device_class": "running",
            "entity_category": "diagnostic",
        },
        ("event", "event"): {
            "name": "Ride event",
            "state_topic": topic_of(rider, "event"),
            "event_types": [kind.__struct_config__.tag for kind in get_args(Event)],
            "value_template": "{{ dict(value_json, event_type=value_json.event) | tojson }}",
        },
    }
