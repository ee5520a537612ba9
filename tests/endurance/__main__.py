"""`python -m tests.endurance [SCENARIO …]`: all of them, or those named; exit code 0 only if every figure holds."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path

from tests.endurance import Figure
from tests.endurance.drops import drops
from tests.endurance.endings import endings
from tests.endurance.kills import kills
from tests.endurance.soak import soak

_SCENARIOS = {
    "kills": "50 SIGKILLs at random moments of a ride",
    "kills-busy": "the same while a program on every core computes",
    "drops": "100 links that are lost in one ride",
    "endings": "the terminal closed, SIGQUIT, Ctrl-C twice; with and without the screen",
    "soak": "8 hours at 8 Hz, 60 times as fast",
    "hour": "the same for one hour, as fast as it is",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the scenarios and prints a line for each figure; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance",
        description="Rides for hours, through kills, dropped links and rude ends.",
        epilog="; ".join(f"{name}: {what}" for name, what in _SCENARIOS.items()),
    )
    parser.add_argument("scenarios", nargs="*", choices=[[], *_SCENARIOS], help="default: all, one by one")
    parser.add_argument("--count", type=int, help="kills or drops, instead of 50 or 100")
    parser.add_argument("--hours", type=float, help="of the soak, instead of 8 or 1")
    parser.add_argument(
        "--speed", type=float, default=60.0, help="how fast the soak's time passes (default 60)"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if missing := [name for name in ("dbus-daemon", "mosquitto") if shutil.which(name) is None]:
        print(f"This cannot run here. Missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    count, seed = given.count, given.seed
    held = True
    for name in given.scenarios or _SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="legbal-endurance-") as folder:
            os.environ["LEGBAL_HOME"] = str(Path(folder) / "home")
            match name:
                case "kills" | "kills-busy":
                    work = kills(count or 50, seed, busy=name == "kills-busy")
                case "drops":
                    work = drops(count or 100, seed)
                case "endings":
                    work = endings(Path(folder))
                case "soak":
                    work = soak(Path(folder), given.hours or 8.0, given.speed, seed)
                case _:
                    work = soak(Path(folder), given.hours or 1.0, 1.0, seed)
            held &= _run(name, work)
    return 0 if held else 1


def _run(name: str, work: Coroutine[None, None, list[Figure]]) -> bool:
    began = time.monotonic()
    figures = asyncio.run(work)
    for figure in figures:
        judged = "holds" if figure.holds else "MISSED"
        print(f"{name}: {figure.name} {figure.measured} (goal: {figure.goal}): {judged}", flush=True)
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return all(figure.holds for figure in figures)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # a killed program's links are nobody's trouble here
    for variable in [variable for variable in os.environ if variable.startswith("LEGBAL_")]:
        del os.environ[variable]  # the settings of whoever runs this
    sys.exit(main())
