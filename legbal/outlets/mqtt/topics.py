"""Which topic says what: `legbal/<rider>/…`, with names that cannot break out of their level."""

from __future__ import annotations

from typing import Literal, get_args
from urllib.parse import quote

from legbal.errors import UsageError
from legbal.present.text import cut

ROOT = "legbal"
LONGEST_NAME = 64  # characters of a rider's name
_LONGEST_METER = 120  # of a meter's name once written for a topic
_SPECIAL = "+#/\0"

Kind = Literal["status", "live", "state", "event", "command"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# QoS, and whether the broker keeps it for those who come late; the reasons are in docs/mqtt.md
QOS: dict[Kind | Literal["meter", "discovery"], tuple[int, bool]] = {
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
    if not allowed(name):
        raise UsageError(
            f"{cut(repr(name), 80)} cannot be a rider's name in a topic",
            hint=f"A name has 1 to {LONGEST_NAME} printable characters without + # and /, "
            "and no space at either end.",
        )
    return name


def allowed(name: str) -> bool:
    """Whether a rider may be called so."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and name == name.strip()
        and not any(char in _SPECIAL for char in name)
    )


def of(rider: str, kind: Kind) -> str:
    """The rider's topic of that kind."""
    return f"{ROOT}/{rider}/{kind}"


def of_meter(rider: str, meter: str) -> str:
    """The topic of one of the rider's meters. What a radio calls itself is percent-encoded, and cut if too long."""
    encoded = quote(meter, safe=" ", errors="replace")
    return f"{ROOT}/{rider}/meter/{encoded[:_LONGEST_METER]}"


def parsed(topic: str) -> tuple[str, Kind] | None:
    """Rider and kind of a received topic; None for anything else, and for a name that no rider may have."""
    levels = topic.split("/")
    if len(levels) != 3 or levels[0] != ROOT or not allowed(levels[1]):
        return None
    return next(((levels[1], kind) for kind in KINDS if kind == levels[2]), None)
