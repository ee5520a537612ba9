"""`python -m tests.fuzz [TARGET …] [--count N] [--seed N]`: all targets, or those named; exit code 1 if one finds."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz import FuzzError, targets


def main() -> int:
    """Runs the targets, and prints for each what was tried, how long that took, and what was found."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", nargs="*", choices=[[], *known], help="all of them by default")
    parser.add_argument("--count", type=int, help="inputs for each target, instead of its own number")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = 0
    for name in given.target or known:
        start = time.monotonic()
        try:
            tried = known[name].run(given.count or known[name].DEFAULT, given.seed)
        except FuzzError as error:
            found += 1
            print(f"{name}: FOUND {error}", flush=True)
        else:
            listed = ", ".join(f"{what} {number:,}" for what, number in tried.items())
            print(f"{name}: {listed}; nothing found in {time.monotonic() - start:.0f} s", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
