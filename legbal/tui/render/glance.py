"""The first glance: the share that can be believed, its distance from usual with a word, the clock, watts and cadence.

One drawing for every size, and for large type: an alert and its end change the colour and say more, in the same
places, and make nothing smaller.
"""

from legbal.present import live, numbers
from legbal.present.document import Line
from legbal.present.sentences import say
from legbal.present.text import cut, width_of, wrapped
from legbal.ride.inputs import Side
from legbal.ride.view import RideView
from legbal.tui.render import glyphs
from legbal.tui.render.glance_sizes import LARGEST, WIDEST, Sizes, margin, pace_columns, sizes_of
from legbal.tui.render.status import Frame, draw_searching
from legbal.tui.render.text_grid import TextGrid, on_grid

_LONGEST_WORD = 12  # letters of a state that is set big: others are sentences
_APART = 7  # columns between two figures for each half row to a dot, less of which would make them one
_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """Everything that is read in the same glance; before the meter is there, what is being looked for."""
    return draw_searching(frame, width, height) if live.waiting(frame.now) else _glance(frame, width, height)


def draw_large(frame: Frame, width: int, height: int) -> list[Line]:
    """The same by itself, with what the share is worth below it, as a number is never shown bare."""
    if live.waiting(frame.now):
        return draw_searching(frame, width, height)
    grid = TextGrid(width, height)
    grid.put(0, 0, _glance(frame, width, height - 1))
    grid.centre(height - 1, cut(_worth(frame.steady, width), width), "quiet")
    return grid.lines()


@on_grid
def _glance(grid: TextGrid, frame: Frame) -> None:
    sizes = sizes_of(grid.width, grid.height)
    state = live.state(frame.now)
    if state.is_alert or state.is_back:
        _Banner(grid, frame, sizes, state).draw()
    else:
        _Plain(grid, frame, sizes, state).draw()
    _pace(grid, frame.steady, sizes.pace)


class _Plain:
    """Both shares at their sides, the distance from usual, and the state in a word."""

    def __init__(self, grid: TextGrid, frame: Frame, sizes: Sizes, state: live.GlanceState) -> None:
        self.grid, self.view, self.sizes, self.state = grid, frame.steady, sizes, state
        self.margin = margin(grid.width)
        self.side: Side = frame.now.glance.side
        self.shares = live.both_shares(live.believed_left(self.view))
        self.watts = live.both_watts(self.view)
        self.style = ""  # of all of it; without one each part has its own
        self.foot = glyphs.rows(sizes.figure) + 1 + 2 * sizes.gap  # where what is below the shares begins
        self.wide = max(glyphs.columns(x, sizes.figure) for x in (WIDEST, self.shares[self.side]))

    def draw(self) -> None:
        """All of it."""
        grid, sizes = self.grid, self.sizes
        self._figure(self.side, sizes.figure)
        self._figure(_OTHER[self.side], sizes.other)
        text = live.distance(self.view.glance.points)
        if sizes.beside:
            start, end = self._between()
            scale = glyphs.fitting_scale(text, end - start, sizes.rows - 3, sizes.points)
            if glyphs.columns(text, scale) <= end - start:
                glyphs.write(grid, _centred(start, end, glyphs.columns(text, scale)), 0, text, "plain", scale)
            below = glyphs.rows(scale) + (1 if sizes.rows > glyphs.rows(scale) + 2 else 0)
            self._word(start, end, below, sizes.rows, scale)
        else:
            y = self.foot
            x = glyphs.write(grid, self.margin, y, text, "plain", sizes.points)
            self._word(x + 3, grid.width - self.margin, y, sizes.rows, sizes.points)

    def _figure(self, side: Side, scale: int) -> None:
        """A leg's share at its side, and below it which leg that is, with its watts."""
        grid, margin = self.grid, self.margin
        top = self.sizes.gap
        glyphs.write_at_side(grid, side, margin, top, self.shares[side], self.style or side, scale)
        reference = " ?" if self.view.reference == "unknown" else ""
        label = f"{side.upper()}{reference}   {self.watts[side]}".rstrip()
        grid.write_at_side(side, margin, top + glyphs.rows(scale), label, self.style or f"{side}-strong")

    def _between(self) -> tuple[int, int]:
        """The columns that both legs' shares leave."""
        start = self.margin + self.wide + 1
        return start, self.grid.width - start

    def _word(self, start: int, end: int, top: int, bottom: int, scale: int) -> None:
        """The state's word between two columns, as large as there is room; below it what explains it."""
        grid, state, space = self.grid, self.state, end - start
        style = f"{state.side}-strong" if state.side else ""  # of a leg that is to be watched, its own
        whole, split = [state.word.upper()], state.word.upper().split()[:2]
        detail = state.detail if width_of(state.detail) <= space else ""
        for words, below in ((whole, detail), (split, detail), (split, "")):
            wide = max(glyphs.columns(word, 1) for word in words)
            high = len(words) * glyphs.rows(1) + (1 if below else 0)
            if wide <= space and high <= bottom - top and len(state.word) <= _LONGEST_WORD:
                break
        else:
            words, below = [], detail
        large = scale if words == whole and self.view.interval is not None else 1  # a rest is quiet
        while large > 1 and not _fits(words[0], large, space, bottom - top - (1 if below else 0)):
            large -= 1
        for word in words:
            x = _centred(start, end, glyphs.columns(word, large))
            glyphs.write(grid, x, top, word, style or "plain", large)
            top += glyphs.rows(large)
        if not words:
            for row in wrapped(state.word, max(1, space))[: max(1, bottom - top)]:
                grid.write(_centred(start, end, width_of(row)), top, cut(row, space), style or "strong")
                top += 1
        grid.write(_centred(start, end, width_of(below)), top, below, "quiet")


class _Banner(_Plain):
    """A leg that has fallen, or is back: over the whole width, with what it lacks now and how far it has come back."""

    def __init__(self, grid: TextGrid, frame: Frame, sizes: Sizes, state: live.GlanceState) -> None:
        super().__init__(grid, frame, sizes, state)
        self.style = "alert" if state.is_alert else f"{state.side}-back"
        for y in range(sizes.rows):
            grid.write(0, y, " " * grid.width, self.style)

    def draw(self) -> None:
        """All of it: the leg's own share where it was, the other's too where the rest has room between them."""
        grid, sizes = self.grid, self.sizes
        self._figure(self.side, sizes.figure)
        bare = self.state.word.upper()
        words = ({"left": "◀ {}", "right": "{} ▶"}.get(self.state.side or "", "{}").format(bare), bare)
        if not sizes.beside:
            start, end = self._beside()
            foot = sizes.gap + glyphs.rows(sizes.figure)
            self._now(start, end, sizes.gap, foot)
            self._way_back(start, end, foot, self.state.detail)
            self._big_word(words, self.margin, grid.width - self.margin, self.foot, sizes.rows - self.foot)
            return
        rows, detail = sizes.rows - glyphs.rows(sizes.points) - 1, self.state.detail
        start, end = self._between()
        if _fits(bare, 1, end - start, rows - 1):
            self._figure(_OTHER[self.side], sizes.other)
            self._note(detail)
            detail = ""
            # of the missing watts, big where there is room
            rows -= glyphs.rows(1) if rows >= 2 * glyphs.rows(1) else 1
        else:
            start, end = self._beside()
            other = _OTHER[self.side]
            self._note(f"{other.upper()} {self.shares[other]}   {self.watts[other]}".rstrip())
        y = self._big_word(words, start, end, 0, rows)
        self._now(start, end, min(y + 1, rows), sizes.rows - 1)
        self._way_back(start, end, sizes.rows - 1, detail)

    def _beside(self) -> tuple[int, int]:
        """The columns that the leg's own share leaves."""
        start, end = self.margin + self.wide + 3, self.grid.width - self.margin
        return (self.grid.width - end, self.grid.width - start) if self.side == "right" else (start, end)

    def _note(self, text: str) -> None:
        """In the last row, below the leg's own share."""
        y = self.sizes.rows - 1
        self.grid.write_at_side(self.side, self.margin, y, cut(text, self.wide + 2), self.style)

    def _big_word(self, choices: tuple[str, ...], start: int, end: int, top: int, rows: int) -> int:
        """The leg as large as there is room for, the first of these that fits at that size; gives the row after it."""
        space = end - start
        for scale in range(LARGEST, 0, -1):
            for text in choices:
                if _fits(text, scale, space, rows):
                    x = _centred(start, end, glyphs.columns(text, scale))
                    glyphs.write(self.grid, x, top, text, self.style, scale)
                    return top + glyphs.rows(scale)
        text = cut(choices[0], space)
        self.grid.write(_centred(start, end, width_of(text)), top, text, self.style)
        return top + 1

    def _now(self, start: int, end: int, top: int, bottom: int) -> None:
        """How far off the leg is now, and the watts that it lacks: beside it, or else below."""
        grid, space = self.grid, end - start
        glance = self.view.glance  # of a leg that is back the same share as everywhere else
        text = live.distance(glance.points if self.state.is_back else glance.points_now)
        watts, more = live.missing(self.view)
        scale = glyphs.fitting_scale(text, space, max(1, self.sizes.rows - top), self.sizes.points)
        wide, apart = glyphs.columns(text, scale), _APART * scale
        unit = f"W {more}"
        rest = apart + 1 + width_of(unit)
        fitting = (x for x in range(scale, 0, -1) if wide + glyphs.columns(watts, x) + rest <= space)
        large = next(fitting, 0)
        foot = top + glyphs.rows(scale) - 1
        if self.state.is_back or not watts or not large:
            glyphs.write(grid, _centred(start, end, wide), top, text, self.style, scale)
            if watts and self.state.is_alert:
                big = bottom - glyphs.rows(1)
                at = big if foot < big < foot + 2 else min(foot + 2, bottom - 1)
                self._missing(start, end, at, bottom - at, watts, unit)
            return
        both = wide + glyphs.columns(watts, large) + rest
        x = glyphs.write(grid, _centred(start, end, both), top, text, self.style, scale)
        x = glyphs.write(grid, x + apart, foot + 1 - glyphs.rows(large), watts, self.style, large)
        grid.write(x + 1, foot, unit, self.style)

    def _missing(self, start: int, end: int, top: int, rows: int, watts: str, unit: str) -> None:
        """The watts in the rows below the points, as large as there is room for."""
        scale = next(
            (
                x
                for x in range(self.sizes.points, 0, -1)
                if _fits(watts, x, end - start - width_of(unit) - 1, rows)
            ),
            0,
        )
        text = cut(unit if scale else f"{watts} {unit}", end - start)
        wide = glyphs.columns(watts, scale) + 1 if scale else 0
        x = _centred(start, end, wide + width_of(text))
        if scale:
            glyphs.write(self.grid, x, top, watts, self.style, scale)
        self.grid.write(x + wide, top + max(1, glyphs.rows(scale)) - 1, text, self.style)

    def _way_back(self, start: int, end: int, y: int, detail: str) -> None:
        """A bar that is full once the leg is back; beside it when that was told, where there is room."""
        part, back = live.way_back(self.view), say("glance.back")
        space = end - start
        if part is None or space < 12:
            self.grid.write(start, y, cut(detail, space), self.style)
            return
        room = space - width_of(back) - 4 - width_of(detail) - 3
        bar = room if room >= 10 else space - width_of(back) - 4
        full = round(part * bar)
        x = self.grid.write(start, y, f"▕{'█' * full}{'░' * (bar - full)}▏ {back}", self.style)
        if room >= 10:
            self.grid.write(x + 3, y, detail, self.style)


def _fits(text: str, scale: int, columns: int, rows: int) -> bool:
    return glyphs.columns(text, scale) <= columns and glyphs.rows(scale) <= rows


def _centred(start: int, end: int, columns: int) -> int:
    return start + max(0, (end - start - columns) // 2)


def _pace(grid: TextGrid, view: RideView, scale: int) -> None:
    """The clock of the interval, watts and cadence, each in a third of the last rows."""
    parts = (
        live.interval_clock(view),
        (numbers.number(view.power_w), "W"),
        (numbers.number(view.cadence_rpm), "rpm"),
    )
    heart_rate = live.heart_rate(view)
    if scale == 0:
        texts = [f"{text} {unit}" for text, unit in parts]
        row, longer = ("   ".join(x) for x in (texts, [*texts, heart_rate]))
        shown = longer if heart_rate and width_of(longer) <= grid.width else cut(row, grid.width)
        grid.centre(grid.height - 1, shown, "strong")
        return
    rooms = pace_columns(scale)
    gap, start = (grid.width - sum(rooms)) / len(rooms), 0.0
    for (text, unit), room in zip(parts, rooms, strict=True):
        first, end = round(start), round(start + gap + room)
        start += gap + room
        large = glyphs.fitting_scale(text, end - first - 2, grid.height, scale)
        wide = glyphs.columns(text, large)
        unit = cut(unit, end - first - wide - 1)
        x = _centred(first, end, wide + 1 + width_of(unit))
        glyphs.write(grid, x, grid.height - glyphs.rows(large), text, "plain", large)
        grid.write(x + wide + 1, grid.height - 1, unit, "quiet")
    # small, above what the last of them is, in one row or in two: what is asked of the legs is read first
    x += wide + 1
    rows = [heart_rate] if x + width_of(heart_rate) <= grid.width else heart_rate.split()
    for above, text in enumerate(reversed(rows), 2):
        grid.write(x, grid.height - above, text, "plain")


def _worth(view: RideView, width: int) -> str:
    """What the balance is worth, as much of it as there is room for."""
    parts = live.worth(view)
    while len(parts) > 1 and width_of(" · ".join(parts)) > width - 2:
        parts.pop()
    return " · ".join(parts)
