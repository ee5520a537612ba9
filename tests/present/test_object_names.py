"""JSON's names go by the names of structs: each of these is there, and only one of it."""

import importlib
import pkgutil
from collections import Counter

import msgspec
import pytest

import legbal.analysis
import legbal.ride
from legbal.present import objects


def structs() -> Counter[str]:
    modules = [
        importlib.import_module(f"{room.__name__}.{module.name}")
        for room in (legbal.analysis, legbal.ride)
        for module in pkgutil.iter_modules(room.__path__)
    ]
    return Counter(
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == module.__name__
    )


@pytest.mark.parametrize("name", objects._NAMES)
def test_each_name_is_of_one_struct(name: str) -> None:
    assert structs()[name] == 1
