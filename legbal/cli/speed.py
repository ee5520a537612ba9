"""How fast recorded or simulated time passes, as a rider types it."""

from __future__ import annotations

import math

import click


class Speed(click.ParamType[float]):
    """A positive number, or "max": infinite."""

    name = "speed"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, infinite for "max"."""
        if value == "max" or value == math.inf:
            return math.inf
        try:
            number = float(str(value))
        except ValueError:
            number = 0.0
        if not 0 < number <= 10_000:
            self.fail(f"{value!r} is neither a number above 0 nor max", param, ctx)
        return number


SPEED = Speed()


def paced(speed: float) -> float | None:
    """The speed as sources take it: None for as fast as it goes."""
    return None if math.isinf(speed) else speed
