"""Cycling dynamics: how each leg turned the crank, as its meter measured it, over a ride and its intervals.

They say nothing about the balance and take no part in it. Most come from the records of a FIT file, or from its laps
where the records have none; over Bluetooth (0x2A63) some meters send the dead spots, and nothing else of all this.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal

import numpy as np

from legbal.analysis.fit_dynamics import COLUMNS, dynamics_of, is_pedalling
from legbal.analysis.leg_dynamics import Dynamics, LegDynamics
from legbal.errors import DecodeError
from legbal.gatt.fields import BY_NAME
from legbal.gatt.measurement import decode_whole
from legbal.gatt.uuids import MEASUREMENT
from legbal.ride.inputs import FIT_LAP, FIT_RECORD, Input, Mark, Notification
from legbal.ride.view import Floats

_LONGEST_S = 10.0  # between two records; longer, and nobody knows what lay between
_SLACK_S = 3.0  # by which a lap and an interval may differ and still be the same
_DEAD_SPOTS = ("top_dead_spot_angle_deg", "bottom_dead_spot_angle_deg")
_SAYS_DEAD_SPOTS = sum(1 << (BY_NAME[name].bit or 0) for name in _DEAD_SPOTS)
_ALL = (*COLUMNS, *_DEAD_SPOTS)
_POINTLESS = 1e-6  # the length of a mean direction that is none


class CyclingDynamics:
    """Takes in the inputs of a ride, in order, and then gives their dynamics over any part of it.

    Means are over time, as head units' own are, and over pedalling alone; angles are averaged around the circle.

    Args:
        swap_sides: the pedals were on the wrong sides: left is right.
    """

    def __init__(self, *, swap_sides: bool = False) -> None:
        self._swap_sides = swap_sides
        self._of_file: list[tuple[Notification, float]] = []  # and seconds since the record before; laps: NaN
        self._measured: list[tuple[float | None, ...]] = []  # rows of the table
        self._before: dict[str, float] = {}

    def listen(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """The same inputs; what says anything of a leg's dynamics is taken in as it passes."""
        pauses = False
        for item in inputs:
            if isinstance(item, Mark) and item.kind in ("pause", "resume"):
                pauses = item.kind == "pause"
            elif isinstance(item, Notification) and not pauses:
                if item.uuid in (FIT_RECORD, FIT_LAP):  # they are read at the end, all at once: it is faster
                    of_lap = item.uuid == FIT_LAP
                    self._of_file.append((item, math.nan if of_lap else self._since_before(item)))
                elif item.uuid == MEASUREMENT and int.from_bytes(item.data[:2], "little") & _SAYS_DEAD_SPOTS:
                    self._measure(item)
            yield item

    def _measure(self, item: Notification) -> None:
        try:
            m = decode_whole(item.data)
        except DecodeError:
            return
        seconds = self._since_before(item)
        if m.power_w > 0:
            spots = {name: getattr(m, name) for name in _DEAD_SPOTS}
            angles = {name: x for name, x in spots.items() if x is not None and x <= 360}
            self._measured.append((item.t, item.t, seconds, *map(angles.get, _ALL)))

    def _since_before(self, item: Notification) -> float:
        since = item.t - self._before.get(item.meter, item.t - 1.0)
        self._before[item.meter] = item.t
        return since if since <= _LONGEST_S else 1.0

    @cached_property
    def _table(self) -> Floats:
        """All rows: when each begins and ends, its seconds, the columns of `_ALL`; none where nothing was told.

        A platform offset that is 0 all ride is one that nobody measured.
        """
        measured = np.array(self._measured, np.float64).reshape(-1, 3 + len(_ALL))
        table = np.vstack([measured, self._rows_of_file()])
        sides = [3 + _ALL.index(f"{side}_platform_centre_offset_mm") for side in ("left", "right")]
        if not np.nan_to_num(table[:, sides]).any():
            table[:, sides] = np.nan
        return table if np.isfinite(table[:, 3:]).any() else table[:0]

    def _rows_of_file(self) -> Floats:
        """A record stands for the time since the one before it; a lap for all of its own."""
        stated = dynamics_of([item for item, _ in self._of_file], swap_sides=self._swap_sides)
        t, since = np.array([(item.t, since) for item, since in self._of_file]).reshape(-1, 2).T
        is_lap = np.isnan(since)
        start, end = np.where(is_lap, (np.add(stated["start"], _SLACK_S), t - _SLACK_S), t)
        seconds = np.where(is_lap, stated["seconds"], since)
        is_whole = ~np.isnan(start) & (seconds > 0) & (seconds <= t + _SLACK_S)
        columns = [stated.get(name, np.full(len(t), np.nan)) for name in _ALL]
        rows: Floats = np.column_stack([start, end, seconds, *columns])
        return rows.compress(np.where(is_lap, is_whole, is_pedalling(stated)), axis=0)

    def over(self, start_s: float = -math.inf, end_s: float = math.inf) -> Dynamics | None:
        """The means over the pedalling from `start_s` to `end_s`, ride seconds; None where nothing told any.

        Without bounds, over the whole ride. Of laps those count that lie within.
        """
        rows = self._table
        means = _Means(rows[(rows[:, 0] > start_s) & (rows[:, 1] <= end_s)])
        seconds = means.seconds(_ALL)
        if not seconds:
            return None
        return Dynamics(
            left=means.leg("left"),
            right=means.leg("right"),
            combined_pedal_smoothness_percent=means.of("combined_pedal_smoothness_percent"),
            top_dead_spot_deg=means.of("top_dead_spot_angle_deg"),
            bottom_dead_spot_deg=means.of("bottom_dead_spot_angle_deg"),
            seconds=seconds,
        )


class _Means:
    """Means of columns over some rows, weighted by the seconds that each row stands for."""

    def __init__(self, rows: Floats) -> None:
        self._values = rows[:, 3:]
        self._weights = np.where(np.isnan(self._values), 0.0, rows[:, 2:3])

    def of(self, name: str) -> float | None:
        """The mean of a column; None where no row has it, or its angles point everywhere alike."""
        at = _ALL.index(name)
        weight, value = self._weights[:, at], np.nan_to_num(self._values[:, at])
        total = weight.sum()
        if not total:
            return None
        if not name.endswith("_deg"):
            return float(weight @ value / total)
        turned = weight @ np.exp(1j * np.radians(value)) / total
        return None if abs(turned) < _POINTLESS else round(float(np.degrees(np.angle(turned))), 6) % 360

    def seconds(self, names: Sequence[str]) -> float:
        """Of the rows that have any of these columns."""
        return float(self._weights[:, [*map(_ALL.index, names)]].max(axis=1, initial=0.0).sum())

    def leg(self, side: Literal["left", "right"]) -> LegDynamics:
        columns = [name for name in COLUMNS if name.startswith(side)]
        return LegDynamics(
            **{name.removeprefix(f"{side}_"): self.of(name) for name in columns},
            seconds=self.seconds(columns),
        )
