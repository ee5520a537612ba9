"""Writes the library of the present schema."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from legbal.library.schema import MIGRATIONS
from tests.library.schemas import file_of, pack


def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        capture, fit = Path(folder, "indoor.jsonl"), Path(folder, "indoor.fit")

        def legbal(*arguments: str) -> None:
            subprocess.run(
                [sys.executable, "-m", "legbal", *arguments],
                check=True,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"LEGBAL_HOME": folder},
            )

        for seed in "1", "2":
            legbal("demo", "--headless", "--speed", "max", "--seconds", "90", "--seed", seed)
        legbal("export", "last", "--format", "jsonl", "-o", str(capture))
        lines = capture.read_text(encoding="utf-8").splitlines(keepends=True)
        capture.write_text("".join(lines[:60]), encoding="utf-8")  # another file than the ride's own
        legbal("import", str(capture))
        legbal("export", str(capture), "-o", str(fit))
        legbal("import", str(fit))
        legbal("change", "add", "left cleat 2 degrees in", "--date", "2026-05-01")
        pack(len(MIGRATIONS), Path(folder, "library.sqlite"))
    print(f"wrote {file_of(len(MIGRATIONS))}")


_write()
