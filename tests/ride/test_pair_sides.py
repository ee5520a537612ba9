"""A pair packet by packet: who is missing and since when, what one side alone is worth, what both may be said to do."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest

from legbal.gatt.measurement import Measurement, encode
from legbal.meters.limits import Remark, limits
from legbal.ride.inputs import Link, Notification, Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.pair import Pair
from legbal.ride.revolution import Reading
from tests.ride.halves import SRM, TWO


@dataclass
class Paired:
    """A pair with its meters, fed as the fold does."""

    setup: Setup = TWO
    since: float = 0.0
    pair: Pair = field(init=False)
    meters: dict[str, Meter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pair = Pair(self.setup, self.since)

    def feed(self, t: float, name: str, m: Measurement) -> Reading:
        if name not in self.meters:
            self.meters[name] = Meter(name, self.setup)
            assert self.pair.takes(self.meters[name])
        meter = self.meters[name]
        return self.pair.feed(t, meter, meter.read(Notification(t, encode(m), meter=name)))

    def turned(
        self,
        t: float,
        side: Side,
        turns: int,
        power: int = 100,
        *,
        event: int | None = None,
        octet: int | None = None,
    ) -> Reading:
        """A packet of a crank that has turned so many times, in a second each unless the event's time is given."""
        flags = 0x20 | (0 if octet is None else 0x03)
        at = turns * 1024 if event is None else event
        return self.feed(
            t,
            side,
            Measurement(
                flags, power, octet, crank_revolutions=turns & 0xFFFF, crank_event_time_raw=at & 0xFFFF
            ),
        )

    def both(
        self, seconds: range, left: int = 96, right: int = 104, octet: int | None = None
    ) -> list[Reading]:
        """Both once a second, the right one half a second later; what they settle."""
        return [
            reading
            for t in seconds
            for reading in (
                self.turned(t, "left", t, left, octet=octet),
                self.turned(t + 0.5, "right", t, right, event=t * 1024 + 512),
            )
        ]

    def alone(self) -> Side | None:
        return self.pair.one_sided

    @property
    def codes(self) -> list[str]:
        return [remark.code for remark in self.pair.limits()]


def test_both_legs_make_a_revolution_of_which_the_share_is_known() -> None:
    paired = Paired()
    told = [x.revolution for x in paired.both(range(4)) if x.revolution is not None]
    assert [(x.t, x.duration_s, x.work_j, x.power_w, x.left_percent) for x in told] == [
        (t + 0.5, 1.0, 200.0, 200.0, 48.0) for t in (1, 2, 3)
    ]
    assert {(x.skipped, x.basis) for x in told} == {(0, "crank")}
    pair = paired.pair
    assert (pair.revolutions, pair.skipped, pair.without_balance) == (3, 0, 0)
    assert (pair.name, pair.balance, pair.reference, pair.one_sided) == (
        "left + right",
        "measured",
        "left",
        None,
    )
    assert pair.pedalling
    assert pair.cadence_rpm == pytest.approx(60.0)


def test_turns_that_nobody_told_singly_are_counted() -> None:
    paired = Paired()
    paired.both(range(3))
    (told,) = [x.revolution for x in paired.both(range(5, 6)) if x.revolution is not None]
    assert (told.skipped, told.duration_s, paired.pair.skipped) == (2, 3.0, 2)


def test_what_is_stated_of_both_and_what_while_the_other_may_still_come() -> None:
    paired = Paired(since=10.0)
    first = paired.turned(10.0, "left", 0, 96)
    assert (first.power_w, first.effort_w, first.other_legs, first.disproved) == (None, 192, False, False)
    both = paired.turned(10.5, "right", 0, 104)
    assert (both.power_w, both.effort_w) == (200.0, 200)
    for t in (11, 12, 13):
        paired.turned(t, "left", t, 96)
    alone = paired.turned(14.01, "left", 14, 96)
    assert (alone.power_w, alone.effort_w, alone.other_legs) == (96.0, 192, True)
    assert not paired.turned(15.0, "left", 15, 96).other_legs
    assert paired.turned(15.5, "right", 5, 104).other_legs


@pytest.mark.parametrize(("t", "alone"), [(13.5, None), (13.51, "left")])
def test_a_side_that_never_came_is_missing_after_three_and_a_half_seconds(
    t: float, alone: Side | None
) -> None:
    paired = Paired(since=10.0)
    paired.turned(10.0, "left", 0)
    paired.turned(12.0, "left", 2)
    paired.pair.advance(t)
    assert paired.alone() == alone
    said = Remark("pair.not_heard_yet", {"side": "right", "other": "left"})
    assert paired.pair.news() == (said if alone else None)
    assert paired.pair.news() is None
    assert (said in paired.pair.limits()) is (alone is not None)
    assert paired.pair.balance == ("absent" if alone else "measured")


@pytest.mark.parametrize(("t", "alone"), [(6.5, None), (6.51, "right")])
def test_a_side_that_fell_silent_is_missing_after_three_and_a_half_seconds(
    t: float, alone: Side | None
) -> None:
    paired = Paired()
    paired.both(range(4))
    paired.turned(5.5, "right", 5, event=5 * 1024 + 512)
    paired.pair.advance(t)
    assert paired.alone() == alone
    said = Remark("pair.missing", {"side": "left", "other": "right", "since": 3.0})
    assert paired.pair.news() == (said if alone else None)
    assert paired.pair.balance == "measured"


def test_a_side_whose_link_is_lost_is_missing_at_once() -> None:
    paired = Paired()
    paired.both(range(4))
    paired.meters["right"].device.follow(Link(3.6, "lost", "right"))
    paired.pair.advance(3.6)
    assert paired.alone() == "left"
    paired.turned(4.5, "right", 4, event=4 * 1024 + 512)
    assert paired.alone() is None
    assert [remark.code for remark in (paired.pair.news(),) if remark] == ["pair.complete"]


def test_when_both_are_silent_nobody_is_alone() -> None:
    paired = Paired()
    paired.both(range(4))
    paired.pair.advance(60.0)
    assert paired.alone() is None
    assert paired.pair.news() is None
    assert not paired.pair.pedalling


def test_of_two_silent_sides_the_one_that_was_alone_stays_so() -> None:
    paired = Paired()
    paired.both(range(4))
    for t in range(4, 9):
        paired.turned(float(t), "left", t)
    assert paired.alone() == "left"
    paired.pair.news()
    paired.pair.advance(60.0)
    assert paired.alone() == "left"
    assert paired.pair.news() is None


@pytest.mark.parametrize(("event", "said"), [(1023, False), (1024, True)])
def test_a_second_that_one_side_told_alone_is_worth_a_sentence(event: int, said: bool) -> None:
    """A turn of a second, at a watt: it counts as pedalled without a balance."""
    paired = Paired()
    paired.turned(0.0, "left", 0, 1, event=0)
    told = paired.turned(3.6, "left", 1, 1, event=event)
    assert told.revolution is None
    assert paired.alone() == "left"
    assert paired.pair.without_balance == 1
    assert "pair.one_side" not in paired.codes, "while it is alone, that is said"
    paired.turned(3.7, "right", 3)
    assert paired.alone() is None
    assert ("pair.one_side" in paired.codes) is said
    if said:
        assert Remark("pair.one_side", {"seconds": 1.0}) in paired.pair.limits()


def test_turning_without_power_alone_is_nothing_without_a_balance() -> None:
    paired = Paired()
    for t in range(8):
        paired.turned(float(t), "left", t, 0)
    assert (paired.alone(), paired.pair.without_balance) == ("left", 0)


def test_a_third_meter_and_a_second_one_on_a_side_are_not_taken() -> None:
    pair = Pair(Setup(profile=SRM), 0.0)
    left, other = Meter("SRM_XP_L_1", Setup(profile=SRM)), Meter("SRM_XP_L_2", Setup(profile=SRM))
    right = Meter("SRM_XP_R_1", Setup(profile=SRM))
    assert pair.takes(right)
    assert pair.takes(left)
    assert pair.takes(left)
    assert not pair.takes(other)
    assert not pair.takes(Meter("Trainer", Setup(profile=SRM)))
    assert pair.meters == (left, right)
    assert pair.name == "SRM_XP_L_1 + SRM_XP_R_1"


@pytest.mark.parametrize(
    ("doubled", "power_w"), [((), 200.0), (("left",), 152.0), (("left", "right"), 100.0)]
)
def test_only_of_those_that_double_half_counts(doubled: tuple[Side, ...], power_w: float) -> None:
    paired = Paired(Setup(pair=("left", "right"), doubled=doubled))
    assert paired.both(range(2))[-1].power_w == power_w
    remarks = [remark for remark in paired.pair.limits() if remark.code == "pair.doubled"]
    assert remarks == ([Remark("pair.doubled", {"meters": doubled})] if doubled else [])


@pytest.mark.parametrize("octets", [(96, 96), (0, 0), (200, 200), (0, 200)])
def test_an_octet_that_stands_still_or_names_one_leg_is_no_balance_of_both(octets: tuple[int, int]) -> None:
    paired = Paired()
    for t in range(6):
        paired.both(range(t, t + 1), octet=octets[t % 2])
    assert paired.pair.total is None


def test_an_octet_that_moves_tells_that_this_one_has_both_legs() -> None:
    paired = Paired()
    paired.both(range(3), octet=96)
    reading = paired.turned(3.0, "left", 3, 200, octet=97)
    assert reading.disproved
    assert (reading.power_w, reading.effort_w) == (200.0, 200)
    assert reading.revolution is not None
    assert reading.revolution.left_percent == 48.5
    said = Remark("pair.total_of_two", {"meter": "left", "other": "right"})
    assert paired.pair.news() == said
    assert paired.pair.limits()[0] == said
    other = paired.turned(3.5, "right", 3, event=3 * 1024 + 512)
    assert (other.revolution, other.power_w, other.disproved) == (None, 200.0, False)
    paired.pair.advance(60.0)
    assert paired.alone() is None


def test_a_total_that_is_alone_is_said_to_be_so() -> None:
    paired = Paired()
    for t, octet in enumerate((96, 96, 97)):
        paired.turned(float(t), "left", t, 200, octet=octet)
    assert paired.pair.news() == Remark("pair.total", {"meter": "left"})
    assert paired.pair.balance in ("measured", "unknown")


def test_without_crank_events_of_one_side_both_are_compared_over_time() -> None:
    paired = Paired()
    bare = Measurement(0, 104)
    told = []
    for t in range(6):
        paired.turned(float(t), "left", t, 96)
        told.append(paired.feed(float(t), "right", bare).revolution)
    latest = told[-1]
    assert latest is not None
    assert (latest.basis, latest.skipped, latest.left_percent) == ("time", 0, 48.0)
    assert "pair.by_time" in paired.codes
    for t in range(6, 12):
        paired.both(range(t, t + 1))
    assert "pair.by_time" not in paired.codes


def test_left_is_right_where_the_rider_says_so() -> None:
    paired = Paired()
    paired.both(range(4))
    paired.pair.name_reference(right=False)
    assert paired.pair.name == "left + right"
    paired.pair.name_reference(right=True)
    assert paired.pair.name == "right + left"
    told = [x.revolution for x in paired.both(range(4, 8)) if x.revolution is not None]
    assert {x.left_percent for x in told} == {52.0}


def test_the_cadence_is_the_left_one_s_while_it_turns() -> None:
    paired = Paired()
    assert paired.pair.cadence_rpm is None
    for t in range(6):
        paired.turned(float(t), "left", t, 100)
        paired.turned(t + 0.5, "right", 2 * t, 100, event=t * 1024 + 512)
    assert paired.pair.cadence_rpm == pytest.approx(60.0)
    for t in range(6, 10):
        paired.turned(t + 0.5, "right", 2 * t, 100, event=t * 1024 + 512)
    assert paired.pair.cadence_rpm == pytest.approx(120.0)
    paired.pair.advance(60.0)
    assert paired.pair.cadence_rpm == 0.0


def test_two_meters_have_the_limits_of_two_devices_whatever_each_is() -> None:
    two = [Remark("limit.measured"), Remark("limit.error_of_both_sides")]
    two += [Remark("limit.same_meter"), Remark("limit.two_devices")]
    one_device = msgspec.structs.replace(SRM, peripherals=1, kind="estimated")
    for setup in (TWO, Setup(profile=SRM), Setup(profile=one_device, pair=("left", "right"))):
        assert list(Pair(setup, 0.0).limits()) == two
    unknown = msgspec.structs.replace(SRM, kind="unknown")
    assert Pair(Setup(profile=unknown), 0.0).limits() == limits(unknown) != tuple(two)


@pytest.mark.parametrize("side", ["left", "right"])
def test_turns_that_one_side_told_alone_are_not_told_again_as_skipped(side: Side) -> None:
    paired = Paired()
    paired.both(range(4))
    for t in range(4, 10):
        late = 0.5 if side == "right" else 0.0
        paired.turned(t + late, side, t, event=round((t + late) * 1024))
    assert paired.alone() == side
    told = [x.revolution for x in paired.both(range(10, 14)) if x.revolution is not None]
    assert {(x.skipped, x.left_percent, x.duration_s) for x in told} == {(0, 48.0, 1.0)}
    assert paired.pair.skipped == 0
