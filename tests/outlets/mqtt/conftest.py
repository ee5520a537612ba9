"""Brokers to publish at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers.amqtt_broker import amqtt
from tests.brokers.mosquitto import mosquitto


@pytest.fixture(params=["mosquitto", "amqtt"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """The port of a real broker that lets everybody in, each in turn."""
    if request.param == "mosquitto":
        with mosquitto(tmp_path) as broker:
            yield broker.port
    else:
        with amqtt() as own:
            yield own
