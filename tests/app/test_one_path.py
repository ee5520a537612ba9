"""What a ride was is asked in one way by `rides`, `review` and `report`: derived once, then found.

What is found is not read again: a kept summary costs a look at the ride's first inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from legbal.app import ride_values
from legbal.app.derivation import Derivation, DerivedValue
from legbal.app.meters import profiles
from legbal.cli import legbal
from legbal.files import capture
from legbal.library.rides import Library, RideRow
from legbal.ride.inputs import Input
from legbal.sources.simulator import demo
from tests.sources.simulated import notifications


class Calls:
    """Counts what is asked of derivations, what folds a ride for an answer, and how many kept inputs are read."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.folds, self.asked = Counter[str](), Counter[str]()
        self.read = 0
        get, inputs = Derivation.get, Library.inputs

        def asking(derivation: Derivation, value: DerivedValue[Any], basis: str = "") -> Any:
            self.asked[value.name] += 1
            return get(derivation, value, basis)

        def reading(library: Library, ride: RideRow) -> Generator[Input, None, None]:
            for item in inputs(library, ride):
                self.read += 1
                yield item

        patch.setattr(Derivation, "get", asking)
        patch.setattr(Library, "inputs", reading)
        for name in ("summarise_ride", "analyse"):
            patch.setattr(ride_values, name, self._counting(name, getattr(ride_values, name)))

    def _counting(self, name: str, fold: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **others: Any) -> Any:
            self.folds[name] += 1
            return fold(*arguments, **others)

        return counting

    def of(self, *command: str) -> tuple[dict[str, int], dict[str, int]]:
        """The folds of one command, and what it asked for."""
        self.folds.clear()
        self.asked.clear()
        self.read = 0
        result = CliRunner().invoke(legbal, command)
        assert result.exit_code == 0, result.output
        return dict(self.folds), dict(self.asked)


def test_a_ride_is_folded_once_for_each_kind_of_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = next(p for p in profiles() if p.id == "favero-assioma-duo")
    file = tmp_path / "ride.jsonl"
    capture.write(file, notifications(demo(profile, 1, seconds=300)))
    calls = Calls(monkeypatch)
    page = str(tmp_path / "ride.html")

    folds, asked = calls.of("import", str(file))
    assert folds == {"summarise_ride": 1}, "an import summarises the ride"
    assert asked["bands"] == 2, "once more to keep what it teaches, of what is kept"
    assert asked["contribution"] == 1

    assert calls.of("rides") == ({}, {}), "the list reads what is kept"
    assert calls.of("review", "last", "--json") == ({}, {}), "and so does its review"
    assert 0 < calls.read < 10, "which looks at the ride's beginning alone"

    folds, asked = calls.of("report", "last", "--output", page)
    assert (folds, asked) == ({"analyse": 1}, {"analysis": 1}), "a report analyses the ride"
    assert calls.of("report", "last", "--output", page, "--overwrite") == ({}, {"analysis": 1}), "once"
    assert calls.read < 10
    assert calls.of("review", "last", "--json") == ({}, {})
    assert calls.of("review", "last") == ({}, {}), "a review takes of it what it says"
