"""What each source says of FTP and how much it weighs, from which block on, and where a statement is given up."""

from __future__ import annotations

from math import exp, log

import pytest

from legbal.meters.limits import Remark
from legbal.ride.ftp import BLOCK_S, FtpContribution, FtpEstimate, estimate_from_power, from_rides


def ridden(estimate: FtpEstimate, *stretches: tuple[int, float]) -> FtpEstimate:
    """Feeds stretches of (blocks, watts)."""
    for blocks, watts in stretches:
        for _ in range(blocks):
            estimate.block(watts, watts)
    return estimate


def weighed(*sources: tuple[float, float]) -> float:
    """The mean of watts, each with the standard deviation of its logarithm."""
    weights = [sd**-2 for _, sd in sources]
    return exp(sum(w * log(watts) for w, (watts, _) in zip(weights, sources, strict=True)) / sum(weights))


TYPICAL, STATED, EARLIER = (210.0, 0.35), (250.0, 0.065), (250.0, 0.10)


def test_a_block_is_ten_seconds() -> None:
    assert BLOCK_S == 10.0


@pytest.mark.parametrize(
    ("stated", "earlier", "ftp_w", "estimated", "guessed"),
    [
        (None, None, 210.0, True, True),
        (None, 260.0, 260.0, True, False),
        (0.0, 260.0, 260.0, True, True),
        (250.0, None, 250.0, False, False),
        (250.0, 300.0, 250.0, False, False),
    ],
)
def test_before_a_ride_what_is_known_holds(
    stated: float | None, earlier: float | None, ftp_w: float, estimated: bool, guessed: bool
) -> None:
    estimate = FtpEstimate(stated, earlier)
    assert (estimate.ftp_w, estimate.belief_w) == pytest.approx((ftp_w, ftp_w))
    assert (estimate.estimated, estimate.guessed, estimate.easy_w) == (estimated, guessed, None)


def test_the_easiest_quarter_is_told_after_a_minute_of_pedalling() -> None:
    short = ridden(FtpEstimate(250.0), (5, 130.0))
    assert short.easy_w is None
    assert short.belief_w == pytest.approx(250.0)
    estimate = ridden(FtpEstimate(250.0), (6, 130.0))
    assert estimate.easy_w == 130.0
    assert estimate.belief_w == pytest.approx(weighed(STATED, (130 / 0.66, 0.22)))


def test_it_is_the_lower_quartile_whatever_the_order() -> None:
    estimate = ridden(
        FtpEstimate(None), *((1, watts) for watts in (170.0, 120.0, 160.0, 110.0, 100.0, 150.0))
    )
    assert estimate.easy_w == 110.0
    ridden(estimate, (1, 130.0), (1, 140.0))
    assert estimate.easy_w == 120.0


def test_easy_is_at_most_seven_tenths_of_the_upper_quartile() -> None:
    estimate = ridden(FtpEstimate(None), *((1, 150.0 + 10 * i) for i in range(8)))
    assert estimate.easy_w == 170.0
    assert estimate.belief_w == pytest.approx(weighed(TYPICAL, (0.70 * 210 / 0.57, 0.22)))


@pytest.mark.parametrize("coasted", [None, 0.0])
def test_coasting_is_no_easy_pedalling(coasted: float | None) -> None:
    estimate = ridden(FtpEstimate(None), (5, 130.0))
    for _ in range(20):
        estimate.block(0.0, coasted)
    assert estimate.easy_w is None
    assert ridden(estimate, (1, 130.0)).easy_w == 130.0


@pytest.mark.parametrize(("prior", "known"), [(TYPICAL, None), (EARLIER, 250.0)])
def test_with_nothing_stated_the_easy_quarter_is_some_57_percent(
    prior: tuple[float, float], known: float | None
) -> None:
    # easy: 120 of a hardest quarter of 200 W; alike: an easy quarter would have been at 70 % of it
    for watts, easy in ((120.0, 120.0), (160.0, 0.70 * 200.0)):
        estimate = ridden(FtpEstimate(None, known), (5, watts), (5, 200.0))
        assert estimate.easy_w == watts
        assert estimate.belief_w == pytest.approx(weighed(prior, (easy / 0.57, 0.22)))


def test_the_best_twenty_minutes_count_after_half_an_hour() -> None:
    stated, alone = FtpEstimate(250.0), FtpEstimate(None)
    for estimate, prior, easy in ((stated, STATED, 150 / 0.66), (alone, TYPICAL, 0.70 * 200 / 0.57)):
        ridden(estimate, (60, 150.0), (120, 200.0))
        assert estimate.belief_w == pytest.approx(weighed(prior, (easy, 0.22)))
        assert estimate.contribution.easy_w is None
        ridden(estimate, (1, 200.0))
        best = 200 / 0.92 if estimate is stated else 200 / 0.86
        assert estimate.belief_w == pytest.approx(weighed(prior, (easy, 0.22), (best, 0.15)))
        assert estimate.contribution.easy_w == pytest.approx(140.0)
        assert estimate.contribution.held_w == pytest.approx(200 / 1.06)


@pytest.mark.parametrize(("best_w", "weighs"), [(214.0, False), (216.0, True)])
def test_an_easy_ride_takes_nothing_back_of_earlier_ones(best_w: float, weighs: bool) -> None:
    """Earlier ones spoke for 250 W, of which 86 % are 215."""
    estimate = ridden(FtpEstimate(None, 250.0), (61, 150.0), (120, best_w))
    sources = [EARLIER, (min(150.0, 0.70 * best_w) / 0.57, 0.22), (best_w / 0.86, 0.15)]
    assert estimate.belief_w == pytest.approx(weighed(*sources[: 3 if weighs else 2]))


@pytest.mark.parametrize(
    ("blocks", "most"), [(6, 1.90), (18, 1.45), (30, 1.28), (60, 1.15), (120, 1.06), (360, 1.00)]
)
def test_so_much_of_ftp_is_held_for_so_many_blocks_and_not_one_less(blocks: int, most: float) -> None:
    estimate = ridden(FtpEstimate(250.0), (blocks - 1, 300.0))
    assert estimate.contribution.held_w < 0.999 * 300 / most
    assert ridden(estimate, (1, 300.0)).contribution.held_w == pytest.approx(300 / most)


def test_an_hour_is_the_longest_that_is_looked_at() -> None:
    estimate = ridden(FtpEstimate(250.0), (1, 0.0), (360, 300.0), (400, 100.0))
    assert estimate.contribution.held_w == pytest.approx(300.0)


@pytest.mark.parametrize(("watts", "disproved"), [(218.3, False), (218.4, True)])
def test_a_stated_ftp_is_given_up_when_3_percent_more_was_proved(watts: float, disproved: bool) -> None:
    """200 W, of which 1.06 can be held for twenty minutes."""
    estimate = ridden(FtpEstimate(200.0), (30, 100.0), (120, watts))
    assert (estimate.estimated, estimate.guessed) == (disproved, disproved)
    assert (estimate.ftp_w == 200.0) is not disproved
    assert estimate.belief_w > watts / 1.06
    said = Remark("ftp.disproved", {"stated_w": 200.0, "ftp_w": 210.0})
    assert estimate.remark == (said if disproved else None)


def test_a_ride_whose_power_was_wrong_is_forgotten() -> None:
    estimate = ridden(FtpEstimate(200.0), (200, 300.0))
    assert estimate.ftp_w > 250
    estimate.forget()
    assert (estimate.ftp_w, estimate.belief_w) == pytest.approx((200.0, 200.0))
    assert not estimate.estimated
    assert (estimate.easy_w, estimate.contribution) == (None, FtpContribution(200.0, 0.0, None))
    ridden(estimate, (5, 300.0))
    assert (estimate.easy_w, estimate.contribution.held_w) == (None, 0.0)


def test_a_stop_ends_what_was_held_and_counts_as_time() -> None:
    estimate = ridden(FtpEstimate(250.0), (100, 150.0))
    estimate.stop(80)
    ridden(estimate, (1, 150.0))
    assert estimate.contribution.easy_w == pytest.approx(0.70 * 150.0)
    held = estimate.contribution.held_w
    ridden(estimate, (19, 300.0))
    stopped = FtpEstimate(250.0)
    stopped.stop(1000)
    assert ridden(stopped, (19, 300.0)).contribution.held_w == pytest.approx(300 / 1.45)
    assert held == pytest.approx(150 / 1.15)


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        (176.0, Remark("ftp.looks_high", {"stated_w": 200.0, "ftp_w": 175.0})),
        (178.0, None),
        (225.0, None),
        (227.0, Remark("ftp.looks_low", {"stated_w": 200.0, "ftp_w": 225.0})),
        (227.6, Remark("ftp.looks_low", {"stated_w": 200.0, "ftp_w": 230.0})),
    ],
)
def test_a_stated_ftp_looks_stale_when_it_is_13_percent_off(earlier: float, said: Remark | None) -> None:
    assert FtpEstimate(200.0, earlier).remark == said


def test_where_it_comes_from_is_said_to_five_watts() -> None:
    assert FtpEstimate(None).remark == Remark(
        "ftp.guessed", {"ftp_w": 210.0, "low_w": 105.0, "high_w": 415.0}
    )
    assert FtpEstimate(None, 262.4).remark == Remark(
        "ftp.estimated", {"ftp_w": 260.0, "low_w": 215.0, "high_w": 320.0}
    )
    guess = FtpEstimate(None, 262.6).remark
    assert guess is not None
    assert guess.values["ftp_w"] == 265.0


def test_what_a_head_unit_had_is_said_to_be_that_unless_rides_speak_against_it() -> None:
    assert FtpEstimate(250.0, is_recorded=True).remark == Remark("ftp.recorded", {"ftp_w": 250.0})
    assert FtpEstimate(250.0).remark is None
    stale = FtpEstimate(200.0, 260.0, is_recorded=True).remark
    assert stale is not None
    assert stale.code == "ftp.looks_low"


def test_a_guess_gets_surer_as_the_ride_goes_on_and_is_never_below_what_was_held() -> None:
    estimate = FtpEstimate(None)
    widths = []
    for _ in range(2):
        ridden(estimate, (100, 150.0))
        said = estimate.remark
        assert said is not None
        low_w, high_w = said.values["low_w"], said.values["high_w"]
        assert isinstance(low_w, float)
        assert isinstance(high_w, float)
        widths.append(high_w / low_w)
    assert widths[1] < 2 < widths[0]
    held = ridden(FtpEstimate(None), (30, 100.0), (360, 300.0)).remark
    assert held is not None
    assert held.values["low_w"] == 300


def shown(held_w: float, easy_w: float | None = 120.0, stated_w: float | None = None) -> FtpContribution:
    return FtpContribution(stated_w, held_w, easy_w)


def test_rides_speak_by_their_hardest_effort_and_by_what_is_easy_in_the_middle_one() -> None:
    rides = [shown(200.0, 110.0), shown(220.0, 130.0), shown(180.0, 150.0), shown(230.0, None)]
    expected = weighed(TYPICAL, (130 / 0.57, 0.22), (220 / 0.84, 0.12))
    assert estimate_from_power(rides) == pytest.approx(expected)
    assert from_rides(rides) == estimate_from_power(rides)
    # one of many may be wrong; below what was held by another it is never
    assert estimate_from_power([*rides, shown(400.0, None), shown(500.0, None)]) == 400.0


def test_of_five_rides_the_second_hardest_counts() -> None:
    four = [shown(200.0), shown(200.0), shown(200.0), shown(260.0)]
    assert estimate_from_power(four) == pytest.approx(
        weighed(TYPICAL, (120 / 0.57, 0.22), (260 / 0.84, 0.12))
    )
    five = [*four, shown(200.0)]
    assert estimate_from_power(five) == pytest.approx(
        weighed(TYPICAL, (120 / 0.57, 0.22), (200 / 0.84, 0.12))
    )


def test_rides_that_held_nothing_speak_by_what_was_easy() -> None:
    assert estimate_from_power([shown(0.0)]) == pytest.approx(weighed(TYPICAL, (120 / 0.57, 0.22)))


def test_so_many_rides_of_half_an_hour_there_must_be() -> None:
    two = [shown(200.0), shown(200.0), shown(200.0, None)]
    assert estimate_from_power(two, least=2) is not None
    assert estimate_from_power(two, least=3) is None
    assert estimate_from_power([]) is None


@pytest.mark.parametrize(("held_w", "speaks_for"), [(206.0, 200.0), (206.1, 206.1)])
def test_the_last_statement_holds_unless_3_percent_more_was_held(held_w: float, speaks_for: float) -> None:
    stated = [shown(150.0, None, watts) for watts in (190.0, 240.0, 200.0)]
    assert from_rides([*stated, shown(held_w, None)]) == speaks_for


@pytest.mark.parametrize(("watts", "ftp_w"), [(1e6, 600.0), (1e-6, 50.0)])
def test_no_ftp_is_below_50_or_above_600_watts(watts: float, ftp_w: float) -> None:
    assert ridden(FtpEstimate(None), (200, watts)).ftp_w == pytest.approx(ftp_w)
    assert estimate_from_power([shown(0.0, watts)]) == ftp_w
