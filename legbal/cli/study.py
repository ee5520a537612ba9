"""`legbal study`: many riders' files at once, on all cores or a Dask cluster; one table, and a trend for each rider."""

import sys
from collections.abc import Sequence
from pathlib import Path

from legbal.app.study import StudyResult, write_study
from legbal.cli.terminal import bar, complain, print_json, print_lines
from legbal.errors import UsageError
from legbal.present.document import Column, Table, table_text
from legbal.present.numbers import count

_TREND = (
    *(Column(x, "left") for x in ("rider", "meter", "power band")),
    Column("rides"),
    Column("", "left"),
)


def study(
    folders: Sequence[Path],
    output: Path,
    riders: Path | None,
    workers: int | None,
    address: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Studies the files; Ctrl-C ends it with what is done, and exit code 1."""
    if address is not None and workers is not None:
        raise UsageError(
            "--workers and --dask exclude each other", hint="A cluster has the workers that it has."
        )
    result = write_study(folders, output, riders, workers, address, overwrite, bar)
    _print(result, output, as_json)
    refused = len(result.study.refused)
    if refused:
        print_lines(f"{count(refused, 'file')} could not be used: {result.errors} says why", err=True)
    if result.stopped:
        complain(
            f"{result.stopped} after {result.study.done} of {len(result.study.files)} files; these are written"
        )
        sys.exit(1)


def _print(result: StudyResult, output: Path, as_json: bool) -> None:
    studied, trends = result.study, result.trends
    rides = sum(map(len, studied.rides.values()))
    if as_json:
        print_json({"table": str(output), "rides": rides, "errors": len(studied.refused), "trends": trends})
    else:
        rows = [
            (x["rider"], x["meter"], x["band"], str(x["rides"]), x["words"])
            for x in trends
            if x["points_per_month"] is not None  # rides enough for one
        ]
        total = f"{count(rides, 'ride')} of {count(len(studied.rides), 'rider')} in {output}"
        print_lines(*table_text(Table(_TREND, rows)), total)
