"""The share at a glance: of this effort alone, against what is usual or aimed at, and what is missing now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import msgspec
import pytest

from legbal.app.ride_setup import contribution, with_contributions
from legbal.ride.inputs import Input, Setup, ThresholdRule, WeakLeg
from legbal.ride.ride import Ride
from legbal.ride.view import Glance, RideView
from legbal.sources.simulator import SimulatedRide, demo
from legbal.sources.simulator.rider import Fade
from tests.ride.folding import ASSIOMA, pedalled


@cache
def _ride(weak: WeakLeg = "left") -> SimulatedRide:
    return demo(ASSIOMA, 1, weak_leg="right" if weak == "right" else "left", seconds=480.0)


@cache
def _known(weak: WeakLeg = "left") -> Setup:
    """A rider of whom three rides are known."""
    setup = Setup(ftp_w=250.0, weak_leg=weak, profile=ASSIOMA)
    return with_contributions(setup, [contribution(setup, day.timeline()) for day in _ride(weak).earlier(3)])


def _views(setup: Setup, inputs: list[Input] | None = None) -> Iterator[RideView]:
    """About once a second."""
    ride, due = Ride(setup), 1.0
    for given in inputs or _ride(setup.weak_leg).timeline():
        ride.feed(given)
        if given.t >= due:
            due += 1.0
            yield ride.view()


@pytest.fixture(scope="module", name="views")
def _all_views() -> list[RideView]:
    return list(_views(_known()))


def test_in_an_interval_only_what_belongs_to_it_counts(views: list[RideView]) -> None:
    begun = [x for x in views if x.interval is not None and x.t - x.interval.start_s < 28]
    assert begun
    for view in begun:
        assert view.interval is not None
        assert view.glance.share.seconds <= view.t - view.interval.start_s + 1.0
        assert view.glance.share.revolutions == view.interval.share.revolutions
    assert any(x.last_30s.seconds > x.glance.share.seconds + 10 for x in begun)


def test_between_intervals_it_is_the_share_of_30_s(views: list[RideView]) -> None:
    back_s = next(x.t for x in views if x.recovered is not None)
    rests = [x for x in views if x.interval is None and not back_s <= x.t < back_s + 30]
    assert rests
    assert all(x.glance.share == x.last_30s for x in rests)


def test_the_distance_is_the_leg_s_share_less_its_usual(views: list[RideView]) -> None:
    known = [x.glance for x in views if x.glance.points is not None]
    assert len(known) > 300
    for glance in known:
        assert glance.share.left_percent is not None
        assert glance.reference_percent is not None
        assert glance.points == pytest.approx(glance.share.left_percent - glance.reference_percent)
        assert glance.share.rests_on()


def test_of_a_few_turns_no_distance_is_told(views: list[RideView]) -> None:
    few = [x.glance for x in views if not x.glance.share.rests_on()]
    assert few
    assert all(x.points is None for x in few)


def test_in_a_drop_off_the_figure_follows_the_leg(views: list[RideView]) -> None:
    falling = [x for x in views if x.alert is not None]
    deficits = [x.glance.points_now for x in falling if x.glance.points_now is not None]
    assert min(deficits) < -4.0
    assert deficits[-1] > min(deficits) + 2.5  # the leg comes back before it is told
    for view in falling:
        glance = view.glance
        assert glance.side == "left"
        assert glance.points_now is not None
        assert glance.missing_w is not None
        assert (glance.missing_w > 0) is (glance.points_now < 0)
        if glance.points_now < -1:
            both_w = 100 * glance.missing_w / -glance.points_now
            assert both_w == pytest.approx(view.power_w, rel=0.15)


def test_of_a_leg_that_is_back_the_share_is_what_came_since(views: list[RideView]) -> None:
    first = next(x for x in views if x.recovered is not None)
    after = [x for x in views if 0 <= x.t - first.t < 28 and x.interval is not None]
    assert len(after) > 20
    assert all(x.glance.points is not None and x.glance.points > -1.0 for x in after)
    last_30s = first.last_30s.left_percent
    assert last_30s is not None
    assert first.glance.reference_percent is not None
    assert last_30s < first.glance.reference_percent - 1.5  # which still has the drop-off in it


def test_of_the_right_leg_it_is_that_leg_s(views: list[RideView]) -> None:
    right = [x.glance for x in _views(_known("right"))]
    assert {x.side for x in right} == {"right"}
    of_right = [x for x in right if x.points is not None]
    assert of_right
    for glance in of_right:
        assert glance.share.left_percent is not None
        assert glance.reference_percent is not None
        assert glance.points == pytest.approx(100 - glance.share.left_percent - glance.reference_percent)
    assert {x.glance.side for x in views} == {"left"}


def test_a_target_s_alert_is_measured_against_the_target() -> None:
    rule = ThresholdRule(target_percent=49.0, margin_points=1.0, when="always")
    setup = msgspec.structs.replace(_known(), threshold=rule)
    held = [x for x in _views(setup) if x.alert is not None and x.alert.kind == "threshold"]
    assert held
    for view in held:
        now = view.glance.points_now
        assert view.alert is not None
        assert view.alert.side == "left"
        if now is not None and view.glance.missing_w:
            left = 49.0 + now
            assert 30 < left < 49


def test_a_first_ride_says_for_how_long_it_learns() -> None:
    glances = [x.glance for x in _views(Setup(ftp_w=250.0, weak_leg="left", profile=ASSIOMA))]
    learning = [x.learning_s for x in glances if x.learning_s is not None]
    assert learning == sorted(learning, reverse=True)
    assert learning[0] <= 120.0
    assert 110 < len(learning) < 140  # seconds, of which nearly all are pedalled
    assert all(x.points is None for x in glances[: len(learning)])
    assert sum(x.points is not None for x in glances[len(learning) :]) > 300


def test_without_a_balance_there_is_nothing_to_see() -> None:
    assert all(x.glance == Glance() for x in list(_views(Setup(), pedalled(120, balance=None)))[60:])


@cache
def _not_back() -> list[RideView]:
    """A ride whose leg falls in its second interval and stays down until the end of it."""
    stays = Fade(5.5, shape="step", intervals=(2,), onset_s=60.0)
    ride, due, views = Ride(_known()), 1.0, []
    for given in replace(_ride(), fade=stays, seconds=540.0).timeline():
        ride.feed(given)
        if given.t >= due:
            due += 1.0
            views.append(ride.view())
    return views


def test_no_alert_is_shown_in_a_rest_nor_once_one_has_likely_begun() -> None:
    views = _not_back()
    shown = [x for x in views if x.alert is not None]
    assert shown
    assert all(x.interval is not None for x in shown)
    (end_s,) = {x.end_s for x in views[-1].intervals if x.number == 2}
    assert end_s is not None
    assert shown[-1].t - end_s < 7.0


def test_a_leg_that_is_down_at_the_end_of_its_interval_is_named_in_the_rest() -> None:
    views = _not_back()
    named = [x for x in views if x.not_back is not None]
    assert named
    assert {x.not_back for x in named} == {"left"}
    assert {x.interval for x in named} == {None}
    assert {x.intervals[-1].number for x in named} == {2}
