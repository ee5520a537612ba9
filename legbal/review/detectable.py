"""The smallest change of balance that a meter could show in so many rides: the honest answer to "is it worth it?"."""

from __future__ import annotations

import msgspec


class Scatter(msgspec.Struct, frozen=True, kw_only=True):
    """How rides scatter, points: one ride's own standard error, and day from day beside that.

    `rides` are those that `between_sd` was learnt from; 0: it is `USUAL_BETWEEN_SD`, which stands in.
    """

    within_se: float
    between_sd: float
    rides: int = 0


class SmallestIn(msgspec.Struct, frozen=True, kw_only=True):
    """In `rides` before and as many after; `points` None: no change can be told from so few."""

    rides: int
    points: float | None


class Smallest(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter could show at 80 % power and 5 % error, and what that rests on."""

    scatter: Scatter
    each: tuple[SmallestIn, ...]
