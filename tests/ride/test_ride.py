"""The fold: the same numbers live, replayed and in one go, and what a view says of them."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.app.meters import profiles
from legbal.files import capture
from legbal.meters.profile import Profile
from legbal.outlets.jsonlines import encode as line
from legbal.present.remarks import remark
from legbal.ride.events import Alert, Clear, Fault, IntervalEnd, IntervalStart, LinkChange, MeterChange
from legbal.ride.inputs import Input, Link, Mark, Notification, Setup, ThresholdRule, Tick
from legbal.ride.ride import Ride, fold
from legbal.sources.recorded_ride import with_ticks
from tests.ride.companioned import companioned
from tests.ride.folding import ASSIOMA, numbers, one_by_one, packet, pedalled, simulated
from tests.ride.packets import ridden, sent
from tests.shared import shared


def capture_of(name: str) -> list[Input]:
    problems: list[str] = []
    read = list(
        with_ticks(capture.read_file(shared(f"data/captures/{name}.jsonl"), lambda _, p: problems.append(p)))
    )
    assert not problems
    return read


@pytest.mark.parametrize(
    "name", ["assioma_duo", "stages_lr_left_crank", "powertap_p1_two_devices", "simulated"]
)
def test_live_replay_and_batch_give_the_same_numbers(name: str) -> None:
    inputs = simulated() if name == "simulated" else capture_of(name)
    setup = Setup(ftp_w=220.0, threshold=ThresholdRule(target_percent=50.0, when="always"), profile=ASSIOMA)
    events, view = fold(setup, inputs)
    live_events, live_view = one_by_one(setup, inputs)
    assert [line(e) for e in live_events] == [line(e) for e in events]
    assert numbers(live_view) == numbers(view)
    for speed in (None, 1000.0):
        told, replayed = companioned(setup, inputs, speed)
        assert told == [line(e) for e in events]
        assert numbers(replayed) == numbers(view)
    if name == "simulated":
        assert any(isinstance(e, Alert) for e in events), "a ride without an event proves little"


def test_the_ride_is_told_as_it_goes_and_never_ahead() -> None:
    """Cut short anywhere, a ride says up to there what the whole one says."""
    inputs, setup = simulated(), Setup(ftp_w=220.0, profile=ASSIOMA)
    whole, _ = one_by_one(setup, inputs)
    for cut in (200, 600, len(inputs) - 40):
        ride, t = Ride(setup), inputs[cut - 1].t
        told = [e for item in inputs[:cut] for e in ride.feed(item)]
        assert told == [e for e in whole if e.t <= t][: len(told)]


def test_assioma_capture_share_is_that_of_its_bytes() -> None:
    """Work-weighted by hand from the packets: power × time between new crank events."""
    inputs = capture_of("assioma_duo")
    work = left = 0.0
    last: tuple[int, int] | None = None
    for item in inputs:
        if not isinstance(item, Notification):
            continue
        power, balance = int.from_bytes(item.data[2:4], "little", signed=True), item.data[4]
        now = int.from_bytes(item.data[5:7], "little"), int.from_bytes(item.data[7:9], "little")
        if last is not None and now != last and power > 0:
            joules = power * ((now[1] - last[1]) % 65536) / 1024
            work, left = work + joules, left + joules * balance / 2
        last = now
    _, view = fold(Setup(profile=ASSIOMA), inputs)
    assert view.ride.left_percent == pytest.approx(left / work, abs=1e-9)
    assert (view.counts.repeats, view.balance, view.reference) == (3, "measured", "left")


def test_two_peripherals_are_never_mixed() -> None:
    """The P1 capture interleaves two crank counters: mixed, they give thousands of revolutions a minute."""
    ride = Ride(Setup())
    cadences = []
    for item in capture_of("powertap_p1_two_devices"):
        ride.feed(item)
        cadences.append(ride.view().cadence_rpm)
    assert max(c for c in cadences if c is not None) < 150
    view = ride.view()
    assert any("Not counted in" in said for said in map(remark, view.limits))
    assert view.ride.left_percent is None


def test_repeats_skips_and_rest_are_counted_not_averaged() -> None:
    turning = pedalled(30)
    inputs: list[Input] = [*turning, *(packet(24.0 + i, 29, power=0, balance=100) for i in range(10))]
    _, view = fold(Setup(), inputs)
    assert view.ride.left_percent == 48.0
    assert view.ride.revolutions == 29
    assert not view.pedalling
    assert view.cadence_rpm == 0.0


@pytest.mark.parametrize(("balance", "word"), [(None, "absent"), (100, "constant")])
def test_a_meter_that_measures_none_shows_no_percentage(balance: int | None, word: str) -> None:
    inputs = [packet(i * 0.8, i, power=150 + 40 * (i // 50 % 2), balance=balance) for i in range(600)]
    setup = Setup(ftp_w=150.0, threshold=ThresholdRule(target_percent=58.0, when="always"))
    events, view = fold(setup, inputs)
    assert view.balance == word
    shares = [view.ride, view.last_30s, *(i.share for i in view.intervals), *(b.share for b in view.bands)]
    assert {share.left_percent for share in shares} == {None}
    assert view.ride.power_w == pytest.approx(170, abs=3)
    if word == "constant":
        assert any(isinstance(e, MeterChange) and "never moved" in remark(e.remark) for e in events)


def test_the_octet_above_200_is_no_balance_and_costs_nothing_else() -> None:
    _, view = fold(Setup(), pedalled(30, balance=255))
    assert view.ride.left_percent is None
    assert view.power_w == 200.0


def test_an_unknown_reference_is_read_as_left_until_the_rider_says_otherwise() -> None:
    ride = Ride(Setup())
    for item in pedalled(20, left=False):
        ride.feed(item)
    assert (ride.view().reference, ride.view().ride.left_percent) == ("unknown", 48.0)
    ride.feed(Mark(16.5, "reference_right"))
    for i in range(21, 60):
        ride.feed(packet(i * 0.8, i, left=False))
    assert (ride.view().reference, ride.view().ride.left_percent) == ("right", 52.0)


def test_assuming_left_is_said() -> None:
    _, view = fold(Setup(assume_left=True), pedalled(20, left=False))
    assert view.reference == "assumed_left"


def test_swapped_sides_swap_the_share() -> None:
    _, view = fold(Setup(swap_sides=True), pedalled(20))
    assert view.ride.left_percent == 52.0


@pytest.mark.parametrize(("octet", "leg"), [(200, "left"), (0, "right")])
def test_one_leg_pedalling_is_named_and_in_no_mean(octet: int, leg: str) -> None:
    ride = Ride(Setup())
    for item in pedalled(30, balance=octet):
        ride.feed(item)
    view = ride.view()
    assert (view.one_leg, view.ride.left_percent, view.ride.power_w) == (leg, None, 200.0)
    assert [(drill.side, drill.end_s) for drill in view.drills] == [(leg, None)]


def test_a_bad_packet_is_told_once_and_loses_nothing_that_was_good() -> None:
    inputs = pedalled(30)
    broken = [Notification(item.t, b"\x23\x00\x01", meter="meter") for item in inputs]
    mixed = [x for pair in zip(inputs, broken, strict=True) for x in pair]
    events, view = fold(Setup(), mixed)
    assert view.counts.undecodable == 30
    assert view.ride == fold(Setup(), inputs)[1].ride
    (told,) = [e for e in events if isinstance(e, MeterChange) and e.what == "undecodable"]
    assert "230001" in remark(told.remark)


@pytest.mark.parametrize("octets", [17, 20, 23])
def test_of_measurements_that_are_cut_short_all_counts_that_is_whole(octets: int) -> None:
    """As an MTU of 23 leaves 20 octets of them: power, balance and crank come first."""
    longer = [sent(x.whole, x.t) for x in ridden(200)]
    cut: list[Input] = [Notification(x.t, x.data[:octets], meter="meter") for x in longer]
    setup = Setup(profile=ASSIOMA)
    (_, whole), (events, view) = fold(setup, longer), fold(setup, cut)
    assert (view.ride, view.bands, view.cadence_rpm) == (whole.ride, whole.bands, whole.cadence_rpm)
    assert (view.counts, view.counts.undecodable) == (whole.counts, 0)
    (told,) = [e for e in events if isinstance(e, MeterChange) and e.what == "undecodable"]
    words = remark(told.remark)
    assert words.startswith("Measurements arrive cut short: ")
    assert words.endswith("accumulated energy missing. What is whole counts.")
    assert [remark(x) for x in view.limits].count(words) == 1
    assert companioned(setup, cut)[0] == [line(e) for e in events]


def test_of_what_is_cut_short_a_power_beyond_all_legs_does_not_count() -> None:
    odd = [Notification(float(i), b"\x23\x00\xff\x7f\x60\x00", meter="meter") for i in range(30)]
    events, view = fold(Setup(), odd)
    assert (view.counts.notifications, view.counts.undecodable, view.ride.power_w) == (30, 30, None)
    assert [e.what for e in events if isinstance(e, MeterChange)] == ["undecodable", "undecodable"]


def test_the_link_is_told_when_it_changes_and_the_ride_goes_on() -> None:
    first, second = pedalled(20), [packet(76 + i * 0.8, 95 + i) for i in range(20)]
    gap: list[Input] = [
        Link(16.0, "lost", "meter"),
        *(Tick(17.0 + i) for i in range(58)),
        Link(75.5, "connected", "meter"),
    ]
    events, view = fold(Setup(), [*first, *gap, *second])
    assert [e.state for e in events if isinstance(e, LinkChange)] == ["lost", "connected"]
    assert view.ride.revolutions == 39
    assert view.counts.not_seen == 75


def test_silence_empties_the_live_windows() -> None:
    ride = Ride(Setup())
    for item in [*pedalled(40), *(Tick(33.0 + i) for i in range(12))]:
        ride.feed(item)
    view = ride.view()
    assert view.last_10s.left_percent is None
    assert view.last_30s.left_percent == 48.0
    assert view.power_w is None


def test_a_low_battery_is_told_once() -> None:
    inputs = [
        Notification(float(t), bytes([level]), "2a19", "meter") for t, level in enumerate((40, 16, 15, 13))
    ]
    events, view = fold(Setup(), inputs)
    assert [remark(e.remark) for e in events if isinstance(e, MeterChange)] == ["Battery at 15 %."]
    assert view.links[0].battery_percent == 13


def test_laps_notes_and_muting_are_kept() -> None:
    inputs: list[Input] = [
        *pedalled(40),
        Mark(32.0, "lap"),
        Mark(32.5, "note", "new [red]cleats"),
        Mark(33.0, "mute"),
    ]
    events, view = fold(Setup(), inputs)
    assert [x for x in map(json.loads, map(line, events)) if x["event"] in ("lap", "note")] == [
        {"event": "lap", "t": 32.0, "number": 1},
        {"event": "note", "t": 32.5, "text": "new [red]cleats"},
    ]
    assert view.notes == ((32.5, "new [red]cleats"),)
    assert view.muted


def test_an_interval_is_tallied_from_its_back_dated_start_to_its_end() -> None:
    """Easy at 52, hard at 46, easy again: the interval's share is the hard part's alone."""

    def at(i: int) -> Notification:
        hard = 400 <= i < 800
        return packet(i * 0.8, i, power=240 if hard else 110, balance=92 if hard else 104)

    inputs = [at(i) for i in range(1200)]
    events, view = fold(Setup(ftp_w=240.0), inputs)
    (interval,) = view.intervals
    assert interval.start_s == pytest.approx(320, abs=2)
    assert interval.end_s == pytest.approx(640, abs=3)
    assert interval.share.left_percent == pytest.approx(46.0, abs=0.05)
    assert [type(e) for e in events if isinstance(e, IntervalStart | IntervalEnd)] == [
        IntervalStart,
        IntervalEnd,
    ]


def test_an_open_alert_does_not_survive_the_ride() -> None:
    setup = Setup(threshold=ThresholdRule(target_percent=50.0, when="always"), weak_leg="left")
    events, _ = fold(setup, [*pedalled(100, balance=90), *(Tick(81.0 + i) for i in range(40))])
    assert [type(e) for e in events if isinstance(e, Alert | Clear)] == [Alert, Clear]


def test_fit_records_enter_by_the_same_door() -> None:
    def record(t: int, octet: int) -> Notification:
        values = {"power": 200, "left_right_balance": octet, "cadence": 90}
        return Notification(float(t), msgspec.json.encode(values), "fit:record", "edge")

    _, view = fold(Setup(), [record(t, 0x80 | 53) for t in range(60)])
    assert (view.reference, view.ride.left_percent, view.cadence_rpm) == ("right", 47.0, 90)
    assert view.ride.seconds == 59.0
    _, view = fold(Setup(), [record(t, 53) for t in range(60)])
    assert (view.reference, view.ride.left_percent) == ("unknown", 53.0)
    _, view = fold(Setup(), [record(t, 0xFF) for t in range(60)])
    assert view.balance == "absent"


@pytest.mark.parametrize("profile", profiles(), ids=lambda p: p.id)
def test_what_a_profile_says_of_its_balance_is_what_the_view_says(profile: Profile) -> None:
    _, view = fold(Setup(ftp_w=220.0, profile=profile), pedalled(60))
    expected = {"measured": "measured", "estimated": "estimated", "unknown": "unknown"}
    assert view.balance == expected.get(profile.kind, "absent")
    assert view.limits


def test_an_ftp_that_was_not_stated_is_said_to_be_estimated() -> None:
    said = [
        [limit for limit in map(remark, fold(setup, pedalled(60))[1].limits) if "FTP" in limit]
        for setup in (Setup(), Setup(earlier_ftp_w=243.0), Setup(ftp_w=220.0))
    ]
    assert [len(told) for told in said] == [1, 1, 0]
    assert "guessed from this ride" in said[0][0]
    assert "about 245 W (200 to 295 W) is estimated from your rides" in said[1][0]


anything = st.one_of(
    st.builds(
        Notification,
        t=st.floats(0, 1e4),
        data=st.binary(max_size=40),
        uuid=st.sampled_from(["2a63", "2a19", "2a65", "fit:record", "ffff"]),
        meter=st.sampled_from(["a", "b", ""]),
    ),
    st.builds(Mark, t=st.floats(0, 1e4), kind=st.sampled_from(["lap", "note", "mute", "reference_right"])),
    st.builds(Link, t=st.floats(0, 1e4), state=st.sampled_from(["lost", "connected", "ended"])),
    st.builds(Tick, t=st.floats(0, 1e4)),
    st.builds(
        packet,
        t=st.floats(0, 1e4),
        turn=st.integers(0, 99999),
        power=st.integers(-100, 2000),
        balance=st.integers(0, 255) | st.none(),
    ),
)


@given(st.lists(anything, max_size=60))
def test_no_input_breaks_the_ride(inputs: list[Input]) -> None:
    """Any bytes, any order of time: events in order of time, shares that are shares."""
    events, view = fold(Setup(), inputs)
    assert [e.t for e in events] == sorted(e.t for e in events)
    assert not [e for e in events if isinstance(e, Fault)]
    assert view.counts.unusable == 0
    assert view.ride.left_percent is None or 0 <= view.ride.left_percent <= 100
    assert math.isfinite(view.evidence)
