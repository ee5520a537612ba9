"""One command: ``python -m tests.qemu``. Exit code 0 if every scenario held, 1 if not, 2 if it cannot run here."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.qemu import boot
from tests.qemu.names import ALL_HELD, NAMES

_BUILD = boot.CHECKOUT / "build"
_KERNEL, _LOG = _BUILD / "kernel", _BUILD / "real-stack.log"
_CAPTURE = boot.CHECKOUT.parent / "shared/data/captures/assioma_duo.jsonl"
# emulated, all of it takes half an hour
_LIMIT_S = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; gives its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.qemu", description="Rides on the real Linux stack."
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"{'; '.join(NAMES)} (default: all)")
    parser.add_argument(
        "--kernel",
        type=Path,
        metavar="FOLDER",
        default=_KERNEL,
        help="an unpacked package of a Debian kernel",
    )
    parser.add_argument(
        "--capture", type=Path, metavar="FILE", default=_CAPTURE, help="a capture of an Assioma"
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.scenarios if name not in NAMES]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    try:
        programs = boot.find_programs()
        kernel = boot.find_kernel([options.kernel, Path("/")], _KERNEL)
        _require_rest(options.capture)
    except boot.MissingError as missing:
        print(f"The real stack cannot run here. Missing: {missing}", file=sys.stderr)
        return 2
    _LOG.parent.mkdir(exist_ok=True)
    asked = [programs["bluetoothd"], str(options.capture.resolve()), *(options.scenarios or NAMES)]
    line = ""
    for line in boot.run(kernel, programs, asked, _LOG, _LIMIT_S):
        print(line, flush=True)
    if line != ALL_HELD:
        print(f"What the kernel and bluetoothd said is in {_LOG}", file=sys.stderr)
    return 0 if line == ALL_HELD else 1


def _require_rest(capture: Path) -> None:
    if sys.platform != "linux":
        raise boot.MissingError("Linux, on whose own files the guest runs")
    if importlib.util.find_spec("bumble") is None:
        raise boot.MissingError(
            "Bumble:\n    .venv/bin/python -m pip install -c tests/constraints.txt -e '.[real-stack]'"
        )
    if not capture.is_file():
        raise boot.MissingError(f"a capture of an Assioma at {capture}: name one with --capture")


if __name__ == "__main__":
    sys.exit(main())
