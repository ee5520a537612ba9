"""A meter in range as the start screen lists it: one line, whatever is advertised."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from legbal.app.nearby import NearbyMeter, nearby_meter
from legbal.config import Settings
from legbal.meters.profile import Kind, Profile
from legbal.present.profile import expected
from legbal.sources.bluetooth.power_meter import PowerMeter
from legbal.tui.render.start import row


def test_what_can_be_known_of_the_legs_is_whole_on_a_small_screen() -> None:
    single = [expected([Profile(id="x", name="X", kind=kind)]) for kind in get_args(Kind)]
    several = expected([Profile(id=kind, name="X", kind=kind) for kind in ("measured", "doubled")])
    locked = expected([Profile(id="x", name="X", kind="estimated", locked=True)])
    for worth in (*single, several, locked):
        for rssi in (None, -40, -99, 127):
            assert worth in row(NearbyMeter("Stages 20561", "x", rssi, worth, "Stages LR or Stages L"), 76)


@pytest.mark.parametrize(("width", "said"), [(76, "unknown"), (116, "strength unknown")])
def test_a_strength_that_is_not_known_is_not_said(width: int, said: str) -> None:
    shown = row(NearbyMeter("PM", "x", 127, "measured", "Assioma"), width)
    assert f"PM{' ' * 27}{said} " in shown
    assert "127" not in shown


def test_a_row_stays_on_one_line_whatever_is_advertised() -> None:
    wild = NearbyMeter("[red]\x1b[2J自転車\n" * 9, "x", -90, "unverified", "A or B" * 40)
    for width in (20, 76, 116):
        assert len(row(wild, width)) <= width
        assert row(wild, width).isprintable()


def test_a_meter_in_range_is_listed_as_the_rider_knows_it() -> None:
    meter = PowerMeter("Quarq 12", "C0:FF:EE:00:00:01", -60)
    settings = Settings(aliases={"race bike": "Quarq 12"})
    listed = nearby_meter(meter, True, "c0:ff:ee:00:00:01", settings)
    assert (listed.name, listed.selector, listed.usual) == ("race bike (Quarq 12)", "Quarq 12", True)
    namesake = nearby_meter(meter, False, "", settings)
    assert (namesake.selector, namesake.usual, namesake.paired) == (meter.address, False, False)


@pytest.mark.parametrize(("name", "alone"), [("any", True), ("Off", True), (None, True), ("TICKR", False)])
def test_a_strap_that_no_name_means_goes_by_its_address(name: str | None, alone: bool) -> None:
    strap = PowerMeter(name, "C0:FF:EE:00:00:02", -60, services=("180d",))
    listed = nearby_meter(strap, alone, "", Settings())
    assert (listed.strap, listed.selector) == (True, strap.address)


def test_what_the_rider_calls_a_meter_is_no_strap() -> None:
    device = PowerMeter("TICKR 12", "C0:FF:EE:00:00:02", -60, services=("180d",))
    assert nearby_meter(device, True, "", Settings()).selector == "TICKR 12"
    assert not nearby_meter(device, True, "", Settings(meter="TICKR 12")).strap
    assert not nearby_meter(
        msgspec.structs.replace(device, services=("180d", "1818")), True, "", Settings()
    ).strap
