"""What a rider does before the zero offset is set, by the meter's kind and by where it says that it sits."""

from __future__ import annotations

import pytest

from legbal.meters.limits import Remark, limits, zero_offset_steps
from legbal.meters.profile import Kind, Profile


@pytest.mark.parametrize(
    ("kind", "location", "place"),
    [
        ("measured", None, "pedals"),
        ("measured", b"", "pedals"),  # which cannot be read
        ("measured", b"\x07", "pedals"),
        ("measured", b"\x05", "cranks"),
        ("doubled", b"\x06", "cranks"),
        ("measured", b"\x0f", "spider"),
        ("estimated", None, "spider"),
        ("estimated", b"\x05", "spider"),
    ],
)
def test_the_place_decides_how_the_cranks_stand(kind: Kind, location: bytes | None, place: str) -> None:
    steps = zero_offset_steps(Profile(id="x", name="X", kind=kind), location)
    assert [step.code for step in steps] == ["zero.upright", f"zero.{place}", "zero.wait"]


def test_a_family_without_a_zero_offset_or_that_sets_it_itself_says_so() -> None:
    steps = zero_offset_steps(
        Profile(id="x", name="X", kind="measured", zero_offset="none", rezeroes=True), None
    )
    assert [step.code for step in steps[2:]] == ["zero.unsupported", "zero.rezeroes", "zero.wait"]
    assert steps[2].values == {"family": "X"}


def test_where_no_balance_comes_of_two_devices_the_other_one_is_missing() -> None:
    pair = Profile(id="x", name="X", kind="measured", peripherals=2)
    assert limits(pair, absent=True) == (Remark("limit.half_missing"),)
    one = Profile(id="x", name="X", kind="measured")
    assert limits(one, absent=True, stated=False) == (Remark("limit.no_balance_stated"),)


def test_a_meter_that_doubles_a_known_leg_says_which() -> None:
    left = Profile(id="x", name="X", kind="doubled", side="left")
    assert limits(left)[0] == Remark("limit.doubled_side", {"side": "left"})
    measured = Profile(id="x", name="X", kind="measured", side="left")
    assert limits(measured)[0] == Remark("limit.measured")
    with pytest.raises(AttributeError):
        setattr(limits(left)[0], "code", "limit.measured")  # noqa: B010 - what a type checker would refuse


def test_a_balance_that_arrives_unexpected_is_told_first() -> None:
    trainer = Profile(id="x", name="X", kind="total")
    told = limits(trainer, unexpected=True, reference="unknown")
    assert [remark.code for remark in told] == [
        "limit.unexpected",
        "limit.reference_unknown",
        "limit.same_meter",
    ]
    assert "limit.unexpected" not in [remark.code for remark in limits(trainer)]
