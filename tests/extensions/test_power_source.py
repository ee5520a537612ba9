"""A new power source is one class: here a meter on one crank, for both legs, which nothing in legbal names."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from legbal.meters.balance_octet import ConstantBalance, Reference
from legbal.meters.limits import Remark
from legbal.ride import ride as folding
from legbal.ride.events import Event, IntervalStart, MeterChange
from legbal.ride.inputs import Input, Mark, Notification, Setup
from legbal.ride.meter import Meter
from legbal.ride.power_source import PowerSource
from legbal.ride.revolution import Reading, Revolution
from legbal.ride.ride import fold
from legbal.ride.share import BalanceQuality
from legbal.ride.view import RideView

SECONDS, LEFT_W = 120, 110


class DoubledCrank:
    """Twice what a crank on the left sends; the balance is even by definition."""

    without_balance = 0
    balance: BalanceQuality = "constant"
    one_sided = None

    def __init__(self, meter: Meter) -> None:
        self.name = f"{meter.name}, doubled"
        self.meters = (meter,)
        self.constant = ConstantBalance()
        self.revolutions = 0
        self.reference: Reference = "left"
        self._told = False

    @property
    def skipped(self) -> int:
        return self.meters[0].skipped

    @property
    def cadence_rpm(self) -> float | None:
        return self.meters[0].cadence_rpm

    @property
    def pedalling(self) -> bool:
        return self.meters[0].pedalling

    def takes(self, meter: Meter) -> bool:
        return meter is self.meters[0]

    def feed(self, _t: float, meter: Meter, revolution: Revolution | None) -> Reading:
        self.revolutions += revolution is not None
        return Reading(revolution, 2 * meter.power_w, 2 * meter.power_w)

    def advance(self, t: float) -> None:
        self.meters[0].advance(t)

    def name_reference(self, right: bool) -> None:
        self.reference = "right" if right else "left"

    def limits(self) -> tuple[Remark, ...]:
        return (Remark("balance.constant", {"percent": 50.0}),)

    def news(self) -> Remark | None:
        told, self._told = self._told, True
        return None if told else self.limits()[0]


def doubled(_setup: Setup, meter: Meter, _t: float) -> PowerSource:
    """Stands where `source_for` does."""
    return DoubledCrank(meter)


def inputs() -> Iterator[Input]:
    """A crank that turns once a second; after a minute the rider names the right leg."""
    for turn in range(1, SECONDS + 1):
        if turn == SECONDS // 2:
            yield Mark(float(turn), "reference_right")
        packet = struct.pack("<HhHH", 0x0020, LEFT_W, turn, turn * 1024 % 65536)
        yield Notification(float(turn), packet, "2a63", "crank")


@pytest.fixture
def ridden(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Event], RideView]:
    """The whole ride on it."""
    monkeypatch.setattr(folding, "source_for", doubled)
    return fold(Setup(ftp_w=220.0), inputs())


def test_the_fold_takes_it_as_it_takes_a_meter(ridden: tuple[list[Event], RideView]) -> None:
    events, view = ridden
    assert view.meter_name == "crank, doubled"
    assert view.power_w == 2 * LEFT_W
    assert view.cadence_rpm == pytest.approx(60)
    assert view.pedalling
    assert (view.balance, view.reference) == ("constant", "right")
    assert view.limits[0] == Remark("balance.constant", {"percent": 50.0})
    assert view.counts.revolutions == SECONDS - 1
    # The doubled power is work; the crank's own were easy pedalling.
    assert [event.number for event in events if isinstance(event, IntervalStart)] == [1]


def test_what_it_finds_out_and_what_the_rider_says_of_it_are_told_once(
    ridden: tuple[list[Event], RideView],
) -> None:
    changes = [event for event in ridden[0] if isinstance(event, MeterChange)]
    assert [(change.what, change.meter) for change in changes] == [
        ("balance", "crank, doubled"),
        ("reference", "crank, doubled"),
    ]
