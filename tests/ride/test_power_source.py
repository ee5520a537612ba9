"""Which meters a ride is ridden on, by what the rider named and by what the first one is."""

from __future__ import annotations

import pytest

from legbal.ride.inputs import Setup
from legbal.ride.meter import Meter
from legbal.ride.pair import Pair
from legbal.ride.power_source import source_for
from tests.ride.halves import SRM, TWO


@pytest.mark.parametrize(
    ("setup", "name", "kind"),
    [
        (Setup(), "Assioma", Meter),
        (TWO, "left", Pair),
        (TWO, "right", Pair),
        (TWO, "Trainer", None),
        (Setup(profile=SRM), "SRM_XP_L_1690", Pair),
        (Setup(profile=SRM), "nameless", Meter),
    ],
)
def test_a_half_makes_a_pair_and_another_meter_is_ridden_on_alone(
    setup: Setup, name: str, kind: type[Meter | Pair] | None
) -> None:
    meter = Meter(name, setup)
    source = source_for(setup, meter, 5.0)
    if kind is None:
        assert source is None
        return
    assert type(source) is kind
    assert source is not None
    assert source.meters == (meter,)
    assert source.name == name
    assert source.takes(meter)
    assert not source.takes(Meter("Trainer", setup))
