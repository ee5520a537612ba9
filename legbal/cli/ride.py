"""`legbal ride`: the rider's own meter over Bluetooth."""

from __future__ import annotations

import sys
from typing import Any

from legbal.app.live_ride import live_ride
from legbal.app.meter_choice import Chooser, with_pair
from legbal.app.ride_outlets import outlets_of
from legbal.cli.options import settings
from legbal.cli.run import run
from legbal.cli.stdio import complain
from legbal.cli.terminal import choose


def run_ride(headless: bool, events: bool, **options: Any) -> None:
    """Rides until Ctrl-C or `q`."""
    silent = headless or events
    chosen = with_pair(settings(options), options)
    chooser = Chooser(choose)
    outlets = outlets_of(
        chosen, options, heard=not events, events=sys.stdout.buffer if events else None, live=True
    )
    companion = live_ride(chosen, options, outlets, None if events else chooser, complain, aloud=silent)
    run(companion, chosen, options, outlets, headless=silent, chooser=chooser)
