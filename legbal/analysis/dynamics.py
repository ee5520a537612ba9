"""Cycling dynamics: how each leg turned the crank, as its meter measured it, over a ride and its intervals.

They say nothing about the balance and take no part in it. Most come from the records of a FIT file, or from its laps
where the records have none; over Bluetooth (0x2A63) some meters send the dead spots, and nothing else of all this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.analysis.fit_dynamics import ANGLES, NUMBERS, dynamics_of
from legbal.errors import DecodeError
from legbal.gatt.fields import BY_NAME
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import MEASUREMENT
from legbal.ride.inputs import FIT_LAP, FIT_RECORD, Input, Notification

_LONGEST_S = 10.0  # between two records; longer, and nobody knows what lay between
_SLACK_S = 3.0  # by which a lap and an interval may differ and still be the same
_PHASES = tuple(f"{name}_{end}" for name in ANGLES for end in ("start", "end"))
_DEAD_SPOTS = ("top_dead_spot_angle_deg", "bottom_dead_spot_angle_deg")
_STRAIGHT, _ROUND = NUMBERS, (*_PHASES, *_DEAD_SPOTS)
_COLUMNS = ("began", "t", "seconds", *_STRAIGHT, *_ROUND)
_FIRST = 3
_POINTLESS = 1e-6  # the length of a mean direction that is none
_SAYS_DEAD_SPOTS = sum(1 << (BY_NAME[name].bit or 0) for name in _DEAD_SPOTS)
_NAN = float("nan")


class LegDynamics(msgspec.Struct, frozen=True, gc=False):
    """How one leg pedalled, as means over the pedalling that carried the value; None where nothing told it.

    Angles are degrees, 0 up to 360, of this leg's crank from its top dead centre in the direction of pedalling.

    Attributes:
        torque_effectiveness_percent: of this leg's forward work what was left after its backward work.
        pedal_smoothness_percent: mean power of a revolution in parts of its greatest.
        platform_centre_offset_mm: where the foot pressed; above 0 away from the bicycle.
        power_phase_start_deg: where this leg began to drive the crank forward; `power_phase_end_deg` where it ended.
        peak_phase_start_deg: where the part began that does most of the work; `peak_phase_end_deg` where it ended.
        seconds: of pedalling that carried any of these.
    """

    torque_effectiveness_percent: float | None = None
    pedal_smoothness_percent: float | None = None
    platform_centre_offset_mm: float | None = None
    power_phase_start_deg: float | None = None
    power_phase_end_deg: float | None = None
    peak_phase_start_deg: float | None = None
    peak_phase_end_deg: float | None = None
    seconds: float = 0.0


class Dynamics(msgspec.Struct, frozen=True, gc=False):
    """Both legs' cycling dynamics over some pedalling; `seconds` is the pedalling that carried any of it.

    Attributes:
        combined_pedal_smoothness_percent: of both legs together, from a meter with one sensor for both.
        top_dead_spot_deg: where the least torque is met near the top, both legs together; `bottom_dead_spot_deg`
            near the bottom. Degrees of the crank, from meters that send them over Bluetooth.
    """

    left: LegDynamics = LegDynamics()
    right: LegDynamics = LegDynamics()
    combined_pedal_smoothness_percent: float | None = None
    top_dead_spot_deg: float | None = None
    bottom_dead_spot_deg: float | None = None
    seconds: float = 0.0


class CyclingDynamics:
    """Takes in the inputs of a ride, in order, and then gives their dynamics over any part of it.

    Means are over time, as head units' own are, and over pedalling alone; angles are averaged around the circle.

    Args:
        swap_sides: the pedals were on the wrong sides: left is right.
    """

    def __init__(self, *, swap_sides: bool = False) -> None:
        self._swap_sides = swap_sides
        self._rows: list[tuple[float, ...]] = []
        self._before: dict[str, float] = {}
        self._table: npt.NDArray[np.float64] | None = None

    def feed(self, item: Input) -> None:
        """Takes in one input; all that say nothing of it are passed over."""
        if not isinstance(item, Notification):
            return
        if item.uuid == MEASUREMENT:
            if len(item.data) > 1 and (item.data[0] | item.data[1] << 8) & _SAYS_DEAD_SPOTS:
                self._measured(item)
        elif item.uuid in (FIT_RECORD, FIT_LAP):
            self._told(item)

    def listen(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """The same inputs, each taken in as it passes."""
        for item in inputs:
            self.feed(item)
            yield item

    def _told(self, item: Notification) -> None:
        """A record stands for the time since the one before it; a lap for all of its own."""
        told = dynamics_of(item, swap_sides=self._swap_sides)
        if told is None:
            return
        if item.uuid == FIT_RECORD:
            seconds = self._since_before(item)
            if not told.pedalling:
                return
            began, ended = item.t, item.t
        else:
            if told.start is None or told.seconds is None or not 0 < told.seconds <= item.t + _SLACK_S:
                return
            seconds = told.seconds
            began, ended = told.start + _SLACK_S, item.t - _SLACK_S
        numbers = [_NAN if (x := getattr(told, name)) is None else x for name in NUMBERS]
        phases = [x for name in ANGLES for x in getattr(told, name) or (_NAN, _NAN)]
        self._add((began, ended, seconds, *numbers, *phases, _NAN, _NAN))

    def _measured(self, item: Notification) -> None:
        try:
            m = decode(item.data)
        except DecodeError:
            return
        seconds = self._since_before(item)
        if m.power_w > 0:
            spots = [_NAN if (x := getattr(m, name)) is None or x > 360 else x for name in _DEAD_SPOTS]
            nothing = (_NAN,) * (len(_COLUMNS) - 3 - len(spots))
            self._add((item.t, item.t, seconds, *nothing, *spots))

    def _add(self, row: tuple[float, ...]) -> None:
        self._rows.append(row)
        self._table = None

    def _since_before(self, item: Notification) -> float:
        since = item.t - self._before.get(item.meter, item.t - 1.0)
        self._before[item.meter] = item.t
        return since if since <= _LONGEST_S else 1.0

    def over(self, start_s: float | None = None, end_s: float | None = None) -> Dynamics | None:
        """The means over the pedalling from `start_s` to `end_s`, ride seconds; None where nothing told any.

        Without bounds, over the whole ride. Of laps those count that lie within.
        """
        rows = self._told_of()
        if start_s is not None:
            rows = rows[rows[:, 0] > start_s]
        if end_s is not None:
            rows = rows[rows[:, 1] <= end_s]
        means = _Means(rows)
        seconds = means.seconds(_COLUMNS[_FIRST:])
        if not seconds:
            return None
        return Dynamics(
            left=means.leg("left"),
            right=means.leg("right"),
            combined_pedal_smoothness_percent=means.of("combined_pedal_smoothness"),
            top_dead_spot_deg=means.of("top_dead_spot_angle_deg"),
            bottom_dead_spot_deg=means.of("bottom_dead_spot_angle_deg"),
            seconds=seconds,
        )

    def _told_of(self) -> npt.NDArray[np.float64]:
        """All rows, shape (n, columns). A platform offset that is 0 all ride is one that nobody measured."""
        if self._table is None:
            table = np.array(self._rows, dtype=np.float64).reshape(len(self._rows), len(_COLUMNS))
            sides = [_COLUMNS.index(f"{side}_pco") for side in ("left", "right")]
            if not np.nan_to_num(table[:, sides]).any():
                table[:, sides] = np.nan
            self._table = table
        return self._table


class _Means:
    """Means of columns over some rows, weighted by the seconds that each row stands for."""

    def __init__(self, rows: npt.NDArray[np.float64]) -> None:
        self._rows = rows
        self._weights = np.where(np.isnan(rows), 0.0, rows[:, 2:_FIRST])

    def of(self, name: str) -> float | None:
        """The mean of a column; None where no row has it, or its angles point everywhere alike."""
        at = _COLUMNS.index(name)
        weight, value = self._weights[:, at], np.nan_to_num(self._rows[:, at])
        total = weight.sum()
        if not total:
            return None
        if name in _STRAIGHT:
            return float(weight @ value / total)
        turned = weight @ np.exp(1j * np.radians(value)) / total
        return None if abs(turned) < _POINTLESS else round(float(np.degrees(np.angle(turned))), 6) % 360

    def seconds(self, names: Sequence[str]) -> float:
        """Of the rows that have any of these columns."""
        columns = [_COLUMNS.index(name) for name in names]
        return float(self._weights[:, columns].max(axis=1, initial=0.0).sum())

    def leg(self, side: Literal["left", "right"]) -> LegDynamics:
        """One leg's means."""
        return LegDynamics(
            torque_effectiveness_percent=self.of(f"{side}_torque_effectiveness"),
            pedal_smoothness_percent=self.of(f"{side}_pedal_smoothness"),
            platform_centre_offset_mm=self.of(f"{side}_pco"),
            power_phase_start_deg=self.of(f"{side}_power_phase_start"),
            power_phase_end_deg=self.of(f"{side}_power_phase_end"),
            peak_phase_start_deg=self.of(f"{side}_power_phase_peak_start"),
            peak_phase_end_deg=self.of(f"{side}_power_phase_peak_end"),
            seconds=self.seconds([name for name in _COLUMNS if name.startswith(side)]),
        )
