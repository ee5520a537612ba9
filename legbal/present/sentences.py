"""Sentences by code, with placeholders: what results and events mean is kept as codes and values, and said here.

A module of sentences registers its own when it is imported; so does one from outside, for a new kind of alert. A code
that nobody has registered is still said, as well as its name and values allow.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

from legbal.present import numbers

# After the colon of a placeholder: `{since:clock}`. Any other format is Python's own.
FORMATS: dict[str, Callable[[Any], str]] = {
    "clock": numbers.clock,
    "duration": numbers.duration,
    "points": numbers.points,
    "signed": numbers.signed,
    "share": numbers.share,
    "watts": numbers.watts,
    "percent": numbers.percent,
    "day": numbers.day,
    "listed": numbers.listed,
    "names": ", ".join,
}

_TIMES = ("t", "since")  # where an event is said, its time stands beside it

_sentences: dict[str, str] = {}


class _Formatter(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        special = FORMATS.get(format_spec)
        return special(value) if special else str(super().format_field(value, format_spec))


_formatter = _Formatter()


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


def known(code: str) -> bool:
    """Whether a code has a sentence.

    >>> known("alert.nobody_has_registered_this")
    False
    """
    return code in _sentences


def say(code: str, /, **values: Any) -> str:
    """The sentence of a code. Without one, or where a value is missing: the code's own name and the values.

    Of these the times of an event and what is empty are left out.

    >>> say("alert.odd_noise", side="left", level=71.22)
    'odd noise (side left, level 71.2)'
    """
    if code in _sentences:
        try:
            return _formatter.vformat(_sentences[code], (), values)
        except (KeyError, ValueError, TypeError):
            pass  # what is there is said below
    name = code.rpartition(".")[2].replace("_", " ")
    known = {
        key: value for key, value in values.items() if value not in (None, "", (), {}) and key not in _TIMES
    }
    told = ", ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in known.items())
    return f"{name} ({told})" if told else name


def _plain(value: object) -> str:
    return numbers.number(value, 1) if isinstance(value, float) else str(value)
