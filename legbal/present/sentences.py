"""Sentences by code, with placeholders: what results and events mean is kept as codes and values, and said here.

A module of sentences registers its own when it is imported; so does one from outside, for a new kind of alert. A code
that nobody has registered is still said, as well as its name and values allow.

A kind of alert has three sentences: `alert.KIND.name`; `alert.KIND.below`, what the leg is below in a word; and
`alert.KIND`, how far it is, with the alert's fields and its own values as placeholders. One about no leg has two more,
`alert.KIND.spoken` and `alert.KIND.spoken_back`, which are said aloud.
"""

import string
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from legbal.present import numbers
from legbal.present.review_wording import REVIEW_SENTENCES
from legbal.present.text import SENTENCE_COLUMNS, capitalized, clean
from legbal.present.wording import SENTENCES
from legbal.ride.events import Alert, Clear

# After the colon of a placeholder: `{since:clock}`. Only a sentence from outside has others, which are Python's own.
FORMATS: dict[str, Callable[[Any], str]] = {
    "number": numbers.number,
    "percent": partial(numbers.brief, unit=" %"),
    "clock": numbers.clock,
    "duration": numbers.duration,
    "points": numbers.depth,
    "signed": numbers.signed,
    "share": numbers.share,
    "watts": numbers.watts,
    "day": numbers.day,
    "listed": numbers.listed,
    "names": ", ".join,
}

_sentences = SENTENCES | REVIEW_SENTENCES


class _Formatter(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        special = FORMATS.get(format_spec)
        return special(value) if special else str(super().format_field(value, format_spec))


def register(sentences: Mapping[str, str]) -> None:
    """Makes sentences known by their codes.

    Raises ValueError where a code has another sentence already.

    >>> register({"example.lag": "{side} leg {lag:.2f} s late since {since:clock}"})
    >>> say("example.lag", side="left", lag=0.251, since=352.4)
    'left leg 0.25 s late since 5:52'
    """
    for code, sentence in sentences.items():
        if _sentences.setdefault(code, sentence) != sentence:
            raise ValueError(f"{code!r} has another sentence already")


def say(code: str, /, **values: Any) -> str:
    """The sentence of a code. Without one, or where a value is missing: the code's own name and the values.

    Of these what is empty is left out, and the times of an event, which stand beside it where it is said.

    >>> say("alert.odd_noise", side="left", level=71.22)
    'odd noise (side left, level 71.2)'
    """
    try:
        return _Formatter().vformat(_sentences[code], (), values)
    except (KeyError, ValueError, TypeError):
        pass  # what is there is said below
    name = code.rpartition(".")[2].replace("_", " ")
    details = {
        key: numbers.number(value, 1) if isinstance(value, float) else value
        for key, value in values.items()
        if value not in (None, "", (), {}) and key not in ("t", "since")
    }
    listing = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in details.items())
    return f"{name} ({listing})" if listing else name


def alert_name(kind: str) -> str:
    """What a kind of alert is called. One that nobody has registered may come from anybody: it is made harmless.

    >>> alert_name("dropoff"), alert_name("odd\\x1b_noise")
    ('drop-off', 'odd noise')
    """
    return _sentences.get(f"alert.{kind}.name") or clean(kind.replace("_", " "), SENTENCE_COLUMNS)


def alert_below(kind: str) -> str:
    """What a leg is below, in a word.

    >>> alert_below("dropoff"), alert_below("odd_noise")
    ('usual', 'odd noise')
    """
    return _sentences.get(f"alert.{kind}.below", alert_name(kind))


def alert_extent(alert: Alert) -> str:
    """How far which leg is off, without the leg: "3.4 points below usual". Foreign values are made harmless."""
    code = f"alert.{alert.kind}"
    extent = say(code, **alert.values | (msgspec.structs.asdict(alert) if code in _sentences else {}))
    return clean(extent, SENTENCE_COLUMNS)


def alert_spoken(kind: str, *, back: bool) -> str:
    """What is said aloud of an alert about no leg, or of its end.

    >>> alert_spoken("odd_noise", back=False), alert_spoken("odd_noise", back=True)
    ('odd noise', 'odd noise over')
    """
    code, over = ("spoken_back", " over") if back else ("spoken", "")
    return _sentences.get(f"alert.{kind}.{code}", f"{alert_name(kind)}{over}")


def alert_sentence(alert: Alert, clear: Clear | None = None) -> str:
    """Which leg is how far off: "left leg 3.4 points below usual"; once ended "…; over at 7:01", or "rest from"."""
    over = ""
    if clear is not None:
        over = f"; {'rest from' if clear.reason == 'rest' else 'over at'} {numbers.clock(clear.over_s)}"
    return f"{f'{alert.side} leg ' if alert.side else ''}{alert_extent(alert)}{over}"


def outlet_sentence(name: str, state: str, reason: str = "") -> str:
    """What became of something that runs beside the ride.

    >>> outlet_sentence("speech", "failed", "espeak-ng is not installed"), outlet_sentence("sound", "back")
    ('Speech has failed: espeak-ng is not installed.', 'Sound works again.')
    """
    sentence = say(f"outlet.{state}", name=name)
    because = f": {reason.rstrip('.')}" if reason else ""
    return f"{capitalized(sentence)}{because}."
