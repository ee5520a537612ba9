"""What Home Assistant is told, so that a ride appears there by itself: one device, and what it has.

Follows Home Assistant's MQTT discovery: a retained configuration message for each entity at
`<prefix>/<component>/<node>/<object>/config`.
"""

import re
import zlib
from typing import Any, NamedTuple, get_args

import msgspec

from legbal import __version__
from legbal.outlets.mqtt import topic_of
from legbal.ride.events import Event

GONE_S = 15  # after so many seconds without a live message a value is unknown


class Entity(NamedTuple):
    """One thing that Home Assistant shows: what kind it is, its name, and its own part of the configuration."""

    component: str
    object: str
    name: str
    config: dict[str, Any]


def node(rider: str) -> str:
    """The rider's name in the letters that Home Assistant allows; two names never become one."""
    slug = re.sub(r"[^a-z0-9]+", "_", rider.lower()).strip("_")
    return f"legbal_{slug}" if slug == rider else f"legbal_{slug or 'rider'}_{zlib.crc32(rider.encode()):08x}"


def messages(rider: str, prefix: str, *, commands: bool) -> list[tuple[str, bytes]]:
    """(topic, payload) of everything that announces the rider's ride; to be retained.

    An empty payload takes away what an earlier ride announced: buttons that nobody listens to.
    """
    buttons = [
        Entity(
            "button",
            command,
            name,
            {"command_topic": topic_of(rider, "command"), "payload_press": f'{{"command":"{command}"}}'},
        )
        for command, name in (("lap", "Lap"), ("mute", "Mute"), ("unmute", "Unmute"))
    ]
    return [
        (
            f"{prefix}/{entity.component}/{node(rider)}/{entity.object}/config",
            _config(rider, entity) if commands or entity not in buttons else b"",
        )
        for entity in [*_sensors(rider), *_states(rider), *buttons]
    ]


def _config(rider: str, entity: Entity) -> bytes:
    config = {
        "name": entity.name,
        "unique_id": f"{node(rider)}_{entity.object}",
        "default_entity_id": f"{entity.component}.{node(rider)}_{entity.object}",
        "object_id": f"{node(rider)}_{entity.object}",  # the same, as Home Assistant had it until 2025
        "device": {
            "identifiers": [node(rider)],
            "name": f"legbal {rider}",
            "manufacturer": "legbal",
            "model": "Leg balance",
            "sw_version": __version__,
        },
        "origin": {"name": "legbal", "sw_version": __version__},
        "availability_topic": topic_of(rider, "status"),
        **entity.config,
    }
    return msgspec.json.encode(config)


def _sensors(rider: str) -> list[Entity]:
    def sensor(object: str, name: str, value: str, unit: str, icon: str, **more: Any) -> Entity:
        config = {
            "state_topic": topic_of(rider, "live"),
            "value_template": f"{{{{ {value} }}}}",
            "unit_of_measurement": unit,
            "state_class": "measurement",
            "expire_after": GONE_S,
            "icon": icon,
            **more,
        }
        return Entity("sensor", object, name, config)

    share, right = (
        "value_json.last_30s.left_percent | default(none)",
        "(100 - value_json.last_30s.left_percent)",
    )
    if_measured = "if value_json.last_30s.left_percent is defined else none"
    return [
        sensor("left", "Left share", share, "%", "mdi:scale-balance", suggested_display_precision=1),
        sensor(
            "right",
            "Right share",
            f"{right} {if_measured}",
            "%",
            "mdi:scale-balance",
            suggested_display_precision=1,
        ),
        sensor(
            "difference",
            "Left minus right",
            f"(2 * value_json.last_30s.left_percent - 100) {if_measured}",
            "%",
            "mdi:scale-unbalanced",
            suggested_display_precision=1,
        ),
        sensor("power", "Power", "value_json.power_w", "W", "mdi:bike-fast", device_class="power"),
        sensor("cadence", "Cadence", "value_json.cadence_rpm", "rpm", "mdi:rotate-right"),
    ]


def _states(rider: str) -> list[Entity]:
    live = topic_of(rider, "live")
    return [
        Entity(
            "binary_sensor",
            "alert",
            "Leg alert",
            {
                "state_topic": live,
                "value_template": "{{ 'ON' if value_json.alert else 'OFF' }}",
                "json_attributes_topic": live,
                "json_attributes_template": "{{ (value_json.alert or {}) | tojson }}",
                "expire_after": GONE_S,
                "device_class": "problem",
            },
        ),
        Entity(
            "sensor",
            "alert_leg",
            "Leg to push",
            {
                "state_topic": live,
                "value_template": "{{ value_json.alert.side if value_json.alert else 'none' }}",
                "expire_after": GONE_S,
                "device_class": "enum",
                "options": ["left", "right", "none"],
            },
        ),
        Entity(
            "binary_sensor",
            "link",
            "Link to the meter",
            {
                "state_topic": live,
                "value_template": "{{ 'ON' if value_json.links | default([]) "
                "| selectattr('state', 'eq', 'connected') | list else 'OFF' }}",
                "expire_after": GONE_S,
                "device_class": "connectivity",
                "entity_category": "diagnostic",
            },
        ),
        Entity(
            "binary_sensor",
            "recording",
            "Recording",
            {
                "state_topic": live,
                "value_template": "{{ 'ON' if value_json.recording else 'OFF' }}",
                "expire_after": GONE_S,
                "device_class": "running",
                "entity_category": "diagnostic",
            },
        ),
        Entity(
            "event",
            "event",
            "Ride event",
            {
                "state_topic": topic_of(rider, "event"),
                "event_types": [kind.__struct_config__.tag for kind in get_args(Event)],
                "value_template": "{{ dict(value_json, event_type=value_json.event) | tojson }}",
            },
        ),
    ]
