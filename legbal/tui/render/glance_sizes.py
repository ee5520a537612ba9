"""How large each part of a glance is, for every size of it: its own leg's share first, then all else."""

from typing import NamedTuple

from legbal.tui.render import glyphs

WIDEST, _POINTS = "88.8", "−8.8"
LARGEST = 40  # half rows to a dot
PACES = (("88:88", 6), ("888", 1), ("88", 3))  # clock, watts, cadence, and the columns of what each is
_MOST_PACE = 5


class Sizes(NamedTuple):
    """How large each part is: half rows to a dot.

    `figure` is of the leg that is looked at, `other` of the other; `pace` is 0 where clock, watts and cadence stand in
    a row of text. `beside`: the distance stands between the shares, else below. `rows` are those above the
    pace, `gap` how many of them stay blank above each part.
    """

    figure: int
    other: int
    points: int
    pace: int
    beside: bool
    rows: int
    gap: int


def sizes_of(width: int, height: int) -> Sizes:
    """The sizes at which the leg's own share is largest; of two arrangements the one in which it is larger."""
    edge = margin(width)
    pace = next((x for x in range(_MOST_PACE, 0, -1) if _pace_fits(x, width, height)), 0)
    rows = height - max(1, glyphs.rows(pace))
    beside = next(
        (
            x
            for x in range(LARGEST, 1, -1)
            if glyphs.rows(x) + 1 <= rows
            and 2 * glyphs.columns(WIDEST, x) + glyphs.columns(_POINTS, (x + 1) // 2) + 2 * (edge + 1)
            <= width
        ),
        1,
    )
    below = next(
        (
            x
            for x in range(LARGEST, 1, -1)
            if glyphs.rows(x) + 1 + glyphs.rows((x + 1) // 2) <= rows
            and glyphs.columns(WIDEST, x) + glyphs.columns(_POINTS, (x + 1) // 2) + 2 * edge + 3 <= width
        ),
        1,
    )
    if below > beside:
        points = (below + 1) // 2
        room = width - glyphs.columns(WIDEST, below) - 2 * edge - 2
        other = glyphs.fitting_scale(WIDEST, room, glyphs.rows(below), below)
        spare = rows - glyphs.rows(below) - 1 - glyphs.rows(points)
        return Sizes(below, other, points, pace, beside=False, rows=rows, gap=spare // 3)
    room = width - 2 * glyphs.columns(WIDEST, beside) - 2 * (edge + 1)
    points = glyphs.fitting_scale(_POINTS, room, rows - 3, beside)
    return Sizes(beside, beside, points, pace, beside=True, rows=rows, gap=0)


def margin(width: int) -> int:
    """How many columns stay blank at either edge."""
    return 3 if width >= 80 else 1


def pace_columns(scale: int) -> list[int]:
    """How many columns clock, watts and cadence take, each with its unit."""
    return [glyphs.columns(text, scale) + 1 + unit for text, unit in PACES]


def _pace_fits(scale: int, width: int, height: int) -> bool:
    return sum(pace_columns(scale)) + len(PACES) + 1 <= width and 3 * glyphs.rows(scale) <= height
