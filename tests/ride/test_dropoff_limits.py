"""The drop-off alert's limits to the second, on a rider whose noise is known and who shows none of it."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import pytest

from legbal.meters.profile import UNLISTED
from legbal.ride.baseline import Noise, unknown_rider
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.events import Alert, Clear, Event, MeterChange
from legbal.ride.inputs import Sensitivity, Setup, WeakLeg
from legbal.ride.moment import Moment
from legbal.ride.revolution import Revolution, SecondBins
from legbal.ride.usual import UsualBalance
from tests.ride.pedalling import METER

FTP = 240.0
USUAL = 48.0
FROM = 105  # of the groups of four seconds that are weighed, one begins here


def watch(
    weak: WeakLeg = "left",
    *,
    variance: float = 4.0,
    sensitivity: Sensitivity = "normal",
    rezeroes: bool = False,
) -> DropOff:
    """For a rider of whom much is known: white noise of this variance, and a level that hardly moves."""
    baseline = msgspec.structs.replace(
        unknown_rider(FTP),
        rides=3,
        left_percent=(USUAL,) * 17,
        noise=Noise(variance, (0.0,) * 4, 8000),
        offset_sd=0.1,
        slope_sd=0.0,
        cadence_sd=0.0,
        recent_sd=(0.0, 0.0),
    )
    setup = Setup(
        ftp_w=FTP,
        baseline=baseline,
        weak_leg=weak,
        sensitivity=sensitivity,
        profile=msgspec.structs.replace(UNLISTED, rezeroes=rezeroes),
    )
    return DropOff(setup, UsualBalance(setup))


def steady(i: int) -> float:
    """As usual, and never twice the same."""
    return USUAL + (0.1 if i % 2 else -0.1)


def down(points: float, since: int = FROM, until: int = 10_000) -> Callable[[int], float]:
    return lambda i: steady(i) - (points if since <= i < until else 0)


def gradual(points: float, since: int = FROM) -> Callable[[int], float]:
    """A drop that comes over some seconds, as they do."""
    return lambda i: (
        steady(i) - (points * (1 - math.exp(-4 * ((i - since) // 4 + 1) / 5)) if i >= since else 0)
    )


class Ridden:
    """Rides once a second, with the phase after each."""

    def __init__(self, dropoff: DropOff) -> None:
        self.dropoff, self.now, self.ended = dropoff, 0, -1.0
        self._bins = SecondBins()
        self.events, self.phases, self.evidence = list[Event](), list[str](), list[float]()

    def to(
        self,
        second: int,
        left: Callable[[int], float | None] = steady,
        watts: float = FTP,
        *,
        work: bool = True,
    ) -> Ridden:
        for i in range(self.now, second):
            share = left(i)
            turned = Revolution(float(i), 0.7, watts * 0.7, watts, share, 0, "crank") if watts else None
            closed = self._bins.feed(float(i), watts, turned)
            moment = Moment(float(i), watts, turned, work, METER, ended=self.ended, second=closed)
            self.events += self.dropoff.feed(moment)
            self.phases.append(self.dropoff.phase)
            self.evidence.append(self.dropoff.evidence)
        self.now = second
        return self

    @property
    def alerts(self) -> list[Alert]:
        return [event for event in self.events if isinstance(event, Alert)]

    @property
    def clears(self) -> list[Clear]:
        return [event for event in self.events if isinstance(event, Clear)]


@pytest.mark.parametrize(("sensitivity", "bar"), [("calm", 4.2), ("normal", 3.9), ("eager", 3.6)])
@pytest.mark.parametrize("points", [2.5, 2.7, 3.0])
def test_how_sure_an_alert_is_grows_with_what_stands_out_beyond_its_bar(
    points: float, sensitivity: Sensitivity, bar: float
) -> None:
    (alert,) = Ridden(watch(sensitivity=sensitivity)).to(300, down(points)).alerts
    rise = [1 - math.exp(-4 * (k + 1) / 5) for k in range(alert.revolutions // 4)]
    stands_out = points * sum(rise) / math.sqrt(sum(h * h for h in rise))  # a group's variance is 1
    bar_of_age = math.sqrt(bar**2 - math.log(alert.revolutions / 10)) * (1 + 300 / 9500)
    odds = 0.5 + 1.8 * (bar - 3.9) + 1.7 * (stands_out - bar_of_age)
    assert alert.sure == pytest.approx(1 / (1 + math.exp(-odds)), abs=0.045)


def test_no_alert_is_surer_than_99_percent() -> None:
    """What began in an effort stands out far by the time that the interval is told."""
    (alert,) = Ridden(watch()).to(FROM + 100, down(6.0), work=False).to(FROM + 120, down(6.0)).alerts
    assert alert.sure == 0.99


@pytest.mark.parametrize(("points", "told"), [(2.5, True), (1.8, False)])
def test_a_drop_of_less_than_two_and_a_quarter_points_is_none(points: float, told: bool) -> None:
    ridden = Ridden(watch(variance=2.0)).to(FROM + 200, gradual(points))
    assert max(ridden.evidence[FROM + 30 :]) == (1.0 if told else 0.9)
    assert bool(ridden.alerts) is told


def _least_told(weak: WeakLeg, sign: float) -> float:
    """The smallest drop of 20 s that is told."""
    low, high = 2.25, 6.0
    for _ in range(7):
        points = (low + high) / 2
        told = Ridden(watch(weak, variance=9.0)).to(FROM + 28, down(sign * points, until=FROM + 20)).alerts
        low, high = (low, points) if told else (points, high)
    return high


def test_the_leg_that_is_usually_stronger_must_stand_out_by_a_fifth_of_a_deviation_more() -> None:
    """Of about 4.2; as much as the other where its rider says that it is the weak one."""
    weak, strong = _least_told("unknown", 1.0), _least_told("unknown", -1.0)
    assert strong / weak == pytest.approx(1 + 0.2 / 4.2, abs=0.02)
    assert _least_told("right", -1.0) == pytest.approx(weak, abs=0.05)


def test_what_hardly_stands_out_is_suspected_for_eight_seconds_and_what_does_by_far_is_told_at_once() -> None:
    ridden = Ridden(watch(variance=9.0)).to(FROM + 60, down(2.9))
    (alert,) = ridden.alerts
    first = ridden.phases.index("suspecting")
    assert (alert.t - first, set(ridden.evidence[first : first + 4])) == (4, {0.99})
    at_once = Ridden(watch(variance=2.0)).to(FROM + 12, down(5.0)).phases
    assert (at_once[-1], "suspecting" in at_once) == ("alerting", False)


@pytest.mark.parametrize(("rezeroes", "seconds", "meter"), [
    (False, 16, True), (False, 15, False), (True, 8, True), (True, 7, False),
])  # fmt: skip
def test_a_stop_that_may_be_the_meter_s_lasts_16_seconds_and_8_of_one_that_zeroes_itself(
    rezeroes: bool, seconds: int, meter: bool
) -> None:
    ridden = Ridden(watch(rezeroes=rezeroes)).to(FROM).to(FROM + seconds, watts=0.0)
    ridden.to(FROM + seconds + 60, down(5.0))
    assert [type(event) for event in ridden.events] == [MeterChange if meter else Alert]


@pytest.mark.parametrize(("after_s", "meter"), [(8, True), (9, False)])
def test_a_step_up_to_eight_seconds_after_a_stop_is_the_meter_s(after_s: int, meter: bool) -> None:
    """The first share after the stop, but for the two seconds after any coast, comes so late."""
    end = FROM + 20
    ridden = Ridden(watch()).to(FROM).to(end, watts=0.0).to(end + after_s - 2, lambda _: None)
    ridden.to(end + 80, down(5.0))
    assert [type(event) for event in ridden.events] == [MeterChange if meter else Alert]


@pytest.mark.parametrize(("before_s", "meter"), [(4, True), (5, False)])
def test_a_step_up_to_four_seconds_before_a_stop_is_the_meter_s(before_s: int, meter: bool) -> None:
    """It shows in four seconds before the stop, and after it."""
    stop = FROM + before_s
    ridden = Ridden(watch()).to(FROM).to(FROM + 4, gradual(5.0)).to(stop, lambda _: None)
    ridden.to(stop + 20, watts=0.0).to(stop + 100, down(5.0))
    assert [type(event) for event in ridden.events] == [MeterChange if meter else Alert]


@pytest.mark.parametrize(("percent", "turns"), [(50.0, 20), (49.0, 40), (6.0, 40)])
def test_one_and_the_same_share_is_no_measurement_after_40_turns_and_after_20_at_50(
    percent: float, turns: int
) -> None:
    ridden = Ridden(watch("right")).to(FROM).to(FROM + turns - 1, lambda _: percent)
    assert ridden.dropoff.phase != "frozen"
    assert ridden.to(FROM + turns, lambda _: percent).dropoff.phase == "frozen"
    assert [type(event) for event in ridden.events if not isinstance(event, Alert | Clear)] == [MeterChange]


@pytest.mark.parametrize("percent", [0.0, 5.0, 95.0, 100.0])
def test_a_drill_with_one_leg_is_no_meter_that_stands_still(percent: float) -> None:
    assert "frozen" not in Ridden(watch()).to(FROM).to(FROM + 60, lambda _: percent).phases


@pytest.mark.parametrize(("same", "later_s"), [(4, 0), (5, 4)])
def test_with_five_times_the_same_share_judging_waits(same: int, later_s: int) -> None:
    """The drop would be told with the twelfth second."""

    def left(i: int) -> float:
        return USUAL - 5.0 if FROM + 12 - same <= i < FROM + 12 else down(5.0)(i) + 0.3

    (alert,) = Ridden(watch()).to(FROM + 40, left).alerts
    assert alert.t == FROM + 11 + later_s


@pytest.mark.parametrize(("rest_s", "phase"), [(300, "rechecking"), (301, "idle")])
def test_after_more_than_five_minutes_of_rest_the_next_interval_starts_from_nothing(
    rest_s: int, phase: str
) -> None:
    ridden = Ridden(watch()).to(FROM + 60, down(5.0))
    last = ridden.now - 1
    ridden.to(last + rest_s + 1, watts=100.0, work=False)
    assert ridden.dropoff.usual.worked_t == last
    assert ridden.dropoff.phase == phase
    assert (ridden.dropoff.usual.drop_points is None) is (phase == "idle")


@pytest.mark.parametrize(("work_s", "spans"), [(44, True), (45, False)])
def test_an_alert_spans_the_rest_after_work_of_less_than_45_seconds(work_s: int, spans: bool) -> None:
    begin = FROM + 12 + 1 - work_s  # the alert is told with its last second but one
    ridden = Ridden(watch()).to(begin, work=False).to(FROM + 12 + 1, down(5.0))
    assert ridden.phases[-1] == "alerting"
    ridden.to(ridden.now + 20, down(5.0), watts=100.0, work=False)
    assert (ridden.clears == []) is spans


@pytest.mark.parametrize("ended_before_s", [0, 10])
def test_an_alert_spans_45_seconds_of_rest_from_when_it_was_told_and_ends_with_its_interval(
    ended_before_s: int,
) -> None:
    ridden = Ridden(watch()).to(FROM - 20, work=False).to(FROM + 20, down(5.0))
    told = ridden.now
    ridden.ended = float(told - ended_before_s)
    ridden.to(told + 46, watts=100.0, work=False)
    assert ridden.clears == []
    ridden.to(told + 47, watts=100.0, work=False)
    assert ridden.clears == [Clear(told + 46.0, "dropoff", "left", "rest", told - ended_before_s)]
    nothing = ridden.dropoff.usual.detector.likeliest(-1.0, 0.0)
    assert nothing == (None, 0.0), "what the leg did since then counts no more"


@pytest.mark.parametrize(("ended", "at"), [(-1.0, FROM + 60.0), (0.0, 0.0), (0.5, 0.5)])
def test_an_alert_ends_where_rest_is_told_while_no_end_of_an_interval_is_known(
    ended: float, at: float
) -> None:
    ridden = Ridden(watch()).to(FROM + 60, down(5.0))
    ridden.ended = ended
    ridden.to(FROM + 61, watts=100.0, work=False)
    assert ridden.clears == [Clear(FROM + 60.0, "dropoff", "left", "rest", at)]


def _rested(left: Callable[[int], float], variance: float) -> Ridden:
    """A drop, its interval's end, half a minute of rest, and the next interval."""
    ridden = Ridden(watch(variance=variance)).to(FROM + 60, down(5.0))
    return ridden.to(FROM + 90, watts=100.0, work=False).to(FROM + 200, left)


def test_in_the_next_interval_a_leg_that_is_down_is_told_after_eight_seconds_of_work() -> None:
    """After the five that any effort begins with."""
    again = _rested(down(5.0), 2.0).alerts[-1]
    assert (again.t, again.since, again.revolutions) == (FROM + 90 + 5 + 8 - 1, FROM + 90, 5 + 8)


@pytest.mark.parametrize(("variance", "seconds"), [(3.0, 40), (2.0, 60)])
def test_in_the_next_interval_a_leg_is_checked_until_it_is_clearly_back_or_for_a_minute_of_work(
    variance: float, seconds: int
) -> None:
    """The less a rider's share scatters, the less each second counts that lies far from where it was."""
    ridden = _rested(steady, variance)
    assert len(ridden.alerts) == 1
    assert ridden.phases.index("watching", FROM + 90) == FROM + 90 + 5 + seconds - 1


def test_while_a_leg_is_checked_again_the_evidence_lies_between_nothing_and_almost_all() -> None:
    checked = _rested(steady, 2.0)
    evidence = [x for x, phase in zip(checked.evidence, checked.phases, strict=True) if phase == "rechecking"]
    assert (min(evidence), max(evidence) <= 0.99) == (0.0, True)


@pytest.mark.parametrize(("same", "later_s"), [(4, 0), (5, 4)])
def test_a_leg_is_back_ten_seconds_after_its_alert_at_the_earliest_and_not_by_a_share_that_stands(
    same: int, later_s: int
) -> None:
    """Seconds are weighed four together: so after twelve."""
    ridden = Ridden(watch(variance=2.0)).to(FROM + 12, down(5.0)).to(FROM + 24 - same)
    ridden.to(FROM + 24, lambda _: USUAL).to(FROM + 60)
    (alert,), (clear,) = ridden.alerts, ridden.clears
    assert (clear.reason, clear.t - alert.t) == ("back", 12 + later_s)


@pytest.mark.parametrize(("same", "later_s"), [(4, 0), (5, 4)])
def test_one_and_the_same_share_says_not_that_a_leg_is_still_down(same: int, later_s: int) -> None:
    due = FROM + 90 + 5 + 8
    left = down(5.0)
    again = _rested(lambda i: USUAL - 5.0 if due - same <= i < due else left(i), 2.0).alerts[-1]
    assert again.t == due - 1 + later_s


@pytest.mark.parametrize("points", [3.0, 4.0])
def test_of_two_legs_that_stand_out_the_one_that_does_more_is_told(points: float) -> None:
    """First the right leg was down, then the left; nothing was judged while one and the same share stood."""
    low, back = USUAL - points, FROM + 28
    ridden = Ridden(watch("unknown", variance=9.0)).to(FROM).to(back, lambda _: USUAL + 6.0)
    ridden.to(back + 5, lambda _: low, watts=70.0).to(back + 16, lambda _: low).to(back + 17, down(points))
    assert [(alert.t, alert.side) for alert in ridden.alerts] == [(back + 16, "right")]


@pytest.mark.parametrize(("age", "pattern"), [(149, "drop"), (150, "fade")])
def test_what_began_two_and_a_half_minutes_ago_is_a_fade(age: int, pattern: str) -> None:
    """It began in an effort and is told with the interval; after its first seconds there was no share for a while."""
    since, some = 129, age % 4
    left = down(5.0, since)
    ridden = Ridden(watch()).to(since).to(since + some, left, work=False)
    ridden.to(since + some + 4, lambda _: None, work=False)
    ridden.to(since + age, left, work=False).to(since + age + 4, left)
    (alert,) = ridden.alerts
    assert (alert.since, alert.revolutions, alert.pattern) == (since, age, pattern)
