"""Each edge of the two tables of transitions is taken by some ride, and nothing but these edges is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from legbal.ride import dropoff_alert, interval
from legbal.ride.baseline_fit import learn
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.inputs import PlannedStep, Setup
from legbal.ride.interval import Intervals
from legbal.ride.usual import UsualBalance
from tests.ride.pedalling import FTP, USUAL, ride, sample

SETUP = Setup(baseline=learn([sample(1), sample(2)], FTP), weak_leg="left", ftp_w=FTP)
_SLOWLY = 1  # the seed of a noise in which a drop of 5 points is suspected first


class _DropOff(DropOff):
    """Remembers every phase that it was in."""

    def __init__(self) -> None:
        self.phases: list[dropoff_alert.Phase] = []
        super().__init__(SETUP, UsualBalance(SETUP))

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "phase":
            self.phases.append(value)


class _Intervals(Intervals):
    """Remembers every phase that it was in."""

    def __init__(self, *plan: PlannedStep) -> None:
        self.phases: list[interval.Phase] = []
        super().__init__(FTP, plan)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "phase":
            self.phases.append(value)

    def ridden(self, seconds: int, power: float) -> _Intervals:
        """Rides on for so many seconds."""
        start = self._t
        for i in range(seconds):
            self.feed(start + i + 1, power)
        return self

    def lapped(self) -> _Intervals:
        """Presses lap."""
        self.lap(self._t)
        return self


def _down(points: float, since: int = 800, until: int = 10_000) -> Callable[[int, float], float]:
    return lambda i, apart: round(USUAL + apart - (points if since <= i < until else 0))


def _stuck(percent: float, since: int) -> Callable[[int, float], float]:
    """The leg drops for a while, then the share stands still."""
    return lambda i, apart: percent if i >= since else _down(5)(i, apart)


def _rides(left: Callable[[int, float], float], **how: Any) -> Callable[[_DropOff], object]:
    return lambda dropoff: ride(dropoff, left, **{"seed": _SLOWLY, **how})


def _rests_once(phase: dropoff_alert.Phase) -> Callable[[_DropOff], object]:
    """The leg drops; once the alert stands there, the interval is over and the cranks rest."""
    return lambda dropoff: ride(
        dropoff,
        _down(5),
        seed=_SLOWLY,
        power=lambda i: 140.0 if i < 300 else 0.0 if phase in dropoff.phases else 240.0,
        over=lambda: phase in dropoff.phases,
    )


def _wrong_once(
    phase: dropoff_alert.Phase, left: Callable[[int, float], float] | None = None, **how: Any
) -> Callable[[_DropOff], object]:
    """The meter looks wrong from when the alert stands there on."""
    return lambda dropoff: ride(
        dropoff, left or _down(5), seed=_SLOWLY, wrong=lambda _: phase in dropoff.phases, **how
    )


def _in_two(i: int) -> float:
    """Watts: the work has a rest from 1000 s to 1180 s."""
    return 240.0 if 300 <= i < 1000 or i >= 1180 else 140.0


DROPOFF: dict[tuple[dropoff_alert.Phase, dropoff_alert.Phase], Callable[[_DropOff], object]] = {
    ("idle", "watching"): _rides(_down(0)),
    ("watching", "idle"): _rests_once("watching"),
    ("watching", "suspecting"): _rides(_down(5)),
    ("suspecting", "watching"): _rides(_down(4, until=809)),
    ("suspecting", "idle"): _rests_once("suspecting"),
    ("watching", "alerting"): _rides(_down(5), seed=7),
    ("suspecting", "alerting"): _rides(_down(5)),
    ("alerting", "watching"): _rides(_down(5, until=1000)),
    ("alerting", "rechecking"): _rests_once("alerting"),
    ("rechecking", "alerting"): _rides(_down(5), power=_in_two, work=lambda i: _in_two(i) > 200),
    ("rechecking", "watching"): _rides(_down(5, until=1000), power=_in_two, work=lambda i: _in_two(i) > 200),
    ("rechecking", "idle"): _rests_once("alerting"),
    ("idle", "frozen"): _rides(_stuck(44.0, 800), start=10_000),
    ("watching", "frozen"): _rides(_stuck(48.0, 700)),
    ("suspecting", "frozen"): _rides(_stuck(44.0, 800)),
    ("alerting", "frozen"): _rides(_stuck(50.0, 900)),
    ("rechecking", "frozen"): _rides(_stuck(50.0, 1000), power=_in_two, work=lambda i: _in_two(i) > 200),
    ("idle", "distrusting"): _rides(_down(0), wrong=lambda i: i >= 200),
    ("watching", "distrusting"): _rides(_down(0), wrong=lambda i: i >= 700),
    ("suspecting", "distrusting"): _wrong_once("suspecting"),
    ("alerting", "distrusting"): _wrong_once("alerting"),
    ("rechecking", "distrusting"): _wrong_once("rechecking", power=_in_two, work=lambda i: _in_two(i) > 200),
    ("frozen", "distrusting"): _wrong_once("frozen", left=_stuck(48.0, 700)),
    ("distrusting", "idle"): _rides(_down(0), wrong=lambda i: 700 <= i < 900),
    ("frozen", "idle"): _rides(lambda i, apart: 48.0 if 700 <= i < 800 else _down(0)(i, apart)),
}

INTERVALS: dict[tuple[interval.Phase, interval.Phase], Callable[[], _Intervals]] = {
    ("rest", "work"): lambda: _Intervals().ridden(100, 260),
    ("rest", "manual"): lambda: _Intervals().lapped(),
    ("work", "rest"): lambda: _Intervals().ridden(100, 260).ridden(100, 100),
    ("work", "split"): lambda: _Intervals().ridden(100, 260).lapped(),
    ("manual", "rest"): lambda: _Intervals().ridden(60, 100).lapped().ridden(100, 260).ridden(300, 100),
    ("manual", "split"): lambda: _Intervals().lapped().ridden(100, 260).lapped(),
    ("split", "work"): lambda: _Intervals().ridden(100, 260).lapped().ridden(60, 260),
    ("split", "manual"): lambda: _Intervals().ridden(100, 260).lapped().lapped(),
}


@pytest.mark.parametrize("edge", DROPOFF, ids="→".join)
def test_the_drop_off_alert_takes_each_of_its_edges(edge: Any) -> None:
    dropoff = _DropOff()
    DROPOFF[edge](dropoff)
    _follows(dropoff.phases, edge, dropoff_alert.TRANSITIONS)


@pytest.mark.parametrize("seed", range(6))
def test_the_drop_off_alert_takes_no_other_edge_on_long_rides(seed: int) -> None:
    """Drops, rests, a meter that freezes and comes back."""
    dropoff = _DropOff()
    ride(dropoff, lambda i, apart: 50.0 if 1300 <= i < 1400 else _down(5)(i, apart), seed=seed, seconds=2000)
    _follows(dropoff.phases, ("frozen", "idle"), dropoff_alert.TRANSITIONS)


@pytest.mark.parametrize("edge", INTERVALS, ids="→".join)
def test_intervals_take_each_of_their_edges(edge: Any) -> None:
    _follows(INTERVALS[edge]().phases, edge, interval.TRANSITIONS)


def _follows(phases: list[Any], edge: tuple[Any, Any], table: dict[Any, str]) -> None:
    """The edge was taken, and none that the table does not name."""
    changes = {(a, b) for a, b in pairwise(phases) if a != b}
    assert edge in changes
    assert changes <= set(table)


def test_every_edge_of_both_tables_is_tried() -> None:
    assert set(DROPOFF) == set(dropoff_alert.TRANSITIONS)
    assert set(INTERVALS) == set(interval.TRANSITIONS)
