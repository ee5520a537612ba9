"""What a meter's answer says of its zero, and which zero is a jump."""

from __future__ import annotations

import pytest

from legbal.meters.zero_offset import LEAST_STEPS, ZeroOffset, ZeroStep, read_zero_offset, step_of

TORQUE, FORCE = bytes.fromhex("0b020900"), bytes.fromhex("0b020800")


@pytest.mark.parametrize(
    ("answer", "features", "zero"),
    [
        ("200c011200", TORQUE, ZeroOffset(18, "torque")),
        ("200c01f9ff", FORCE, ZeroOffset(-7, "force")),
        ("200c011200", None, ZeroOffset(18)),
        ("200c011200", b"\0", ZeroOffset(18)),  # features that cannot be read
        ("2010010500690002beef", FORCE, ZeroOffset(5, "force", 105, "beef")),
        ("200c0112004567", FORCE, ZeroOffset(18, "force", None, "4567")),
        ("200c01", FORCE, ZeroOffset(None, "force")),
        ("200c04", FORCE, None),
        ("201004ff69000101", FORCE, None),
        ("2005015901", FORCE, None),  # the crank length
        ("200c", FORCE, None),
        ("", FORCE, None),
    ],
)
def test_an_answer_is_a_zero_only_where_it_says_that_one_was_set(
    answer: str, features: bytes | None, zero: ZeroOffset | None
) -> None:
    assert read_zero_offset(bytes.fromhex(answer), features) == zero


def test_the_first_zero_has_no_step_and_the_next_none_that_is_judged() -> None:
    assert step_of(500, []) is None
    assert step_of(500, [10] * LEAST_STEPS) == ZeroStep(490)


def test_a_zero_that_never_moves_may_count_one_or_two_up() -> None:
    still = [10] * (LEAST_STEPS + 1)
    assert [step_of(raw, still) for raw in (11, 12, 13)] == [
        ZeroStep(1, 0.0, jump=False),
        ZeroStep(2, 0.0, jump=False),
        ZeroStep(3, 0.0, jump=True),
    ]


def test_a_jump_is_beyond_what_this_meter_does_and_not_what_another_does() -> None:
    calm, restless = [10, 11, 10, 12, 11, 10], [10, 60, 20, 90, 40, 10]
    calm_step, restless_step = step_of(50, calm), step_of(50, restless)
    assert calm_step is not None
    assert restless_step is not None
    assert (calm_step.jump, restless_step.jump) == (True, False)


def test_one_odd_zero_is_a_jump_once_and_the_way_back_is_none() -> None:
    raws = [10, 11, 10, 12, 11, 80, 11, 10]
    steps = [step_of(raw, raws[:at]) for at, raw in enumerate(raws)]
    assert [at for at, step in enumerate(steps) if step is not None and step.jump] == [5]


def test_a_zero_that_stays_elsewhere_is_told_once() -> None:
    raws = [10, 11, 10, 12, 11, 80, 81, 80, 82, 81]
    steps = [step_of(raw, raws[:at]) for at, raw in enumerate(raws)]
    assert [at for at, step in enumerate(steps) if step is not None and step.jump] == [5]


def test_a_slow_drift_with_the_seasons_is_no_jump() -> None:
    raws = list(range(0, 120, 3))
    assert not any(
        step is not None and step.jump for step in map(step_of, raws, [raws[:at] for at in range(40)])
    )
