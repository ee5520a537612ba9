"""A short run of every target; the long one is `python -m tests.fuzz`."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType

import pytest

from legbal.gatt import characteristics as gatt_characteristics
from legbal.ride import fit_record, ride_state
from tests.fuzz import FuzzError, program, targets
from tests.fuzz._cases import run_cases

TARGETS = targets()


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_nothing_is_found(target: ModuleType) -> None:
    tried = target.run(target.IN_SUITE, seed=1)
    assert sum(tried.values()) >= target.IN_SUITE


def test_a_view_with_a_number_that_cannot_be_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ride_state, "leave_out_invalid", lambda view: view)
    monkeypatch.setattr(fit_record, "cadence_of", lambda rpm: rpm)
    with pytest.raises(FuzzError, match=r"seed \d+, input \d+ .*view.cadence_rpm: Expected `float` [<>]= "):
        program.run(2_000, seed=1)


def test_a_defect_of_a_decoder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gatt_characteristics.ByteReader, "end", lambda *_: random.Random(1).choice(()))
    with pytest.raises(FuzzError, match="IndexError"):
        TARGETS["characteristics"].run(1_000, seed=1)


def test_a_case_that_fails_is_named_and_fails_again(tmp_path: Path) -> None:
    def case(rng: random.Random, _folder: Path) -> str:
        assert rng.random() < 0.9
        return "fine"

    with pytest.raises(FuzzError, match=r"case\(Random\('1/\d+'\), folder\): AssertionError") as caught:
        run_cases(case, 1000, seed=1)
    made_of = str(caught.value).split("'")[1]
    with pytest.raises(AssertionError):
        case(random.Random(made_of), tmp_path)


@pytest.mark.parametrize("name", ["fit", "workout", "settings", "capture", "messages"])
def test_odd_input_is_neither_all_refused_nor_all_taken(name: str) -> None:
    assert len(TARGETS[name].run(TARGETS[name].IN_SUITE // 2, seed=2)) > 1
