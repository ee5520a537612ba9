"""`legbal study`: many riders' files at once, on all cores or a Dask cluster; one table, and a trend for each rider."""

import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import msgspec

from legbal.app import executors
from legbal.app.meters import profiles
from legbal.app.study import COLUMNS, ERROR_COLUMNS, TREND_COLUMNS, Study
from legbal.app.study_files import files_in, riders_of
from legbal.cli.stdio import complain
from legbal.cli.terminal import bar
from legbal.errors import UsageError
from legbal.files.atomic_write import atomic_write
from legbal.files.exporting import Put, parquet_table, require_parquet
from legbal.present.document import Column, Table
from legbal.present.grid import table_text
from legbal.present.numbers import count
from legbal.present.text import printable

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
    require_parquet()
    files = files_in(folders)
    stated = riders_of(riders, {file.rider for file in files}) if riders is not None else {}
    bad = output.with_name(f"{output.stem}.errors{output.suffix}")
    with ExitStack() as stack:  # the three tables appear when it closes well

        def table(path: Path, columns: dict[str, type]) -> Put:
            file = stack.enter_context(atomic_write(path, overwrite=overwrite))
            return stack.enter_context(parquet_table(file, columns))

        tables = table(output, COLUMNS), table(bad, ERROR_COLUMNS)
        put_trends = table(output.with_name(f"{output.stem}.trends{output.suffix}"), TREND_COLUMNS)
        studied = Study(files, stated, profiles(), tables, bar)
        crew = executors.dask(address) if address else executors.processes(workers or executors.cores())
        stopped = None
        try:
            with crew as those:
                studied.run(those)
        except KeyboardInterrupt:
            stopped = "stopped"
        except BrokenExecutor:
            stopped = "stopped, for a worker was ended by its system (is memory short?)"
        except CancelledError:
            stopped = "stopped, for the cluster went away"
        if stopped is not None and not studied.done:
            complain(f"{stopped} before any file was done; nothing is written")
            raise click.Abort
        trends = studied.trends()
        put_trends(trends)
    _print(studied, trends, output, as_json)
    if studied.refused:
        click.echo(f"{count(len(studied.refused), 'file')} could not be used: {bad} says why", err=True)
    if stopped is not None:
        complain(f"{stopped} after {studied.done} of {len(files)} files; these are written")
        sys.exit(1)


def _print(studied: Study, trends: Sequence[dict[str, Any]], output: Path, as_json: bool) -> None:
    rides = sum(map(len, studied.rides.values()))
    if as_json:
        click.echo(
            msgspec.json.encode(
                {"table": str(output), "rides": rides, "errors": len(studied.refused), "trends": trends}
            )
        )
    else:
        rows = [
            (printable(x["rider"]), printable(x["meter"]), x["band"], str(x["rides"]), x["words"])
            for x in trends
            if x["points_per_month"] is not None  # rides enough for one
        ]
        total = f"{count(rides, 'ride')} of {count(len(studied.rides), 'rider')} in {output}"
        click.echo("\n".join([*table_text(Table(_TREND, rows)), total]))
