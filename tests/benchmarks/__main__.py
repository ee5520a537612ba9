"""Writes the page of figures, `docs/speed.md`, from one run of all benchmarks: `python -m tests.benchmarks`.

Nothing else should run beside it. With the file that an earlier run wrote (`--benchmark-json`), from that.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path("docs/speed.md")
_HEAD = """# Figures

What legbal costs, as its benchmarks measured it: `python -m tests.benchmarks` runs them and writes this page. \
Times are processor time of two cores that did nothing else, the shortest of several rounds in which the cases took \
turns. What counts are ratios to work in the same run that cannot be done without, or to what others take for it; \
milliseconds are those of one machine. A benchmark fails where its ratio gets worse than noise explains.

| benchmark | figures |
| --- | --- |
"""


def main() -> int:
    """Runs the benchmarks where no file is named; gives pytest's exit code."""
    code = 0
    if len(sys.argv) > 1:
        octets = Path(sys.argv[1]).read_bytes()
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "figures.json")
            code = subprocess.call(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "tests/benchmarks",
                    "--benchmark-only",
                    f"--benchmark-json={file}",
                ]
            )
            octets = file.read_bytes()
    PAGE.write_text(_HEAD + "".join(rows(json.loads(octets)["benchmarks"])), encoding="utf-8")
    return code


def rows(benchmarks: list[dict[str, Any]]) -> Iterator[str]:
    """The table's rows: of each benchmark that kept figures its name in words, and these."""
    for benchmark in sorted(benchmarks, key=lambda x: str(x["fullname"])):
        name, _, case = benchmark["name"].removeprefix("test_").partition("[")
        case = re.sub(r"(-[\d.]+)*]$", "", case)  # the limits go
        what = " ".join([name.replace("_", " "), *([f"({case})"] if case else [])])
        figures = ", ".join(_in_words(benchmark["extra_info"]))
        if figures:
            yield f"| {what} | {figures} |\n"


def _in_words(figures: dict[str, Any]) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield f"{name}: {', '.join(_in_words(value))}"
        else:
            yield f"{name.replace('_', ' ')} {f'{value:.3g}' if isinstance(value, float) else value}"


if __name__ == "__main__":
    sys.exit(main())
