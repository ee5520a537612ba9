"""Who follows from elsewhere? A ride goes to a broker, and one or many rides come from it (MQTT 3.1.1).

Here stands which topic says what: `legbal/<rider>/…`, with names that cannot break out of their level.
"""

from typing import Literal, get_args
from urllib.parse import quote

from legbal.errors import UsageError
from legbal.present.text import cut

ROOT = "legbal"
LONGEST_NAME = 64  # characters of a rider's name
_LONGEST_METER = 120  # of a meter's name once written for a topic

TopicKind = Literal["status", "live", "state", "event", "command"]

# QoS, and whether the broker keeps it for those who come late; the reasons are in docs/mqtt.md
QOS: dict[TopicKind | Literal["meter", "discovery"], tuple[int, bool]] = {
    "status": (1, True),
    "live": (0, True),
    "state": (1, True),
    "event": (1, False),
    "command": (2, False),
    "meter": (1, True),
    "discovery": (1, True),
}
ONLINE, OFFLINE = b"online", b"offline"  # what `status` says


def rider_name(name: str) -> str:
    """The name as it may stand in a topic. Raises UsageError, saying what is allowed."""
    if not is_rider_name(name):
        raise UsageError(
            f"{cut(repr(name), 80)} cannot be a rider's name in a topic",
            hint=f"A name has 1 to {LONGEST_NAME} printable characters without + # and /, "
            "and no space at either end.",
        )
    return name


def is_rider_name(name: str) -> bool:
    """Whether a rider may be called so."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and name == name.strip()
        and not set("+#/\0") & set(name)
    )


def topic_of(rider: str, kind: TopicKind) -> str:
    """The rider's topic of that kind."""
    return f"{ROOT}/{rider}/{kind}"


def meter_topic(rider: str, meter: str) -> str:
    """The topic of one of the rider's meters. What a radio calls itself is percent-encoded, and cut if too long."""
    return f"{ROOT}/{rider}/meter/{quote(meter, safe=' ', errors='replace')[:_LONGEST_METER]}"


def parse_topic(topic: str) -> tuple[str, TopicKind] | None:
    """Rider and kind of a received topic; None for anything else, and for a name that no rider may have."""
    levels = topic.split("/")
    if len(levels) != 3 or levels[0] != ROOT or not is_rider_name(levels[1]):
        return None
    return next(((levels[1], kind) for kind in get_args(TopicKind) if kind == levels[2]), None)
