"""Every profile's bytes, sent by a fake meter of that family over bleak and bluetoothd, ridden by the fold."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import msgspec
import numpy as np
import pytest

from legbal.gatt.characteristics import decode_text
from legbal.meters.identify import candidates, features_of
from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.ride import fold
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.riding import riding
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications

PROFILES = shipped()
RIDDEN = Workout("short", (Step(40.0, 0.7, 0.8),))


def as_sent(inputs: list[Input], sent: list[Notification]) -> list[Input]:
    """What arrived, at the times of the ride: here it is sent as fast as it goes."""
    times: dict[str, list[float]] = defaultdict(list)
    for item in sent:
        times[item.meter].append(item.t)
    taken: dict[str, int] = defaultdict(int)
    timed: list[Input] = []
    for arrived in inputs:
        t = 0.0
        if isinstance(arrived, Notification) and arrived.uuid == "2a63":
            t = times[arrived.meter][taken[arrived.meter]]
            taken[arrived.meter] += 1
        timed.append(msgspec.structs.replace(arrived, t=t))
    return sorted(timed, key=lambda arrived: arrived.t)


@pytest.mark.parametrize("profile_id", sorted(PROFILES))
async def test_its_bytes_arrive_as_sent_and_say_what_the_profile_says(
    radio: Bluetoothd, quick: Timings, profile_id: str
) -> None:
    profile = PROFILES[profile_id]
    simulated = SimulatedRide(profile=profile, seed=4, workout=RIDDEN)
    sent = [item for item in notifications(simulated) if item.uuid == "2a63"]
    read: dict[str, dict[str, str | bytes]] = defaultdict(dict)
    for item in notifications(simulated):
        if item.uuid != "2a63":
            read[item.meter][item.uuid] = item.data
    meters = {name: radio.add_meter(name, values=values) for name, values in read.items()}
    source = BluetoothSource(timings=quick, profiles=tuple(PROFILES.values()), meter=next(iter(meters)))
    async with riding(source) as ride:
        await asyncio.gather(*(meter.subscribed() for meter in meters.values()))
        for name, meter in meters.items():
            packets = [(item.t, item.uuid, item.data) for item in sent if item.meter == name]
            await meter.play(packets, speed=float("inf"))
        await ride.received(len(sent))
    arrived = [item for item in ride.inputs if isinstance(item, Notification)]
    for name, values in read.items():
        of = [item for item in arrived if item.meter == name]
        assert [item.data for item in of if item.uuid == "2a63"] == [
            item.data for item in sent if item.meter == name
        ]
        assert {item.uuid: item.data for item in of if item.uuid in values} == values
        told = {item.uuid: item.data for item in of if item.uuid in values}
        known = candidates(
            PROFILES.values(),
            name=name,
            services=("1818",),
            manufacturer=decode_text(told.get("2a29", b"")) or None,
            model=decode_text(told.get("2a24", b"")) or None,
            features=features_of(told["2a65"]),
        )
        assert profile.id in [family.id for family in known]
    _, view = fold(Setup(profile=profile), as_sent(ride.inputs, sent))
    assert view.counts.undecodable == 0
    assert view.links[0].battery_percent == 81
    truth = simulated.truth
    share = float(np.average(truth.left_percent, weights=truth.power_w * truth.pedalled_s))
    if profile.has_balance:
        assert view.balance == profile.kind
        assert view.ride.left_percent == pytest.approx(share, abs=2.5)
    else:
        assert (view.balance, view.ride.left_percent) == ("absent", None)
        assert remark(view.limits[0]).startswith("No balance")
