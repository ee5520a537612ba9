"""Writes anew what the rides of `tests/ride/frozen` tell: `python -m tests.ride`."""

from __future__ import annotations

from tests.ride.frozen_rides import FROZEN, RIDES, told


def main() -> None:
    """Every ride; `git diff` then shows which events and which minutes changed."""
    for name, ride in RIDES.items():
        (FROZEN / f"{name}.txt").write_text("".join(f"{line}\n" for line in told(*ride())), encoding="utf-8")


if __name__ == "__main__":
    main()
