"""What the fold hands out cannot be changed by whoever reads it."""

from __future__ import annotations

import importlib
import pkgutil

import msgspec

import legbal.ride

# One for each turn or second, of which a frozen one takes longer to make; and what a meter says, or one leg does, as it
# comes.
WITHIN = {"Bin", "Device", "Moment", "Reading", "Revolution", "Second", "_Run"}


def test_all_but_what_stays_within_is_frozen() -> None:
    structs = [
        value
        for module in pkgutil.iter_modules(legbal.ride.__path__, "legbal.ride.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__.startswith("legbal.ride")
    ]
    assert len(structs) > 20
    assert {x.__name__ for x in structs if not x.__struct_config__.frozen} == WITHIN
