"""A meter's profile in words, on the terminal and on the page about its family."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, get_args

from legbal.meters.profile import Profile, Provenance, Recognition
from legbal.present.balance_remarks import QUALITY, quality_word
from legbal.present.numbers import brief

# statement → what it is about
TITLES: Final = {
    "kind": "balance",
    "side": "sensor",
    "reference": "named side",
    "swapped": "sides swapped",
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

# the words of a statement's values, or what says them
_WORDS: Final[dict[str, dict[Any, str] | Callable[[Any], str]]] = {
    "kind": dict(QUALITY),
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
        True: "of several revolutions between two notifications, only the last is sent",
        False: "none: the revolutions between two notifications are sent together",
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
    "resolution_percent": partial(brief, unit=" %"),
    "rate_hz": partial(brief, unit=" a second"),
    "features": "0x{:08X}".format,
}


def expected(families: Sequence[Profile]) -> str:
    """What the balance of a meter of one of these families is worth: 'measured or no balance'.

    Why there is none is said where none of them has one: 'no balance: one side, doubled'.
    """
    in_full = not any(family.has_balance for family in families)
    words = (
        value(x, "kind") if in_full else quality_word(x.kind) + (", once unlocked" if x.locked else "")
        for x in families
    )
    return " or ".join(dict.fromkeys(words))


def value(profile: Profile, key: str) -> str:
    """What the profile says by the statement `key`, one of `STATED`, in words."""
    stated = getattr(profile, key)
    if key == "resolution_percent" and "balance" not in (profile.fields or ("balance",)):
        return "no balance field"
    words = _WORDS.get(key, str)
    if isinstance(words, dict):
        return words[stated]
    if stated is None or stated == ():
        return "not known"
    if isinstance(stated, tuple):
        return ", ".join(name.replace("_", " ") for name in stated)
    return words(stated)


def recognition(rule: Recognition) -> str:
    """How the family is known, in words: 'name ASSIOMA*L', 'manufacturer Quarq*'."""
    stated = (
        ("name", rule.names),
        ("manufacturer", (rule.manufacturer or "",)),
        ("model", (rule.model or "",)),
        ("service", rule.services),
    )
    features = ((rule.balance, "balance"), (rule.distributed, "one of a pair"))
    return ", ".join(
        [
            *(f"{what} {' or '.join(patterns)}" for what, patterns in stated if any(patterns)),
            *(f"feature “{what}” {'set' if bit else 'clear'}" for bit, what in features if bit is not None),
        ]
    )


def provenances(profile: Profile) -> str:
    """How many of its statements come from where: '9 captured, 1 vendor, 3 assumed'."""
    counts = Counter(statement.provenance for statement in profile.statements)
    return ", ".join(f"{counts[kind]} {kind}" for kind in get_args(Provenance) if counts[kind])
