"""A profile in words: what each statement says, on the terminal and on the page about its family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, get_args

from legbal.meters.profile import Kind, Profile, Provenance, Recognition

# statement → what it is about
TITLES: Final = {
    "kind": "balance",
    "side": "sensor",
    "reference": "named side",
    "swapped": "sides exchanged",
    "resolution_percent": "steps",
    "placeholder": "standing still",
    "fields": "sends",
    "rate_hz": "notifications",
    "repeats": "repeats",
    "skips": "skips",
    "counts_while_stopped": "count at rest",
    "rezeroes": "zero by itself",
    "falls_back": "one side silent",
    "peripherals": "devices",
    "left_names": "left device",
    "right_names": "right device",
    "connections": "links at once",
    "pairing": "bonding",
    "zero_offset": "zero offset",
    "connecting": "connecting",
    "locked": "to be unlocked",
    "unlock": "without balance",
    "features": "features",
}

KINDS: Final[dict[Any, str]] = {
    "measured": "measured: each side has a sensor",
    "estimated": "estimated: one sensor for both sides",
    "doubled": "none: one side, doubled",
    "bridge": "none: another meter's power, passed on",
    "total": "none: one power for both legs",
    "unknown": "not known",
}
_WORDS: Final[dict[str, dict[Any, str]]] = {
    "kind": KINDS,
    "side": {"left": "on the left", "right": "on the right", None: "not known"},
    "reference": {"flag": "as the measurement itself says", "left": "left", "right": "right"},
    "swapped": {True: "yes", False: "no"},
    "placeholder": {
        "fifty": "50 %",
        "last": "the last balance again",
        "zero": "0 %",
        "hundred": "100 %",
        "absent": "no balance",
        "unknown": "not known",
    },
    "repeats": {True: "a revolution comes again until there is a new one", False: "none"},
    "skips": {
        True: "of several revolutions between two notifications, the last is told",
        False: "none: the revolutions between two notifications are told together",
    },
    "counts_while_stopped": {True: "goes on while its time stands still", False: "stands still"},
    "rezeroes": {True: "whenever pedalling stops", False: "no"},
    "falls_back": {True: "the other is doubled in its stead", False: "nothing is doubled in its stead"},
    "peripherals": {1: "one", 2: "two, left and right"},
    "locked": {True: "yes", False: "no"},
    "pairing": {
        "none": "not needed",
        "optional": "possible",
        "required": "needed",
        "unknown": "not known",
    },
    "zero_offset": {
        "plain": "control point request 12",
        "enhanced": "control point request 16 (enhanced)",
        "both": "control point requests 12 and 16 (enhanced)",
        "none": "not by control point",
        "unknown": "not known",
    },
}


def kind_of(profile: Profile) -> str:
    """The family and what its balance is, in sentences: 'Stages L. Balance none: one side, doubled.'"""
    return f"{profile.name}. Balance {KINDS[profile.kind]}."


_EXPECTED: Final[dict[Kind, str]] = {
    "measured": "yes, measured",
    "estimated": "yes, an estimate",
    "doubled": "no: one side doubled",
    "bridge": "no: passed on without",
    "total": "no: both legs together",
    "unknown": "unknown until it is watched",
}


def expected(families: Sequence[Profile]) -> str:
    """Whether a balance can be expected of a meter of one of these families: 'yes, measured'."""
    said = dict.fromkeys(
        "only if unlocked, an estimate" if family.locked else _EXPECTED[family.kind] for family in families
    )
    return " or ".join(said) or _EXPECTED["unknown"]


def value(profile: Profile, key: str) -> str:
    """What the profile says by the statement `key`, one of `STATED`, in words."""
    stated = getattr(profile, key)
    if key in _WORDS:
        return _WORDS[key][stated]
    if key == "resolution_percent":
        return f"{stated:g} %" if "balance" in (profile.fields or ("balance",)) else "no balance octet"
    if key == "rate_hz":
        return f"{stated:g} a second"
    if key == "features":
        return "not known" if stated is None else f"0x{stated:08X}"
    if key == "connections":
        return "not known" if stated is None else str(stated)
    if isinstance(stated, str):
        return stated
    return ", ".join(name.replace("_", " ") for name in stated) or "not known"


def recognition(rule: Recognition) -> str:
    """How the family is known, in words: 'name ASSIOMA*L', 'manufacturer Quarq*'."""
    parts = []
    if rule.names:
        parts.append(f"name {' or '.join(rule.names)}")
    if rule.manufacturer:
        parts.append(f"manufacturer {rule.manufacturer}")
    if rule.model:
        parts.append(f"model {rule.model}")
    if rule.services:
        parts.append(f"service {' or '.join(rule.services)}")
    for asked, feature in ((rule.balance, "balance"), (rule.distributed, "one of a pair")):
        if asked is not None:
            parts.append(f"feature “{feature}” {'set' if asked else 'clear'}")
    return ", ".join(parts)


def known_from(profile: Profile) -> str:
    """How many of its statements come from where: '9 captured, 1 vendor, 3 assumed'."""
    known = Counter(statement.provenance for statement in profile.statements)
    return ", ".join(f"{known[kind]} {kind}" for kind in get_args(Provenance) if known[kind])
