"""A share, the legs' watts in it, what stands behind it, a difference of two; and the bounds of what is read back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from legbal.ride.share import (
    EMPTY,
    BandShare,
    Error,
    Estimate,
    Number,
    OfFtp,
    Percent,
    Points,
    Probability,
    Seconds,
    Share,
    Text,
    Usual,
    Watts,
    band_name,
)

_BOUNDS = [
    pytest.param(Percent, 0, 100, id="percent"),
    pytest.param(Watts, -40_000, 40_000, id="watts"),
    pytest.param(Seconds, 0, 10_000_000, id="seconds"),
    pytest.param(Points, -1_000_000, 1_000_000, id="points"),
    pytest.param(Error, 0, 1_000_000, id="error"),
    pytest.param(Probability, 0, 1, id="probability"),
    pytest.param(OfFtp, 0, 100, id="of FTP"),
    pytest.param(Number, 0, 1_000_000_000, id="number"),
]


@pytest.mark.parametrize(("kind", "low", "high"), _BOUNDS)
def test_what_is_read_back_may_be_at_its_bounds_and_not_beyond(kind: Any, low: float, high: float) -> None:
    for value in (low, high):
        assert msgspec.json.decode(str(value), type=kind) == value
    off: float = 1 if kind is Number else 0.001
    for value in (low - off, high + off):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(str(value), type=kind)


def test_a_text_that_is_read_back_has_400_characters_at_the_most() -> None:
    assert msgspec.json.decode(msgspec.json.encode("x" * 400), type=Text) == "x" * 400
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode("x" * 401), type=Text)


def test_nothing_ridden_is_a_share_of_nothing() -> None:
    assert (EMPTY.left_percent, EMPTY.standard_error, EMPTY.power_w) == (None, None, None)
    assert (EMPTY.seconds, EMPTY.revolutions) == (0.0, 0)
    assert (EMPTY.left_w, EMPTY.right_w) == (None, None)
    assert not EMPTY.rests_on(1)


@pytest.mark.parametrize(
    ("left_percent", "power_w", "left_w", "right_w"),
    [
        (48.0, 250.0, 120.0, 130.0),
        (0.0, 200.0, 0.0, 200.0),
        (100.0, 200.0, 200.0, 0.0),
        (48.0, 0.0, 0.0, 0.0),
        (48.0, None, None, None),
        (None, 200.0, None, None),
    ],
)
def test_each_leg_has_its_part_of_the_power(
    left_percent: float | None, power_w: float | None, left_w: float | None, right_w: float | None
) -> None:
    share = Share(left_percent, power_w=power_w)
    assert (share.left_w, share.right_w) == (left_w, right_w)


@pytest.mark.parametrize(
    ("revolutions", "seconds", "rests"),
    [
        (14, 10.0, False),
        (15, 10.0, True),
        (1, 19.99, False),  # a slow turn takes a second and a third: fifteen of them, twenty seconds
        (1, 20.01, True),
        (None, 3600.0, False),
    ],
)
def test_a_share_rests_on_fifteen_turns_or_on_the_time_of_fifteen_slow_ones(
    revolutions: int | None, seconds: float, rests: bool
) -> None:
    assert Share(48.0, 0.5, seconds, revolutions).rests_on() is rests


def test_a_share_can_be_asked_for_other_numbers_of_turns() -> None:
    share = Share(48.0, 0.5, 5.0, 8)
    assert share.rests_on(8)
    assert not share.rests_on(9)


def test_what_is_usual_is_a_share_of_which_nobody_counted_the_turns() -> None:
    assert Usual(48.0, 0.6, 46.0, 50.0, 3).share == Share(48.0, 0.6, 0.0, None, None)


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        (0.0, 0.55, "<55 %"),
        (0.55, 0.75, "55–75 %"),
        (1.05, 1.20, "105–120 %"),
        (1.20, None, ">120 %"),
        (0.5, 2.0, "50–200 %"),
        (2.0, None, ">200 %"),
        (0.0, 2.0, "<200 %"),
    ],
)
def test_a_band_is_named_in_percent_of_ftp(low: float, high: float | None, name: str) -> None:
    assert band_name(low, high) == name
    band = BandShare(name, low, high, EMPTY)
    assert msgspec.json.decode(msgspec.json.encode(band), type=BandShare) == band


def test_an_interval_of_95_percent_reaches_1_96_standard_errors_to_either_side() -> None:
    drop = Estimate(-2.0, 0.5)
    assert (drop.low, drop.high) == pytest.approx((-2.98, -1.02))
    assert Estimate(-2.0, 0.5, quantile=3.0).low == pytest.approx(-3.5)
    assert Estimate(-2.0, 0.5, quantile=3.0).high == pytest.approx(-0.5)


@pytest.mark.parametrize(("value", "real"), [(0.97, False), (0.98, False), (0.99, True), (-0.99, True)])
def test_a_difference_is_real_when_its_interval_leaves_zero_out(value: float, real: bool) -> None:
    assert Estimate(value, 0.5).real is real


@pytest.mark.parametrize(
    ("value", "quantile", "certainty"),
    [
        (-1.0, 1.96, "clear"),
        (0.7, 1.96, "likely"),
        (0.6, 1.96, "unknown"),
        (1.2, 2.6, "likely"),
        (0.8, 2.6, "unknown"),
    ],
)
def test_an_estimate_is_clear_by_its_95_percent_interval_and_likely_by_that_of_80(
    value: float, quantile: float, certainty: str
) -> None:
    assert Estimate(value, 0.5, quantile=quantile).certainty == certainty
