"""What a terminal has characters for, and what stands in for those that it lacks: cell for cell.

Full Unicode is the rule. The Linux console has a font of a few hundred: blocks and lines, no braille. Where the
encoding is not UTF-8 there is ASCII alone.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len

from legbal.present.text import width_of

Charset = Literal["unicode", "console", "ascii"]

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # what Python puts in LC_CTYPE where LANG is C (PEP 538)
_OLD_TERMINALS = ("linux", "vt", "ansi", "dumb", "cons25", "sun", "wyse", "xterm-old")
_CONSOLE = frozenset("▀▄█▌▐░▒▓─│┌┐└┘├┤┬┴┼═║╔╗╚╝±·°←↑→↓×÷²äöüÄÖÜßéèà§µ")

_ON_CONSOLE = str.maketrans(
    {
        **dict.fromkeys("┃┊┆▏▕║", "│"),
        **dict.fromkeys("━┈┄╌", "─"),
        **dict.fromkeys("▆▇▅", "█"),
        **dict.fromkeys("▂▃", "▄"),
    }
)
_ASCII = str.maketrans(
    {
        **dict.fromkeys("█▇▆▓▉▊▋■◼", "#"),
        **dict.fromkeys("▀▔▛▜▘▝", '"'),
        **dict.fromkeys("▄▅▃▙▟▖▗", "m"),
        **dict.fromkeys("▌▐", "#"),
        **dict.fromkeys("▂▁", "_"),
        **dict.fromkeys("▒░", ":"),
        **dict.fromkeys("▏▕│┃┊┆┇┋║▎▍╎╏╵╷╹╻", "|"),
        **dict.fromkeys("─━┈┄┅┉╌╍—–−═╴╶", "-"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+"),
        **dict.fromkeys("◀◂←‹«", "<"),
        **dict.fromkeys("▶▸→›»", ">"),
        **dict.fromkeys("▲△↑", "^"),
        **dict.fromkeys("▼▽↓", "v"),
        **dict.fromkeys("●◉⬤•", "*"),
        **dict.fromkeys("○◯◌", "o"),
        **dict.fromkeys("·…․", "."),
        **dict.fromkeys("“”„″", '"'),
        **dict.fromkeys("‘’‚′", "'"),
        "±": "~",
        "×": "x",
        "÷": "/",
        "♪": "~",
        "✎": "n",
        "✓": "y",
        "✗": "x",
        "°": "o",
        "§": "S",
        "µ": "u",
        "μ": "u",
        "²": "2",
        "½": "/",
        "ß": "s",
        "ø": "o",
        "æ": "e",
        "\u00a0": " ",
    }
)


def detect_charset(characters: str, environment: Mapping[str, str], encoding: str | None) -> Charset:
    """What the terminal can show.

    Args:
        characters: the setting: "unicode" and "ascii" are taken at their word, "auto" looks.
        environment: of the process. A locale that names no UTF-8 has ASCII alone; without any locale, what
            Python found out counts.
        encoding: of the stream that the screen is written to; None where it has none.
    """
    if characters == "unicode":
        return "unicode"
    named = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if named[1] in _COERCED and named[2]:
        named[1] = ""  # Python's own doing, which says nothing of the terminal
    locale = next((each for each in named if each), "")
    spoken = (encoding or "utf-8").lower().replace("-", "").replace("_", "")
    if characters == "ascii" or spoken not in ("utf8", "cp65001") or (locale and "utf" not in locale.lower()):
        return "ascii"
    return "console" if environment.get("TERM", "").startswith(_OLD_TERMINALS) else "unicode"


@lru_cache(maxsize=8192)
def transliterate(text: str, by: Charset) -> str:
    """The text with stand-ins for what `by` lacks; it takes as many cells as before.

    What moves a cursor or turns text around is not shown, on any terminal: nothing is written there but through here.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " * cell_len(char) for char in text)
    if by == "unicode" or text.isascii():
        return text
    if by == "console":
        text, available = text.translate(_ON_CONSOLE), _CONSOLE
    else:
        # two cells, with the blank beside it
        text, available = text.replace("± ", "+-").replace(" ±", "+-"), frozenset()
    return "".join(char if char.isascii() or char in available else _stand_in(char) for char in text)


def _stand_in(char: str) -> str:
    cells = width_of(char)
    stand_in = char.translate(_ASCII)
    if "\u2800" <= char <= "\u28ff":
        stand_in = _dots(ord(char) - 0x2800)
    elif not stand_in.isascii():
        stand_in = "".join(part for part in unicodedata.normalize("NFKD", char) if part.isascii())
    return (stand_in or "?" * cells)[:cells].ljust(cells)


def _dots(dots: int) -> str:
    """A cell of braille dots by the height of its middle: at the top, half way, or at the bottom."""
    if not dots:
        return " "
    rows = [row for row, bits in enumerate((0x09, 0x12, 0x24, 0xC0)) if dots & bits]
    if len(rows) > 2:
        return "|"
    middle = sum(rows) / len(rows)
    return "'" if middle < 1 else "-" if middle <= 2 else "."
