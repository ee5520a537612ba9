"""A radio for the start screen: what is in range is what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from textual.screen import Screen

from legbal.app.nearby import NearbyMeter
from legbal.app.rides import RideService
from legbal.config import Settings
from legbal.errors import BluetoothError
from legbal.tui.base_app import BaseApp
from legbal.tui.screens.start import Choice, StartScreen

ASSIOMA = NearbyMeter(
    "ASSIOMA17039L", "ASSIOMA17039L", -61, "measured", "Favero Assioma Duo", "Connect both pedals."
)
QUARQ = NearbyMeter("race bike (Quarq 12)", "Quarq 12", -80, "estimated", "Quarq", usual=True)
NAMELESS = NearbyMeter("E0:0D:5C:00:00:09", "E0:0D:5C:00:00:09", None, "unverified", "not listed")


class Radio:
    """What is in range, as a test turns it."""

    def __init__(self, *meters: NearbyMeter) -> None:
        self.meters: Sequence[NearbyMeter] = meters
        self.fails: BluetoothError | None = None
        self.changed = asyncio.Event()
        self.closed = 0

    async def look(self) -> AsyncGenerator[Sequence[NearbyMeter], None]:
        try:
            while True:
                if self.fails:
                    raise self.fails
                yield self.meters
                await self.changed.wait()
                self.changed.clear()
        finally:
            self.closed += 1

    def hears(self, *meters: NearbyMeter) -> None:
        self.meters = meters
        self.changed.set()


class Rides(Screen[None]):
    """Stands for the rides of before."""


def app_of(radio: Radio) -> BaseApp[Choice]:
    """The program over this radio."""
    return BaseApp(lambda: StartScreen(radio.look, Rides, RideService), Settings())
