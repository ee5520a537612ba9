"""One meter's limits: the power that legs can do, how long a cadence holds, and when its balance is judged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from legbal.errors import DecodeError
from legbal.gatt.measurement import Measurement, encode
from legbal.meters.limits import Remark
from legbal.ride.events import MeterChange
from legbal.ride.inputs import Link, Notification, Setup
from legbal.ride.meter import Meter
from legbal.ride.revolution import Reading, Revolution
from legbal.ride.ride import Ride, fold
from legbal.ride.view import LinkView
from tests.meters.profiles import shipped
from tests.ride.folding import packet
from tests.ride.packets import CRANK, ridden, split

PROFILES = shipped()


def record(t: float, **values: float) -> Notification:
    return Notification(t, json.dumps(values).encode(), "fit:record", "watch")


def power_alone(t: float, watts: int) -> Notification:
    return Notification(t, encode(Measurement(0, watts)), meter="meter")


def turning(count: int, meter: Meter, **other: Any) -> list[Revolution | None]:
    """So many turns at 75 a minute, the last one told at `(count - 1) * 0.8`."""
    return [meter.read(packet(i * 0.8, i, **other)) for i in range(count)]


@pytest.mark.parametrize("watts", [-3000, 3000])
def test_legs_do_three_thousand_watts_at_the_most(watts: int) -> None:
    meter = Meter("meter", Setup())
    meter.read(packet(0.0, 0, power=watts))
    assert meter.power_w == watts
    meter.read(record(1.0, power=watts))
    assert meter.notifications == 2
    beyond = watts + (1 if watts > 0 else -1)
    with pytest.raises(DecodeError) as measured:
        meter.read(power_alone(2.0, beyond))
    assert str(measured.value).startswith(
        f"instantaneous power at octet 2: {beyond} W are more than legs can do (hex 0000"
    )
    with pytest.raises(DecodeError) as recorded:
        meter.read(record(3.0, power=beyond))
    assert str(recorded.value).startswith(
        f"power of a FIT record at octet 0: {beyond} W are more than legs can do (hex 7b22"
    )
    assert (meter.power_w, meter.notifications) == (watts, 2)


def test_two_parts_of_a_measurement_tell_its_revolution_once() -> None:
    """All that may come of parts: test_reassembly.py."""
    meter, (parts, _) = Meter("meter", Setup()), split(ridden(20), CRANK)
    told = [meter.read(x) for x in parts if isinstance(x, Notification)]
    assert len(told) == 40
    assert meter.revolutions == sum(x is not None for x in told) == 19  # since the first


def test_a_meter_that_was_not_heard_is_connected_since_the_start_and_knows_nothing() -> None:
    meter = Meter("meter", Setup())
    assert meter.device.link == LinkView("meter", "connected", 0.0)
    assert (meter.notifications, meter.undecodable, meter.revolutions, meter.skipped) == (0, 0, 0, 0)
    assert (meter.power_w, meter.without_balance, meter.reference) == (0, 0, "unknown")
    assert (meter.cadence_rpm, meter.pedalling, meter.one_sided) == (None, False, None)
    assert (meter.device.lost, meter.device.place, meter.device.has_balance, meter.device.missing) == (
        False,
        None,
        None,
        (),
    )
    assert meter.news() is None


@pytest.mark.parametrize("state", ["lost", "stalled", "ended"])
def test_a_link_is_lost_until_the_meter_sends_again_and_stands_since_it_changed(state: Any) -> None:
    device = Meter("meter", Setup()).device
    assert device.follow(Link(3.0, "connecting", "meter"))
    assert not device.lost
    assert device.follow(Link(5.0, state, "meter", rssi=-70))
    assert not device.follow(Link(6.0, state, "meter", rssi=-80))
    assert device.link == LinkView("meter", state, 5.0, rssi=-80)
    assert device.follow(Link(7.0, state, "meter", Remark("battery.low", {"percent": 5})))
    assert device.link.since == 7.0
    assert device.follow(Link(9.0, "connected", "meter"))
    assert device.lost


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ((16,), []),
        ((15,), [15]),
        ((16, 15, 15, 14), [15]),
        ((15, 16, 15), [15, 15]),
        ((100, 0), [0]),
    ],
)
def test_a_battery_is_low_from_fifteen_percent_on_and_that_is_told_when_it_becomes_so(
    levels: tuple[int, ...], told: list[int]
) -> None:
    device = Meter("meter", Setup()).device
    device.follow(Link(1.0, "connected", "meter"))
    remarks = [device.learn(Notification(2.0, bytes([x]), "2a19")) for x in levels]
    assert [x.values["percent"] for x in remarks if x is not None] == told
    assert device.link.battery_percent == levels[-1]
    device.follow(Link(3.0, "lost", "meter"))
    assert device.link.battery_percent == levels[-1]


def test_a_meter_says_where_it_sits_and_whether_it_can_send_a_balance() -> None:
    device = Meter("meter", Setup()).device
    assert device.learn(Notification(0.0, b"\x05", "2a5d")) is None
    assert device.place == "left crank"
    for bits, has_balance in ((0b1, True), (0b1000, False)):
        device.learn(Notification(0.0, bits.to_bytes(4, "little"), "2a65"))
        assert device.has_balance == has_balance


@pytest.mark.parametrize(("count", "balance"), [(19, "measured"), (20, "absent")])
def test_twenty_notifications_under_power_without_a_balance_and_there_is_none(
    count: int, balance: str
) -> None:
    meter = Meter("meter", Setup(profile=PROFILES["favero-assioma-duo"]))
    for i in range(30):
        meter.read(packet(i * 0.8, 0, power=0, balance=None))
    for i in range(count):
        assert meter.balance == "measured"
        meter.read(packet(30 + i * 0.8, i, power=1, balance=None))
    assert (meter.balance, meter.without_balance) == (balance, count)
    meter.read(packet(60.0, count, balance=96))
    assert meter.balance == "measured"


@pytest.mark.parametrize(("family", "balance"), [("power2max-ngeco", "absent"), ("powertap-p1", "measured")])
def test_features_without_a_balance_say_at_once_that_there_is_none_unless_two_devices_make_one(
    family: str, balance: str
) -> None:
    meter = Meter("meter", Setup(profile=PROFILES[family]))
    meter.device.learn(Notification(0.0, b"\x08\0\0\0", "2a65"))
    meter.read(packet(0.0, 0, balance=None))
    assert meter.balance == balance


def test_a_cadence_is_that_of_the_last_five_seconds_of_the_crank_s_own_time() -> None:
    """Ten turns at 60 a minute, then 120: after five seconds of these nothing is left of the slower ones."""
    meter, told, t, turn = Meter("meter", Setup()), list[float | None](), 0.0, 0
    for each in (*[1.0] * 10, *[0.5] * 12):
        t, turn = t + each, turn + 1
        m = Measurement(0x20, 200, crank_revolutions=turn, crank_event_time_raw=round(t * 1024))
        meter.read(Notification(t, encode(m)))
        told.append(meter.cadence_rpm)
    assert told[:3] == [None, None, 60.0]
    assert told[9:13] == pytest.approx([60.0, 60 * 5 / 4.5, 60 * 6 / 5, 60 * 6 / 4.5])
    assert told[17:20] == pytest.approx([108.0, 120.0, 120.0])


@pytest.mark.parametrize(("silent_s", "cadence"), [(3.0, 75.0), (3.125, 0.0)])
def test_a_cadence_holds_for_three_seconds_without_a_turn(silent_s: float, cadence: float) -> None:
    by_tick, by_packet = Meter("meter", Setup()), Meter("meter", Setup())
    for meter in (by_tick, by_packet):
        turning(11, meter)
    by_tick.advance(8.0 + silent_s)
    repeat = packet(8.0 + silent_s, 10)
    told = by_packet.feed(repeat.t, by_packet, by_packet.read(repeat))
    assert told == Reading(None, 200, 200)
    for meter in (by_tick, by_packet):
        assert meter.cadence_rpm == pytest.approx(cadence, abs=0.1)
        assert meter.pedalling == (cadence > 0)
    turning_again = [by_packet.read(packet(20.0 + i * 0.8, 25 + i)) for i in range(3)]
    assert turning_again[-1] is not None
    assert by_packet.cadence_rpm == pytest.approx(75.0, abs=0.1)


def test_a_meter_that_never_told_a_turn_has_no_cadence_rather_than_none_at_all() -> None:
    meter = Meter("meter", Setup())
    meter.read(packet(0.0, 0))
    meter.advance(100.0)
    assert meter.cadence_rpm is None


@pytest.mark.parametrize(
    ("cadence", "power", "told"), [(0, 200, False), (1, 200, True), (None, 200, True), (90, 0, False)]
)
def test_a_record_counts_where_the_cranks_turn_or_nothing_is_said_of_them(
    cadence: int | None, power: int, told: bool
) -> None:
    meter = Meter("watch", Setup())
    values = {"power": power, "left_right_balance": 50} | ({} if cadence is None else {"cadence": cadence})
    found = [meter.read(record(float(t), **values)) for t in range(3)]
    assert [x is not None for x in found] == [False, told, told]
    assert meter.power_w == power
    if told and cadence is None:
        assert meter.cadence_rpm == 0.0
    else:
        assert meter.cadence_rpm == cadence


@pytest.mark.parametrize(("apart", "duration_s"), [(10.0, 10.0), (10.125, None)])
def test_a_record_stands_for_the_ten_seconds_that_a_watch_may_leave_out(
    apart: float, duration_s: float | None
) -> None:
    meter = Meter("watch", Setup())
    assert meter.read(record(0.0, power=200)) is None
    revolution = meter.read(record(apart, power=200))
    assert (revolution and revolution.duration_s) == duration_s


def test_a_record_names_the_right_leg_or_none_and_a_measurement_the_left() -> None:
    meter = Meter("watch", Setup())
    named = list[str]()
    for item in (
        record(0.0, power=200, left_right_balance=0x80 | 53),
        record(1.0, power=200, left_right_balance=47),
        packet(2.0, 0),
    ):
        meter.read(item)
        named.append(meter.reference)
    assert named == ["right", "unknown", "left"]


def test_torque_that_is_not_the_crank_s_gives_no_work() -> None:
    for flags, work in ((0x24, 150.0), (0x2C, 152.544)):
        meter = Meter("meter", Setup())
        told = [
            meter.read(
                Notification(
                    t,
                    encode(
                        Measurement(
                            flags,
                            200,
                            accumulated_torque_raw=777 * turn,
                            crank_revolutions=turn,
                            crank_event_time_raw=768 * turn,
                        )
                    ),
                )
            )
            for turn, t in enumerate((0.0, 0.75))
        ]
        assert told[1] is not None
        assert told[1].work_j == pytest.approx(work, abs=0.1)


def moving(count: int) -> list[Notification]:
    return [packet(i * 0.8, i, power=150 + i % 40, balance=92 + i % 7) for i in range(count)]


@pytest.mark.parametrize(("turns", "told"), [(200, 0), (201, 1), (1000, 1)])
def test_an_unlisted_meter_is_looked_at_after_two_hundred_turns_and_what_moves_is_told_once(
    turns: int, told: int
) -> None:
    events, view = fold(Setup(), moving(turns))
    balance = [e for e in events if isinstance(e, MeterChange) and e.what == "balance"]
    assert len(balance) == told
    codes = [x.code for x in view.limits if isinstance(x, Remark)]
    assert (codes[0] == "probe.moves") == (told > 0)
    if told:
        assert balance[0].t == pytest.approx(160.0)


def test_an_unlisted_meter_that_does_not_move_yet_is_looked_at_again_two_hundred_turns_later() -> None:
    still = [packet(i * 0.8, i, power=200, balance=96) for i in range(250)]
    events, _ = fold(
        Setup(),
        [
            *still,
            *[packet(x.t + 200, i + 250, power=200, balance=92 + i % 7) for i, x in enumerate(moving(200))],
        ],
    )
    (told,) = [e for e in events if isinstance(e, MeterChange) and e.what == "balance"]
    assert told.t == pytest.approx(320.0)


@pytest.mark.parametrize(("count", "watched"), [(1199, 1199), (1200, 1200), (1201, 1200), (1300, 1200)])
def test_what_has_shown_that_it_moves_is_watched_for_twelve_hundred_notifications(
    count: int, watched: int
) -> None:
    ride = Ride(Setup())
    skipping = [
        packet(i * 0.8, i + (i >= 1180) * (i - 1180), power=200, balance=92 + i % 7) for i in range(count)
    ]
    for item in skipping:
        ride.feed(item)
    codes = {x.code: x.values for x in ride.view().limits if isinstance(x, Remark)}
    assert codes["probe.skipped"]["revolutions"] == watched - 1181
