"""How numbers and foreign text are written: no finer than what stands behind them, bounded, harmless."""

from __future__ import annotations

import unicodedata

from legbal.ride.inputs import Side
from legbal.ride.view import Share
from legbal.tui.render.text_grid import cells_of

DASH = "—"

LEAST_3S = 2  # revolutions behind a 3-s share, below which it says nothing
LEAST_10S = 5
LEAST_LONG = 15  # behind a share that shows tenths


def halves(share: Share, least: int) -> float | None:
    """The left share rounded to half a point, or None with fewer than `least` revolutions behind it."""
    if share.left_percent is None or share.revolutions < least:
        return None
    return round(share.left_percent * 2) / 2


def percent(share: float | None) -> str:
    """A share set big: whole where one leg does all, a dash where there is none."""
    if share is None:
        return DASH
    return f"{share:.0f}" if share in (0, 100) else f"{share:.1f}"


def tenths(share: Share) -> str:
    """A share over 30 s or longer, as "47.2 ± 0.5"; a dash where too little stands behind it."""
    if share.left_percent is None or share.standard_error is None or share.revolutions < LEAST_LONG:
        return DASH
    return f"{share.left_percent:.1f} ± {share.standard_error:.1f}"


def signed(points: float | None) -> str:
    """A difference in points with its sign, as "−1.1"."""
    if points is None:
        return DASH
    if round(abs(points), 1) == 0:
        return "0.0"
    return f"{points:+.1f}".replace("-", "−")


def whole(value: float | None) -> str:
    """A whole number, or a dash."""
    return DASH if value is None else f"{value:.0f}".replace("-", "−")


def clock(seconds: float) -> str:
    """Ride time as "42:17", with hours from the first hour on."""
    total = max(0, int(seconds))
    hours, rest = divmod(total, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def span(seconds: float) -> str:
    """How long something has held: "38 s", from a hundred seconds on "2:18"."""
    return f"{max(0.0, seconds):.0f} s" if seconds < 100 else clock(seconds)


def clean(text: str, most: int) -> str:
    """Foreign text (a device name, a note) on one line of at most `most` columns, without control characters.

    Brackets and the like are left as they are: nothing here reads markup.
    """
    kept = "".join(" " if char.isspace() else char for char in text[: 8 * most])
    kept = "".join(char for char in kept if unicodedata.category(char)[0] != "C").strip()
    return cut(kept, most)


def cut(text: str, most: int) -> str:
    """`text` cut to `most` columns, with an ellipsis where something was lost."""
    if cells_of(text) <= most:
        return text
    while text and cells_of(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…" if most > 0 else ""


def other(side: Side) -> Side:
    """The other leg."""
    return "right" if side == "left" else "left"
