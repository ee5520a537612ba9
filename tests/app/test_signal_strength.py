"""A signal strength, whatever number a platform says: published, recorded and shown."""

from __future__ import annotations

import pytest

from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding, schema
from legbal.ride.inputs import Link, Notification, Setup
from legbal.ride.ride import Ride
from tests.app.riding import Riding
from tests.tui.seen import text


@pytest.mark.parametrize("rssi", [127, -127, 0, None, -300, 2**40])
async def test_whatever_signal_strength_a_platform_says_passes(rssi: int | None) -> None:
    ride = Ride(Setup())
    ride.feed(Link(0.0, "connected", "m", rssi=rssi))
    said = encoding.live(ride.view(), RunState(), id="x", sent=1.0)
    assert schema.read(schema.Live, said).links[0].rssi == rssi


@pytest.mark.parametrize(
    ("rssi", "bars"), [(127, ""), (-127, "▂ "), (0, "▂▄▆█ "), (None, ""), (-300, "▂ "), (2**40, "▂▄▆█ ")]
)
async def test_whatever_signal_strength_is_recorded_and_shown(
    rssi: int | None, bars: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(160, 40)) as pilot:
        riding.source.queue.put_nowait(Link(0.0, "connected", "m", rssi=rssi))
        riding.source.queue.put_nowait(Notification(0.0, bytes([80]), "2a19", "m"))
        riding.ride()
        await riding.until(pilot, lambda: f" {bars}battery 80 %" in riding.screen())
        assert ("▂" in text(riding.app, "header")) == bool(bars)
        first, *_ = await riding.recorded()
        assert isinstance(first, Link)
        assert first.rssi == rssi
