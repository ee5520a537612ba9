"""Freezes what the program prints, and compares: the program is that of the interpreter that runs this."""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.golden.cases import Cases

_EPILOG = """
Cases: help, settings, profiles, packets, variants, library-all, library-simulated, ridden-01 to -20 (a
demonstration and the library it leaves), simulated-01 to -20 (the same as a capture), and one for each ride in
../shared/data, as fit-wahoo_bolt_short or cases-f00_plain. tests/golden/frozen holds those that the suite compares:
freeze them anew with `python -m tests.golden freeze tests/golden/frozen --there`.
"""


def main() -> int:
    """0: written, or nothing differs; 1: something does."""
    options = _options()
    only = options.only or [""]
    with tempfile.TemporaryDirectory(prefix="golden-") as scratch:
        cases = Cases(Path(scratch))
        names = [name for name in cases.by_name if any(part in name for part in only)]
        if options.there:
            names = [name for name in names if (options.folder / name).is_dir()]
        differing = 0
        with ThreadPoolExecutor(options.jobs) as pool:
            for name, texts in zip(names, pool.map(cases.texts, names), strict=True):
                if options.do == "freeze":
                    write(options.folder / name, texts)
                    continue
                lines = list(differences(options.folder / name, texts))
                differing += bool(lines)
                sys.stdout.writelines(lines)
                sys.stdout.flush()
    print(
        f"{len(names)} cases, {differing} differ"
        if options.do == "compare"
        else f"{len(names)} cases written"
    )
    return 1 if differing else 0


def write(folder: Path, texts: dict[str, str]) -> None:
    """Keeps the texts of a case, instead of those that were there."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.txt"):
        file.unlink()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def differences(folder: Path, texts: dict[str, str]) -> Iterator[str]:
    """A unified diff of what the case says now against what was kept; nothing where all is equal."""
    kept = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt"))}
    for name in sorted(kept.keys() | texts.keys()):
        yield from difflib.unified_diff(
            kept.get(name, "").splitlines(keepends=True),
            texts.get(name, "").splitlines(keepends=True),
            f"kept/{folder.name}/{name}",
            f"now/{folder.name}/{name}",
            n=1,
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__, epilog=_EPILOG)
    parser.add_argument(
        "do", choices=("freeze", "compare"), help="write what is printed now, or hold it against that"
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where it is kept")
    parser.add_argument(
        "--only", action="append", metavar="SUBSTRING", help="cases with this in their name (again for more)"
    )
    parser.add_argument("--there", action="store_true", help="only the cases that DIR holds")
    parser.add_argument("-j", dest="jobs", type=int, default=1, metavar="N", help="cases side by side")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
