"""A short run of every target; the long one is `python -m tests.fuzz`."""

from __future__ import annotations

import random
from types import ModuleType

import pytest

from legbal.gatt import characteristics as gatt_characteristics
from legbal.ride import fit_record, ride
from tests.fuzz import FuzzError, program, targets

TARGETS = targets()


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_nothing_is_found(target: ModuleType) -> None:
    tried = target.run(target.IN_SUITE, seed=1)
    assert sum(tried.values()) >= target.IN_SUITE


def test_a_view_with_a_number_that_cannot_be_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ride, "leave_out_invalid", lambda view: view)
    monkeypatch.setattr(fit_record, "cadence_of", lambda rpm: rpm)
    with pytest.raises(FuzzError, match=r"seed \d+, input \d+ .*view.cadence_rpm: Expected `float` [<>]= "):
        program.run(2_000, seed=1)


def test_a_defect_of_a_decoder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gatt_characteristics.ByteReader, "end", lambda *_: random.Random(1).choice(()))
    with pytest.raises(FuzzError, match="IndexError"):
        TARGETS["characteristics"].run(1_000, seed=1)
