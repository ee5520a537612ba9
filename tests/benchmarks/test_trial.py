"""How a trial is scored and summed up: by hand-made days, and on the curve's own arithmetic."""

from __future__ import annotations

import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import msgspec
import pytest

from legbal.ride.events import Alert, Clear
from legbal.ride.inputs import Side
from legbal.sources.simulator.rider import Drop
from tests.benchmarks.curve_figures import Curve, Figure, curve
from tests.benchmarks.operating_curve import accepted, bars, table, unsure, unworthy, worse, written
from tests.benchmarks.trial import Day, Scored, Told, answers, held, told, trial

DROP = Drop(start=100.0, end=200.0, back=200.0, points=5.0, side="left", interval=1)
INTERVAL_END = 300.0
NOTHING = Day((), ())


def alert(t: float, side: Side = "left") -> Alert:
    return Alert(t, "dropoff", side, 5.0, 43.0, 48.0, t - 20.0, 30, 0.8)


def day(alerts: tuple[float, ...], clears: tuple[float, ...] = ()) -> Day:
    return Day(tuple(alert(t) for t in alerts), tuple(Clear(t, "dropoff", "left") for t in clears))


def of(of_day: Day, usual: Day = NOTHING) -> Told:
    return told(DROP, False, INTERVAL_END, of_day, usual)


def test_a_drop_is_found_by_the_first_alert_from_its_onset_to_just_after_its_end() -> None:
    assert of(day((130.0,))).delay_s == 30.0
    assert of(day((204.0,))).delay_s == 104.0
    assert of(day((90.0, 206.0))).delay_s == math.inf


def test_an_alert_that_the_day_without_the_drop_gives_too_does_not_count() -> None:
    assert answers(DROP, day((130.0,)), day((132.0,))) == []
    (answer,) = answers(DROP, day((130.0,)), day((134.0,)))
    assert answer.t == 130.0


def test_an_alert_for_the_other_leg_does_not_count() -> None:
    assert answers(DROP, Day((alert(130.0, "right"),), ()), NOTHING) == []


def test_an_alert_that_holds_at_the_onset_leaves_nothing_to_tell() -> None:
    assert held(DROP, day((80.0,)))
    assert held(DROP, day((80.0,), (110.0,)))
    assert not held(DROP, day((80.0,), (95.0,)))


def test_clearing_is_early_while_the_leg_is_down_and_timed_once_it_is_back() -> None:
    early = of(day((130.0, 170.0), (150.0, 210.0)))
    assert (early.cleared_early, early.alerts, early.cleared_s) == (True, 2, None)
    assert of(day((130.0,), (212.0,))).cleared_s == 12.0
    assert of(day((130.0,))).cleared_s == math.inf
    assert told(DROP, False, DROP.end, day((130.0,), (212.0,)), NOTHING).cleared_s is None


def rider(alerts: int, *delays: float, effort_s: float = 1800.0, sure: float = 0.8) -> dict[str, Scored]:
    drops = tuple(
        Told(5.0, False, delay, int(delay < math.inf), False, None, sure if delay < math.inf else None)
        for delay in delays
    )
    return {
        "normal": Scored(3600.0, effort_s, alerts, (sure,) * alerts, 2 * alerts, alerts, 0, 0, drops, None)
    }


def figures(riders: list[dict[str, Scored]]) -> dict[str, Figure]:
    return curve(0, riders, {"normal": 4.0}).at["normal"].figures


def test_figures_are_those_of_all_riders_and_lie_in_their_intervals() -> None:
    found = figures([rider(2, 10.0, 20.0), rider(0, 30.0, math.inf), rider(1, 40.0)])
    assert found["alerts per hour"].value == 2.0
    assert found["5 points: found"].value == 0.8
    assert found["5 points: median s"].value == 30.0
    assert found["5 points: p90 s"].value is None  # beyond any time
    assert found["5 points: mean s"].value == (10 + 20 + 30 + 120 + 40) / 5
    for name in ("alerts per hour", "5 points: found", "5 points: median s"):
        figure = found[name]
        assert figure.value is not None
        assert figure.low is not None
        assert figure.low <= figure.value
        assert figure.high is None or figure.high >= figure.value


def test_sureness_is_held_to_what_comes_true_at_one_drop_an_hour() -> None:
    """Half are found of the drops of 5 points, a third of all: as many an hour as a false alert every six hours."""

    def crowd(sure: float) -> list[dict[str, Scored]]:
        return [
            rider(1, 10.0, math.inf, effort_s=6 * 3600.0, sure=sure),
            rider(0, 20.0, math.inf, effort_s=0.0, sure=sure),
        ] * 40

    found = figures(crowd(0.8))
    assert found["sure: said"].value == pytest.approx(0.8)
    assert found["sure: too high by"].value == pytest.approx(0.8 - 0.5)
    assert unsure(curve(0, crowd(0.8), {"normal": 4.0})) == ["normal: alerts say 0.8, +0.30 too much"]
    assert unsure(curve(0, crowd(0.5), {"normal": 4.0})) == []


def test_more_riders_make_narrower_intervals() -> None:
    some = [rider(1, 10.0), rider(0, 30.0)]
    few, many = (figures(some * n)["alerts per hour"].error for n in (5, 80))
    assert few is not None
    assert many is not None
    assert many == pytest.approx(few / 4, rel=0.2)


def test_what_no_rider_met_has_no_figure() -> None:
    assert figures([rider(0)] * 3)["5 points: found"].value is None
    assert "– (–…–)" in table(curve(0, [rider(0)] * 3, {"normal": 4.0}))


def changed(of_curve: Curve, bar: str, what: str, by: float) -> Curve:
    at = of_curve.at[bar]
    old = at.figures[what]
    assert old.value is not None
    new = at.figures | {what: msgspec.structs.replace(old, value=old.value + by)}
    return msgspec.structs.replace(of_curve, at=of_curve.at | {bar: msgspec.structs.replace(at, figures=new)})


def test_a_run_is_worse_only_by_more_than_chance_and_only_in_the_worse_direction() -> None:
    kept = accepted()
    assert worse(kept, kept) == []
    for what, direction in (("alerts per hour", 1.0), ("3 points: found", -1.0), ("5 points: mean s", 1.0)):
        error = kept.at["normal"].figures[what].error
        assert error is not None
        assert worse(changed(kept, "normal", what, direction * 3 * error), kept) == []
        (line,) = worse(changed(kept, "normal", what, direction * 4 * error), kept)
        assert line.startswith(f"normal, {what}: ")
        assert worse(changed(kept, "normal", what, -direction * 9 * error), kept) == []


def test_the_accepted_curve_rests_on_two_hundred_hours_of_effort_at_the_five_bars() -> None:
    kept = accepted()
    assert kept.effort_hours >= 200
    assert kept.at.keys() == bars().keys()
    assert msgspec.json.decode(written(kept), type=Curve) == kept


def test_a_rider_scores_the_same_again_and_in_another_process() -> None:
    chosen = {"normal": bars()["normal"]}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        elsewhere = pool.submit(trial, 1, chosen)
        assert trial(1, chosen) == elsewhere.result()


def test_under_a_higher_bar_no_more_is_told() -> None:
    """Rider 2 meets two drops of each size and a fade."""
    scored = trial(2, {"low": 4.0, "high": 9.0})
    assert len(scored["low"].drops) == len(scored["high"].drops) == 6
    assert not any(drop.alerts for drop in scored["high"].drops)
    assert all(drop.alerts for drop in scored["low"].drops if drop.points == 5)
    assert (scored["low"].fade_found, scored["high"].fade_found) == (True, False)


def test_a_watch_that_seldom_leads_to_an_alert_or_comes_too_often_is_found() -> None:
    worthy = [rider(2, 10.0)] * 30
    assert figures(worthy)["watch: led to alert"].value == 0.5
    assert figures(worthy)["watch per hour"].value == 8.0
    assert unworthy(curve(0, worthy, {"normal": 4.0})) == []
    idle = [{"normal": msgspec.structs.replace(x["normal"], watched=40)} for x in worthy]
    seldom, often = unworthy(curve(0, idle, {"normal": 4.0}))
    assert seldom == "normal: 0.05 of what is worth watching leads to an alert"
    assert often == "normal: worth watching 80.0 times an hour, alerts 4.0"
