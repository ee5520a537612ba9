"""A defect of the fold's own, on one of a ride's inputs."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from legbal.ride.inputs import Notification
from legbal.ride.meter import Meter


def fail_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """From now on the fold fails on the measurement of that number, counted from 1, and on no other."""
    read, calls = Meter.read, itertools.count(1)

    def failing(meter: Meter, item: Notification) -> Any:
        if next(calls) == number:
            raise KeyError("right")
        return read(meter, item)

    monkeypatch.setattr(Meter, "read", failing)
