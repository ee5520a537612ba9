"""Text in columns of a terminal: how wide it is, cut and wrapped to a width, and made harmless where it is foreign."""

import json
import re
import unicodedata
from functools import cache
from itertools import accumulate, takewhile

SENTENCE_COLUMNS = 600  # of a foreign sentence
_NO_BREAK = "\N{NO-BREAK SPACE}"
# a number, its error and its unit stay on one line
_TOGETHER = r" (?=±|%)|(?<=±) |(?<=\d) (?=(?:s|W|mm|rpm|points?|rides?)\b)"
_FIRST_OF_OTHER_WIDTH = "\u0300"
_ZERO_WIDTH = ("Mn", "Me", "Cf")


def width_of(text: str) -> int:
    """How many columns a text takes: East Asian letters and pictures two, combining marks none.

    >>> width_of("48.3 ± 0.3"), width_of("日本"), width_of("e\\u0301")
    (10, 4, 1)
    """
    return len(text) if text.isascii() or max(text) < _FIRST_OF_OTHER_WIDTH else sum(map(_width, text))


@cache
def _width(char: str) -> int:
    if char < _FIRST_OF_OTHER_WIDTH:
        return 1
    if unicodedata.category(char) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def capitalized(text: str) -> str:
    """A sentence that begins with a capital letter.

    >>> capitalized("a VO₂max day")
    'A VO₂max day'
    """
    return text[:1].upper() + text[1:]


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns, with an ellipsis where something was lost.

    >>> cut("a long name", 7), cut("short", 7), cut("any", 0)
    ('a long…', 'short', '')
    """
    if width_of(text) <= columns:
        return text
    while text and width_of(text) > columns - 1:
        text = text[:-1]
    return text.rstrip() + "…" if columns > 0 else ""


def clean(text: str, columns: int) -> str:
    """Foreign text (a device's name, a note) on one line of at most so many columns, without control characters.

    >>> clean("a\\tname\\x1b[31m ", 20)
    'a name[31m'
    """
    line = "".join(" " if char.isspace() else char for char in text[: 8 * columns])
    return cut("".join(char for char in line if unicodedata.category(char)[0] != "C").strip(), columns)


def printable(text: str) -> str:
    """Foreign text on a terminal, whole: what is no visible character is escaped, so that nothing is hidden.

    >>> printable("a name\\x1b[31m")
    'a name\\\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def printable_json(octets: bytes) -> bytes:
    """JSON on one line that says the same, with all that is no visible character escaped, as JSON escapes it.

    >>> printable_json('["\\x9b31m \\u202e"]'.encode())
    b'["\\\\u009b31m \\\\u202e"]'
    """
    text = octets.decode()
    if text.isprintable():
        return octets
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text).encode()


def wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    """The text as rows of at most so many columns, broken between words, and within a word that is longer.

    A number keeps its error and its unit on its row. Every row but the first begins with `indent`.

    >>> wrapped("left 48.3 ± 0.3 over 50 s", 14), wrapped("a longword", 5)
    (['left', '48.3 ± 0.3', 'over 50 s'], ['a', 'longw', 'ord'])
    """
    rows = [""]
    for word in re.sub(_TOGETHER, _NO_BREAK, text).split(" "):
        joined = f"{rows[-1]} {word}" if rows[-1].strip() else rows[-1] + word
        if rows[-1].strip() and width_of(joined) > columns:
            rows.append(indent + word)
        else:
            rows[-1] = joined
        while width_of(rows[-1]) > columns and (fits := _fitting(rows[-1], columns)) > len(indent):
            rows[-1:] = rows[-1][:fits], indent + rows[-1][fits:]
    return [row.replace(_NO_BREAK, " ") for row in rows]


def _fitting(text: str, columns: int) -> int:
    return sum(1 for _ in takewhile(lambda width: width <= columns, accumulate(map(_width, text))))
