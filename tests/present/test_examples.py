"""The examples in the docstrings of `present` hold: they are the definition of how a value is said."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import legbal.present

MODULES = [info.name for info in pkgutil.walk_packages(legbal.present.__path__, "legbal.present.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_numbers_all_have_an_example() -> None:
    from legbal.present import numbers, text

    for module in (numbers, text):
        found = {test.name.rpartition(".")[2]: test.examples for test in doctest.DocTestFinder().find(module)}
        assert [name for name in vars(module) if name.islower() and callable(vars(module)[name])
                and vars(module)[name].__module__ == module.__name__ and not name.startswith("_")
                and not found.get(name)] == []  # fmt: skip
