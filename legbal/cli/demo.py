"""`legbal demo` and `legbal replay`: a simulated rider, or a recorded ride again; no hardware needed."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

from legbal.app.offline_rides import demo_ride, replayed_ride
from legbal.app.ride_outlets import outlets_of
from legbal.cli.options import settings
from legbal.cli.run import run
from legbal.cli.stdio import complain, keys_apart
from legbal.sources.open_ride import open_ride


def run_demo(
    headless: bool, events: bool, speed: float, seconds: float | None, seed: int, **options: Any
) -> None:
    """A simulated rider whose left leg falls behind; everything else is as on a real ride."""
    silent = headless or events
    chosen = settings(options)
    outlets = outlets_of(
        chosen, options, heard=speed == 1 and not events, events=sys.stdout.buffer if events else None
    )
    companion = demo_ride(
        chosen, outlets, complain, seed=seed, seconds=seconds, speed=_paced(speed), aloud=silent
    )
    run(companion, chosen, options, outlets, headless=silent)


def run_replay(
    ride: str,
    headless: bool,
    events: bool,
    speed: float | None,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """A recorded ride, a capture or a FIT file goes through the same fold again; nothing is recorded."""
    silent = headless or events
    pace = _paced((math.inf if silent else 1.0) if speed is None else speed)
    chosen = settings(options)
    recorded = open_ride(ride, complain, keys_apart() if ride == "-" and not silent else 0)
    outlets = outlets_of(
        chosen, options, heard=pace is not None and not events, events=sys.stdout.buffer if events else None
    )
    companion = replayed_ride(
        recorded,
        chosen,
        options,
        outlets,
        complain,
        history=history,
        plan=plan,
        speed=pace,
        aloud=silent,
    )
    run(companion, chosen, options, outlets, headless=silent)


def _paced(speed: float) -> float | None:
    """The speed as sources take it: None for as fast as it goes."""
    return None if math.isinf(speed) else speed
