"""FTP: stated, from earlier rides, or from this one."""

from __future__ import annotations

import pytest

from legbal.present.remarks import remark
from legbal.ride.ftp import FtpContribution, FtpEstimate, estimate_from_power, from_rides
from legbal.ride.inputs import Setup
from legbal.ride.power_ride import ftp_of
from legbal.ride.ride import fold
from tests.ride.folding import pedalled


def blocks(estimate: FtpEstimate, *stretches: tuple[float, float]) -> FtpEstimate:
    """Feeds stretches of (minutes, watts)."""
    for minutes, watts in stretches:
        for _ in range(round(6 * minutes)):
            estimate.block(watts, watts or None)
    return estimate


def test_a_stated_ftp_is_the_one_in_use() -> None:
    estimate = blocks(FtpEstimate(250.0), (20, 150), (20, 240), (20, 140))
    assert (estimate.ftp_w, estimate.estimated) == (250.0, False)


def test_power_held_for_long_disproves_a_stated_ftp() -> None:
    estimate = blocks(FtpEstimate(200.0), (10, 120), (20, 260))
    assert estimate.estimated
    assert estimate.ftp_w == pytest.approx(260 / 1.06, rel=0.01)


def test_an_easy_ride_does_not_disprove_a_stated_ftp() -> None:
    estimate = blocks(FtpEstimate(300.0), (90, 140))
    assert (estimate.ftp_w, estimate.estimated) == (300.0, False)
    assert 200 < estimate.belief_w < 300


@pytest.mark.parametrize("ftp", [120.0, 200.0, 280.0, 380.0])
def test_with_nothing_stated_the_ride_leads_to_the_ftp(ftp: float) -> None:
    estimate = blocks(FtpEstimate(None), (15, 0.6 * ftp), *[(8, ftp), (4, 0.55 * ftp)] * 4, (10, 0.5 * ftp))
    assert estimate.estimated
    assert estimate.ftp_w == pytest.approx(ftp, rel=0.2)


def test_earlier_rides_weigh_more_than_the_typical_rider() -> None:
    today = ((20, 180.0),)
    assert blocks(FtpEstimate(None, 350.0), *today).ftp_w > blocks(FtpEstimate(None), *today).ftp_w + 50


def test_power_with_stops_between_is_not_held() -> None:
    assert blocks(FtpEstimate(200.0), (20, 300)).estimated
    assert not blocks(FtpEstimate(200.0), *[(2, 300), (1, 0)] * 7).estimated


def test_one_sprint_says_little() -> None:
    estimate = blocks(FtpEstimate(250.0), (10, 150), (0.5, 700), (10, 150))
    assert not estimate.estimated


def test_no_pedalling_leaves_the_estimate_alone() -> None:
    estimate = FtpEstimate(None)
    before = estimate.ftp_w
    assert blocks(estimate, (30, 0)).ftp_w == before
    assert estimate.easy_w is None


FTP = 260.0
HARD = ((10, 0.55 * FTP), *[(8, FTP), (4, 0.55 * FTP)] * 4, (10, 0.5 * FTP))
VO2 = ((15, 0.58 * FTP), *[(4, 1.15 * FTP), (4, 0.5 * FTP)] * 5, (10, 0.5 * FTP))
TEMPO = ((10, 0.55 * FTP), *[(15, 0.82 * FTP), (4, 0.55 * FTP)] * 3, (8, 0.5 * FTP))
EASY = ((5, 0.5 * FTP), (90, 0.65 * FTP))


def shown(*stretches: tuple[float, float], stated: float | None = None) -> FtpContribution:
    return blocks(FtpEstimate(stated), *stretches).contribution


@pytest.mark.parametrize("rides", [(HARD, EASY), (VO2, TEMPO), (TEMPO, EASY, HARD, EASY, EASY, VO2)])
def test_rides_together_speak_for_the_ftp(rides: tuple[tuple[tuple[float, float], ...], ...]) -> None:
    assert from_rides([shown(*ride) for ride in rides]) == pytest.approx(FTP, rel=0.08)


def test_easy_rides_take_little_from_a_hard_one() -> None:
    alone = estimate_from_power([shown(*HARD)])
    among = estimate_from_power([shown(*HARD), shown(*EASY), shown(*EASY), shown(*EASY)])
    assert alone is not None
    assert among is not None
    assert among >= 0.95 * alone


@pytest.mark.parametrize(
    ("minutes", "most"), [(1, 1.90), (3, 1.45), (5, 1.28), (10, 1.15), (20, 1.06), (60, 1.00)]
)
def test_so_much_of_ftp_is_held_so_long(minutes: float, most: float) -> None:
    begin, short = (20.0, 60.0), minutes - 1 / 6
    assert shown(begin, (minutes, 300.0)).held_w == pytest.approx(300 / most, rel=0.02)
    assert shown(begin, (short, 300.0)).held_w < 0.999 * 300 / most


def test_the_estimate_is_never_below_what_was_held() -> None:
    all_out = shown((30, 150), (20, 300))
    assert (estimate_from_power([all_out, shown(*EASY)]) or 0) >= 300 / 1.06


def test_of_many_rides_one_may_be_of_a_meter_gone_wrong() -> None:
    rides = [shown(*ride) for ride in (HARD, TEMPO, VO2, EASY)]
    wrong = shown(*[(minutes, 2 * watts) for minutes, watts in HARD])
    assert estimate_from_power([*rides, wrong]) == pytest.approx(FTP, rel=0.1)


@pytest.mark.parametrize("watts", [1.0, 3000.0])
def test_of_power_that_is_nobodys_comes_an_ftp_that_could_be_stated(watts: float) -> None:
    for stated in (None, 250.0):
        estimate = blocks(FtpEstimate(stated), (60, watts))
        assert 50.0 <= estimate.ftp_w <= 600.0
        assert 50.0 <= estimate.belief_w <= 600.0
        earlier = from_rides([estimate.contribution, shown((10, watts), stated=stated)])
        assert earlier is not None
        assert 50.0 <= earlier <= 600.0


def test_short_rides_say_nothing_by_themselves() -> None:
    short = shown((10, 150), (10, 250))
    assert short.easy_w is None
    assert from_rides([short, short]) is None
    assert estimate_from_power([short, shown(*HARD)], least=2) is None
    assert from_rides([]) is None


def test_what_was_stated_in_earlier_rides_counts_unless_more_was_held() -> None:
    assert from_rides([shown(*EASY, stated=FTP), shown(*HARD)]) == FTP
    assert from_rides([shown(*HARD, stated=200.0)]) == pytest.approx(FTP, rel=0.1)
    assert from_rides([shown((25, 300), stated=200.0)]) == pytest.approx(300 / 1.06)


def test_an_easy_ride_takes_little_back_of_what_earlier_ones_showed() -> None:
    assert blocks(FtpEstimate(None, FTP), *EASY).ftp_w > 0.94 * FTP


@pytest.mark.parametrize("level", [0.75, 0.85, 0.95])
def test_a_steady_ride_is_not_taken_for_an_easy_one(level: float) -> None:
    known, unknown = FtpEstimate(None, FTP), FtpEstimate(None)
    for _ in range(15):
        for estimate in (known, unknown):
            blocks(estimate, (5, level * FTP))
        assert known.ftp_w < 1.08 * FTP
        assert unknown.ftp_w < 1.16 * FTP


@pytest.mark.parametrize(
    ("stated", "earlier", "today", "said"),
    [
        (None, None, (), "No FTP is stated: about 210 W (105 to 415 W) is guessed from this ride."),
        (None, 260.0, (), "No FTP is stated: about 260 W (215 to 315 W) is estimated from your rides."),
        (260.0, None, HARD, None),
        (260.0, 280.0, HARD, None),
        (220.0, 260.0, EASY, "An FTP of 220 W looks too low: earlier rides point to about 260 W."),
        (
            310.0,
            260.0,
            HARD,
            "An FTP of 310 W looks too high: earlier rides point to about 260 W, unless all were easy.",
        ),
        (200.0, None, HARD, "An FTP of 200 W is too low for what was held in this ride:"),
    ],
)
def test_an_ftp_that_is_missing_or_stale_is_said(
    stated: float | None, earlier: float | None, today: tuple[tuple[float, float], ...], said: str | None
) -> None:
    told = blocks(FtpEstimate(stated, earlier), *today).remark
    assert told is None if said is None else told is not None and remark(told).startswith(said)


def test_earlier_rides_do_not_move_a_stated_ftp() -> None:
    alone, with_history = blocks(FtpEstimate(FTP), *HARD), blocks(FtpEstimate(FTP, 200.0), *HARD)
    assert (alone.ftp_w, alone.belief_w) == (with_history.ftp_w, with_history.belief_w)


@pytest.mark.parametrize("stated_w", [None, 150.0])
def test_power_alone_speaks_for_the_ftp_of_the_fold(stated_w: float | None) -> None:
    """Of two minutes; of long rides on all kinds of meters: test_power_ride.py."""
    setup, inputs = Setup(ftp_w=stated_w), pedalled(150, power=230)
    assert ftp_of(setup, inputs) == fold(setup, inputs)[1].ftp_w
