"""Two one-sided meters ridden on as one, through their bytes: aligned, late, lost, reset, at rest, doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from legbal.cli.prepare import paired
from legbal.companion import Companion
from legbal.files import capture
from legbal.gatt.measurement import Measurement, encode
from legbal.meters.profile import Profile
from legbal.ride.events import Event, MeterChange
from legbal.ride.events import encode as line
from legbal.ride.inputs import Input, Link, Notification, Setup, Side, ThresholdRule, Tick
from legbal.ride.pair import side_in
from legbal.ride.ride import Ride, fold
from legbal.ride.view import RideView
from legbal.sources.replay import Replay, with_ticks
from legbal.sources.simulator import Fade, SimulatedRide, Step, Workout
from tests.meters.profiles import shipped
from tests.shared import shared

PROFILES = shipped()
PAIRS = sorted(profile.id for profile in PROFILES.values() if profile.peripherals == 2)
SRM = PROFILES["srm-x-power"]
STEADY = Workout("steady", (Step(400.0, 0.7, 0.8),))
UNEVEN = Workout(
    "uneven", (Step(150.0, 0.6, 0.9), Step(60.0, 0.5, 0.5, coasts_per_minute=20.0), Step(190.0, 0.8, 0.8))
)
TWO = Setup(ftp_w=250.0, pair=("left", "right"))


class Crank:
    """One side's device: turns of the crank as it counts them, as bytes."""

    def __init__(self, name: str, *, count: int = 65_530, clock: float = 60.0, behind: float = 0.0) -> None:
        self.name, self._count, self._clock, self._behind = name, count, clock, behind

    def packet(
        self,
        t: float,
        turns: float,
        power: int,
        turn_s: float = 0.7,
        octet: int | None = None,
        rested: float = 0.0,
    ) -> Notification:
        """What it sends at `t`, the crank having turned `turns` times since 0 but for `rested` seconds."""
        turn = int(turns - self._behind + 1e-9)
        event = (turn + self._behind) * turn_s + self._clock + rested
        return Notification(
            t,
            encode(
                Measurement(
                    flags=0x20 | (0x03 if octet is not None else 0),
                    power_w=power,
                    balance_raw=octet,
                    crank_revolutions=(self._count + turn) & 0xFFFF,
                    crank_event_time_raw=round(event * 1024) & 0xFFFF,
                )
            ),
            meter=self.name,
        )


def steady(
    seconds: float,
    left: Callable[[float], int | None],
    right: Callable[[float], int | None],
    *,
    begin: float = 0.0,
    octet: int | None = None,
) -> list[Input]:
    """Both sides once a second at 85.7 rpm; a side's watts at a time, None for no packet."""
    cranks = Crank("left"), Crank("right", count=12, clock=3.0, behind=0.5)
    inputs: list[Input] = []
    for second in range(int(seconds)):
        for crank, watts, phase in ((cranks[0], left, 0.2), (cranks[1], right, 0.65)):
            t = begin + second + phase
            power = watts(t)
            if power is not None:
                inputs.append(crank.packet(t, t / 0.7, power, octet=octet if crank is cranks[0] else None))
    return list(with_ticks(inputs))


def viewed(setup: Setup, inputs: Iterable[Input]) -> Iterator[tuple[Input, Ride, list[Event]]]:
    ride = Ride(setup)
    for item in inputs:
        yield item, ride, ride.feed(item)


def truth(ride: SimulatedRide) -> float:
    told = ride.truth
    return float(np.average(told.left_percent, weights=told.power_w * told.pedalled_s))


def texts(events: Iterable[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, MeterChange) and event.what != "identified"]


@pytest.mark.parametrize("profile_id", PAIRS)
def test_the_share_is_the_riders_and_the_power_both_legs(profile_id: str) -> None:
    profile = PROFILES[profile_id]
    ride = SimulatedRide(profile=profile, seed=4, workout=UNEVEN)
    events, view = fold(Setup(profile=profile), ride.timeline())
    told = ride.truth
    power = float((told.power_w * told.pedalled_s).sum() / told.pedalled_s.sum())
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.5)
    assert view.ride.power_w == pytest.approx(power, rel=0.04)
    assert (view.balance, view.reference, view.one_sided) == ("measured", "left", None)
    assert view.meter_name == " + ".join(device.name for device in ride.devices)
    assert any("two devices" in said for said in view.limits)
    assert not any("Not counted in" in said for said in view.limits)
    assert len([link for link in view.links if link.battery_percent is not None]) == 2
    assert texts(events) == []
    turns = view.counts.revolutions + view.counts.not_seen
    assert turns == pytest.approx(told.t.size, rel=0.05)


def test_a_drop_of_the_weak_leg_is_told_as_of_one_meter() -> None:
    fade = Fade(points=8.0, shape="step", intervals=(1,), onset_s=120.0)
    from legbal.ride.events import Alert
    from legbal.sources.simulator import demonstration

    ride = SimulatedRide(profile=SRM, seed=2, workout=demonstration(None), fade=fade, seconds=900.0)
    setup = Setup(ftp_w=ride.rider.ftp_w, weak_leg="left", profile=SRM)
    events, view = fold(setup, ride.timeline())
    (drop,) = ride.truth.drops
    told = [event for event in events if isinstance(event, Alert)]
    assert told
    assert drop.start <= told[0].t <= drop.end
    assert view.intervals


def test_drops_of_either_link_cost_only_what_was_not_heard() -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=STEADY, drops_per_hour=60.0)
    events, view = fold(Setup(profile=SRM), ride.timeline())
    assert any("is missing since" in text for text in texts(events))
    assert any("Both sides are heard." in text for text in texts(events))
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.7)
    assert view.counts.without_balance > 0
    assert any(said.endswith("only one side was heard: they count in no average.") for said in view.limits)


@pytest.mark.parametrize("lost", ["left", "right"])
@pytest.mark.parametrize("told", [True, False])
def test_a_side_lost_for_a_minute_is_said_and_never_shown_as_0_or_100(lost: Side, told: bool) -> None:
    """Once with the link's word for it, once in mere silence."""
    away = (100.0, 160.0)

    def watts(side: Side) -> Callable[[float], int | None]:
        return lambda t: None if side == lost and away[0] <= t < away[1] else (96 if side == "left" else 104)

    inputs = steady(240, watts("left"), watts("right"))
    if told:
        inputs = sorted([*inputs, Link(away[0], "lost", lost)], key=lambda item: item.t)
    other = {"left": "right", "right": "left"}[lost]
    alone, events = [], []
    for item, ride, news in viewed(TWO, inputs):
        view = ride.view()
        events += news
        for share in (view.last_3s, view.last_10s, view.last_30s, view.ride):
            assert share.left_percent is None or 47.5 < share.left_percent < 48.5
        if view.one_sided is not None:
            alone.append(item.t)
            assert view.one_sided == other
            assert view.limits[0].startswith(f"The {lost} side is missing since 1:")
            assert f"the {other} leg's alone" in view.limits[0]
            assert view.one_leg is None
    assert alone[0] == pytest.approx(away[0] + (0 if told else 3.5), abs=1.6)
    assert alone[-1] == pytest.approx(away[1], abs=1.6)
    assert len(texts(events)) == 2
    view = ride.view()
    assert view.last_10s.left_percent == pytest.approx(48.0, abs=0.3)
    assert view.ride.power_w == pytest.approx(200.0, abs=2.0), "one leg's watts are in no average"
    assert view.one_sided is None
    assert [x.end_s for x in view.intervals[:-1]] == [], "no interval ends because a link does"


def test_a_side_that_never_comes_is_said() -> None:
    view = None
    for item, ride, _ in viewed(TWO, steady(60, lambda _t: 96, lambda _t: None)):
        view = ride.view()
        if item.t > 5:
            assert view.limits[0].startswith("The right side has not been heard yet")
            assert (view.balance, view.one_sided) == ("absent", "left")
    assert view is not None
    assert view.ride.left_percent is None
    assert view.power_w == 96.0
    assert view.cadence_rpm == pytest.approx(85.7, abs=0.5)


def test_half_a_power_is_not_shown_before_the_other_half_can_have_come() -> None:
    ride = Ride(TWO)
    ride.feed(steady(1, lambda _t: 96, lambda _t: None)[0])
    assert ride.view().power_w is None


def later(inputs: Sequence[Input], meter: str, delays: Sequence[float]) -> list[Input]:
    """The same with one meter's packets late, still in their order."""
    arrived, last, number = list[Input](), 0.0, 0
    for item in inputs:
        if isinstance(item, Notification) and item.meter == meter and item.uuid == "2a63":
            last = max(last, item.t + delays[number % len(delays)])
            number += 1
            item = Notification(last, item.data, item.uuid, item.meter)
        if not isinstance(item, Tick) and not (isinstance(item, Link) and item.state == "ended"):
            arrived.append(item)
    return list(with_ticks(sorted(arrived, key=lambda item: item.t)))


@pytest.mark.parametrize("delays", [(0.5,), (1.0,), (0.0, 1.0, 0.3, 0.9), (0.9, 0.1)])
def test_packets_late_by_up_to_a_second_change_nothing_much(delays: tuple[float, ...]) -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=UNEVEN)
    inputs = list(ride.timeline())
    _, on_time = fold(Setup(profile=SRM), inputs)
    events, view = fold(Setup(profile=SRM), later(inputs, ride.devices[1].name, delays))
    assert view.ride.left_percent == pytest.approx(on_time.ride.left_percent, abs=0.25)
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.5)
    assert texts(events) == []


@pytest.mark.parametrize("every", [2, 3])
def test_packets_that_are_skipped_leave_the_share_right(every: int) -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=STEADY)
    inputs, number = list[Input](), 0
    for item in ride.timeline():
        if isinstance(item, Notification) and item.uuid == "2a63" and item.meter == ride.devices[0].name:
            number += 1
            if number % every == 0:
                continue
        inputs.append(item)
    events, view = fold(Setup(profile=SRM), inputs)
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.6)
    assert texts(events) == []


def test_counters_and_clocks_wrap() -> None:
    """The left count wraps after six turns, its clock every 64 s, the right one's at other moments."""
    events, view = fold(TWO, steady(300, lambda _t: 96, lambda _t: 104))
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.05)
    assert view.counts.revolutions + view.counts.not_seen == pytest.approx(300 / 0.7, abs=8)
    assert texts(events) == []


@pytest.mark.parametrize("count", [0, 65_000, 7])
def test_a_reset_of_one_counter_is_got_over_within_seconds(count: int) -> None:
    inputs = steady(60, lambda _t: 96, lambda _t: 104)
    new = Crank("right", count=count, clock=17.0, behind=0.2)
    after = steady(60, lambda _t: 96, lambda _t: 104, begin=60.0)
    after = [
        new.packet(item.t, item.t / 0.7, 104)
        if isinstance(item, Notification) and item.meter == "right"
        else item
        for item in after
    ]
    revolutions: list[tuple[float, int]] = []
    for item, ride, _ in viewed(TWO, [*inputs, *after]):
        view = ride.view()
        revolutions.append((item.t, view.counts.revolutions))
        assert view.last_3s.left_percent is None or 47 < view.last_3s.left_percent < 49
        assert view.cadence_rpm is None or view.cadence_rpm < 90
    (before,) = {n for t, n in revolutions if 60 <= t <= 60.5} & {n for t, n in revolutions if t <= 60.0}
    assert next(t for t, n in revolutions if n > before + 1) < 66


def test_a_one_leg_drill_is_legal_and_shown() -> None:
    """The resting leg's pedal says 0 W; its count goes on with the crank."""
    drill = (60.0, 90.0)
    shown = []
    for item, ride, _ in viewed(
        TWO, steady(150, lambda _t: 120, lambda t: 0 if drill[0] <= t < drill[1] else 120)
    ):
        view = ride.view()
        if drill[0] + 12 < item.t < drill[1]:
            shown.append((view.one_leg, view.last_10s.left_percent))
            assert view.one_sided is None
    assert set(shown) == {("left", 100.0)}
    assert view.last_10s.left_percent == pytest.approx(50.0, abs=0.3)
    assert view.cadence_rpm == pytest.approx(85.7, abs=0.5)


def test_a_one_leg_drill_is_shown_where_the_resting_pedal_counts_nothing() -> None:
    still = Crank("right", count=12, clock=3.0, behind=0.5)
    inputs = [
        still.packet(item.t, 60 / 0.7, 0)
        if isinstance(item, Notification) and item.meter == "right" and 60 <= item.t < 100
        else item
        for item in steady(160, lambda _t: 120, lambda _t: 120)
    ]
    shares = {}
    for item, ride, _ in viewed(TWO, inputs):
        shares[item.t] = ride.view()
    assert {view.one_leg for t, view in shares.items() if 76 < t < 100} == {"left"}
    assert all(view.one_sided is None for view in shares.values())
    assert ride.view().last_10s.left_percent == pytest.approx(50.0, abs=0.3)


def test_setting_off_after_a_stop_shows_no_single_leg() -> None:
    """The one pedal's first packets come before the other one's."""
    cranks = Crank("left"), Crank("right", count=12, clock=3.0, behind=0.5)
    inputs: list[Input] = []
    for second in range(60):
        for crank, phase, late, behind in ((cranks[0], 0.0, 0.0, 0.0), (cranks[1], 0.5, 0.9, 0.5)):
            sent = second + phase
            turns = max(0.0, sent - 20.0) / 0.7 + 40
            power = 110 if sent > 20.7 else 0
            inputs.append(
                crank.packet(
                    sent + late, turns, power, rested=20.0 if turns - behind >= 41 - 2 * behind else 0.0
                )
            )
    inputs.sort(key=lambda item: item.t)
    for _, ride, _ in viewed(TWO, with_ticks(inputs)):
        left = ride.view().last_3s.left_percent
        assert left is None or 40 < left < 60
    assert ride.view().ride.left_percent == pytest.approx(50.0, abs=0.5)


def test_a_half_that_sends_both_legs_with_a_balance_is_not_added_to() -> None:
    """As Assioma's left pedal in unified mode, with the right one connected, too."""
    octets = iter([96, 97, 95] * 100)
    inputs = [
        Crank("left").packet(item.t, item.t / 0.7, 200, octet=next(octets))
        if isinstance(item, Notification) and item.meter == "left"
        else item
        for item in steady(120, lambda _t: 200, lambda _t: 104)
    ]
    events, view = fold(TWO, inputs)
    assert [text for text in texts(events) if "both legs" in text] == [
        "left sends the power of both legs and its balance: right is not added to it."
    ]
    assert view.limits[0] == texts(events)[0]
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.ride.power_w == pytest.approx(200.0, abs=1.0)
    assert view.power_w == 200.0
    assert view.balance in ("measured", "unknown")


def test_a_filler_octet_of_a_half_is_no_total() -> None:
    _, view = fold(TWO, steady(120, lambda _t: 96, lambda _t: 104, octet=100))
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.power_w == 200.0


@pytest.mark.parametrize(
    ("left", "right", "ftp"),
    [
        pytest.param(
            lambda t: 180 + 40 * (int(t / 20) % 2), lambda t: 181 + 40 * (int(t / 20) % 2), 250.0, id="alike"
        ),
        pytest.param(
            lambda t: 240 + int(t * 7) % 30, lambda t: 240 + int(t * 11) % 30, 250.0, id="too strong"
        ),
        pytest.param(
            lambda t: 400 + int(t * 7) % 40, lambda t: 390 + int(t * 11) % 40, None, id="without FTP"
        ),
    ],
)
def test_two_that_tell_the_same_power_are_not_added_up(left: Any, right: Any, ftp: float | None) -> None:
    events, view = fold(Setup(ftp_w=ftp, pair=("left", "right")), steady(400, left, right))
    (said,) = texts(events)
    assert said.startswith("left and right tell the same power")
    assert view.limits == (said,)
    assert view.balance == "absent"
    assert view.ride.left_percent is None
    assert view.ride.power_w is not None
    assert view.ride.power_w == pytest.approx(left(0) + 15, rel=0.12)


def test_of_meters_that_double_their_leg_half_counts() -> None:
    inputs = steady(120, lambda _t: 192, lambda _t: 104)
    _, view = fold(Setup(pair=("left", "right"), doubled=("left",)), inputs)
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.power_w == 200.0
    assert "Half of the watts of left count: it doubles its leg's power." in view.limits
    inputs = steady(120, lambda _t: 192, lambda _t: 208)
    _, view = fold(Setup(pair=("left", "right"), doubled=("left", "right")), inputs)
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.1)
    assert view.ride.power_w == pytest.approx(200.0, abs=1.0)


def test_which_of_two_named_meters_double_is_known_by_name_or_by_what_they_say() -> None:
    said = [
        Notification(0.0, b"Stages Cycling", "2a29", "Crank"),
        Notification(0.0, b"SPM2", "2a24", "Crank"),
    ]
    assert paired(Setup(), ("Stages 1", "SRM_XP_R_1"), []).doubled == ("left",)
    assert paired(Setup(), ("Stages 1", "4iiii 2"), []).doubled == ("left", "right")
    for halves in (
        ("SRM_XP_L_1", "SRM_XP_R_1"),
        ("ASSIOMA34L", "ASSIOMA34R"),
        ("PowerTap.L", "PowerTap P1.R"),
    ):
        assert paired(Setup(), halves, []).doubled == ()
    assert paired(Setup(), ("x", "crank"), said) == Setup(pair=("x", "crank"), doubled=("right",))


def test_a_hard_ride_of_two_honest_halves_is_added_up() -> None:
    ride = SimulatedRide(profile=SRM, seed=4)
    events, view = fold(Setup(ftp_w=ride.rider.ftp_w, profile=SRM), ride.timeline())
    assert texts(events) == []
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.4)


def test_a_side_without_crank_events_is_compared_over_time() -> None:
    inputs = [
        Notification(item.t, encode(Measurement(flags=0, power_w=104)), meter="right")
        if isinstance(item, Notification) and item.meter == "right"
        else item
        for item in steady(120, lambda _t: 96, lambda _t: 104)
    ]
    _, view = fold(TWO, inputs)
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.3)
    assert view.ride.power_w == pytest.approx(200.0, abs=2.0)
    assert view.cadence_rpm == pytest.approx(85.7, abs=0.5)
    assert any("over short stretches of time" in said for said in view.limits)


def test_the_p1_capture_mixes_no_counters() -> None:
    path = shared("data/captures/powertap_p1_two_devices.jsonl")
    inputs = list(with_ticks(capture.read_file(path, lambda _number, problem: pytest.fail(problem))))
    cadences, shares = [], []
    for _, ride, _ in viewed(TWO, inputs):
        view = ride.view()
        cadences.append(view.cadence_rpm)
        shares.append(view.last_3s.left_percent)
    assert max(c for c in cadences if c is not None) < 150
    assert all(0 < share < 100 for share in shares if share is not None)
    assert (view.meter_name, view.balance) == ("left + right", "measured")


@pytest.mark.parametrize("name", ["simulated", "dropping"])
def test_live_replay_and_batch_are_one(name: str) -> None:
    ride = SimulatedRide(
        profile=SRM, seed=4, workout=UNEVEN, drops_per_hour=90.0 if name == "dropping" else 0.0
    )
    inputs = list(ride.timeline())
    setup = Setup(ftp_w=220.0, threshold=ThresholdRule(target_percent=50.0, when="always"), profile=SRM)
    events, view = fold(setup, inputs)
    live = Ride(setup)
    told = []
    for number, item in enumerate(inputs):
        told += live.feed(item)
        if number % 7 == 0:
            live.view()
    assert [line(e) for e in told + live.close()] == [line(e) for e in events]
    assert shown(live.view()) == shown(view)
    replayed, view_of_replay = asyncio.run(companioned(setup, inputs))
    assert replayed == [line(e) for e in events]
    assert shown(view_of_replay) == shown(view)


async def companioned(setup: Setup, inputs: list[Input]) -> tuple[list[bytes], RideView]:
    events: list[bytes] = []

    class Lines:
        reader_gone = False

        def write(self, event: Event) -> bool:
            events.append(line(event))
            return True

    ridden = Companion(
        Replay(inputs, speed=None),
        lambda _: setup,
        name="replay",
        live=False,
        lines=Lines(),  # type: ignore[arg-type]
    )
    await ridden.run()
    return events, await ridden.finish()


def shown(view: RideView) -> tuple[object, ...]:
    return (view.ride, view.intervals, view.bands, view.counts, view.limits, view.links, view.power_w)


def test_the_ride_never_looks_ahead() -> None:
    inputs = list(SimulatedRide(profile=SRM, seed=4, workout=UNEVEN).timeline())
    whole = [ride.view().ride for _, ride, _ in viewed(Setup(profile=SRM), inputs)]
    for cut in (100, 333):
        part = [ride.view().ride for _, ride, _ in viewed(Setup(profile=SRM), inputs[:cut])]
        assert part == whole[:cut]


def test_left_is_right_when_the_sides_are_swapped() -> None:
    inputs = steady(100, lambda _t: 96, lambda _t: 104)
    _, view = fold(Setup(pair=("left", "right"), swap_sides=True), inputs)
    assert view.ride.left_percent == pytest.approx(52.0, abs=0.05)
    assert view.meter_name == "right + left"


@pytest.mark.parametrize(
    ("setup", "name", "place", "side"),
    [
        (Setup(profile=SRM), "SRM_XP_L_1690", None, "left"),
        (Setup(profile=SRM), "SRM_XP_R_1556", "left pedal", "right"),
        (Setup(profile=SRM), "something", "right pedal", "right"),
        (Setup(profile=SRM), "something", "left crank", "left"),
        (Setup(profile=SRM), "something", "other", None),
        (Setup(), "SRM_XP_L_1690", "left pedal", None),
        (Setup(pair=("stages", "4iiii")), "Stages 123", None, "left"),
        (Setup(pair=("stages", "4iiii")), "4iiii R", None, "right"),
        (Setup(pair=("stages", "4iiii")), "Quarq", "right pedal", None),
        (Setup(pair=("PM", "PM 2")), "PM 2", None, "right"),
        (Setup(profile=SRM, swap_sides=True), "SRM_XP_L_1690", None, "right"),
    ],
)
def test_which_side_a_meter_has(setup: Setup, name: str, place: str | None, side: Side | None) -> None:
    assert side_in(setup, name, place) == side


def test_the_location_tells_where_names_do_not() -> None:
    nameless: Profile = SRM
    inputs = steady(60, lambda _t: 96, lambda _t: 104)
    told = [Notification(0.0, bytes([7]), "2a5d", "left"), Notification(0.0, bytes([8]), "2a5d", "right")]
    _, view = fold(Setup(profile=nameless), [*told, *inputs])
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.05)


def test_a_third_meter_is_not_counted_in() -> None:
    third = [
        Notification(i + 0.4, encode(Measurement(flags=0x03, power_w=300, balance_raw=60)), meter="Trainer")
        for i in range(60)
    ]
    inputs = sorted([*third, *steady(60, lambda _t: 96, lambda _t: 104)], key=lambda item: item.t)
    _, view = fold(TWO, inputs)
    assert view.power_w == 200.0
    assert "Not counted in: Trainer." in view.limits


# Any two streams, however they interleave.

DELAYS = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40)


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[Input], float]:
    """Both sides of 60 turns or so, each packet late by its own delay, some sent twice, some lost; and the truth."""
    turn_s = draw(st.floats(0.5, 1.1))
    shares = draw(st.lists(st.floats(0.3, 0.7), min_size=8, max_size=8))
    offset = draw(st.floats(0.0, 0.99))
    inputs: list[Input] = []
    for name, phase in (("left", 0.0), ("right", offset)):
        crank = Crank(name, count=draw(st.integers(0, 65_535)), clock=draw(st.floats(0, 63)), behind=phase)
        delays, fates = draw(DELAYS), draw(st.lists(st.integers(0, 9), min_size=1, max_size=40))
        last = 0.0
        for second in range(60):
            t = second + 0.3
            last = max(last, t + delays[second % len(delays)])
            share = shares[int(t // 8) % 8]
            watts = round(200 * (share if name == "left" else 1 - share))
            fate = fates[second % len(fates)]
            if fate != 0:
                inputs += [crank.packet(last, t / turn_s, watts, turn_s)] * (2 if fate == 1 else 1)
    inputs.sort(key=lambda item: item.t)
    return list(with_ticks(inputs)), 100 * sum(shares[int((s + 0.3) // 8) % 8] for s in range(60)) / 60


@settings(max_examples=60, deadline=None)
@given(streams())
def test_however_two_streams_interleave_no_share_leaves_what_both_worked(
    drawn: tuple[list[Input], float],
) -> None:
    inputs, share = drawn
    assume(inputs)
    for _, ride, events in viewed(TWO, inputs):
        view = ride.view()
        left = view.last_3s.left_percent
        assert left is None or 29 < left < 71
        assert view.power_w is None or view.one_sided or 115 < view.power_w < 285
        assert view.cadence_rpm is None or view.cadence_rpm < 125
        assert not any("tell the same" in text for text in texts(events))
    heard = view.ride.seconds > 50  # nearly all: what was lost may have been unlike the rest
    assert not heard or view.ride.left_percent == pytest.approx(share, abs=4)
    assert view.ride.revolutions == view.counts.revolutions
