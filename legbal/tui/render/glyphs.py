"""Big letters and digits from half blocks: a 3 × 5 dot alphabet at any whole size, to be read from afar."""

from functools import lru_cache
from itertools import zip_longest

from legbal.ride.inputs import Side
from legbal.tui.render.text_grid import TextGrid

_ROWS = 5
_ALPHABET = {
    "0": "111 101 101 101 111",
    "1": "010 110 010 010 111",
    "2": "111 001 111 100 111",
    "3": "111 001 111 001 111",
    "4": "101 101 111 001 001",
    "5": "111 100 111 001 111",
    "6": "111 100 111 101 111",
    "7": "111 001 001 001 001",
    "8": "111 101 111 101 111",
    "9": "111 101 111 001 111",
    "A": "010 101 111 101 101",
    "B": "110 101 110 101 110",
    "C": "011 100 100 100 011",
    "D": "110 101 101 101 110",
    "E": "111 100 110 100 111",
    "F": "111 100 110 100 100",
    "G": "011 100 101 101 011",
    "H": "101 101 111 101 101",
    "I": "111 010 010 010 111",
    "J": "001 001 001 101 010",
    "K": "101 101 110 101 101",
    "L": "100 100 100 100 111",
    "M": "10001 11011 10101 10001 10001",
    "N": "1001 1101 1011 1001 1001",
    "O": "111 101 101 101 111",
    "P": "110 101 110 100 100",
    "Q": "111 101 101 111 001",
    "R": "110 101 110 101 101",
    "S": "011 100 010 001 110",
    "T": "111 010 010 010 010",
    "U": "101 101 101 101 111",
    "V": "101 101 101 101 010",
    "W": "10001 10001 10101 11011 10001",
    "X": "101 101 010 101 101",
    "Y": "101 101 010 010 010",
    "Z": "111 001 010 100 111",
    ".": "0 0 0 0 1",
    ":": "0 1 0 1 0",
    "+": "000 010 111 010 000",
    "?": "111 001 011 000 010",
    "—": "000 000 111 000 000",
    "−": "000 000 111 000 000",
    " ": "0 0 0 0 0",
    "◀": "001 011 111 011 001",
    "▶": "100 110 111 110 100",
}


def columns(text: str, scale: int) -> int:
    """How many columns `text` takes at `scale` (a dot is `scale` columns wide and `scale` half rows high)."""
    return scale * (sum(len(_dots(char)[0]) + 1 for char in text) - 1) if text else 0


def rows(scale: int) -> int:
    """How many rows big text takes at `scale`."""
    return (_ROWS * scale + 1) // 2


def fitting_scale(text: str, width: int, height: int, most: int) -> int:
    """The largest scale, up to `most`, at which `text` has room; 1 where it has none at any."""
    return next((x for x in range(most, 1, -1) if columns(text, x) <= width and rows(x) <= height), 1)


def write(grid: TextGrid, x: int, y: int, text: str, style: str, scale: int) -> int:
    """Write `text` big, its upper left at cell (x, y); returns the column after it."""
    for row, line in enumerate(_big(text, scale) if text else ()):
        for column, char in enumerate(line):
            if char != " ":
                grid.write(x + column, y + row, char, style)
    return x + columns(text, scale)


def write_at_side(
    grid: TextGrid, side: Side | None, margin: int, y: int, text: str, style: str, scale: int
) -> int:
    """Write `text` big at the right, or else at the left, with `margin` blank columns outside it; as `write`."""
    x = margin if side != "right" else grid.width - margin - columns(text, scale)
    return write(grid, x, y, text, style, scale)


@lru_cache(maxsize=256)
def _big(text: str, scale: int) -> tuple[str, ...]:
    dots = ["0".join(_dots(char)[row] for char in text) for row in range(_ROWS)]
    half_rows = ["".join(dot * scale for dot in line) for line in dots for _ in range(scale)]
    blocks = {("0", "0"): " ", ("1", "0"): "▀", ("0", "1"): "▄", ("1", "1"): "█"}
    pairs = zip_longest(half_rows[::2], half_rows[1::2], fillvalue="0" * columns(text, scale))
    return tuple("".join(blocks[dot] for dot in zip(upper, lower, strict=True)) for upper, lower in pairs)


def _dots(char: str) -> list[str]:
    return _ALPHABET.get(char, _ALPHABET["?"]).split()
