"""`legbal import` and `legbal export`: rides from and to the files of other programs.

What a head unit recorded, or a capture, goes into the library, the same file only once, also from folders and archives;
a file is written whole or not at all.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from legbal.app.meters import meter_named
from legbal.app.named_ride import open_derivation
from legbal.app.review import ReviewService, default_name
from legbal.app.ride_files import ImportResult, export_ride, ride_files
from legbal.cli.meters import ask_questions
from legbal.cli.rides import tell_questions
from legbal.cli.terminal import bar, complain, print_json, print_lines, waiting, writing
from legbal.config import load
from legbal.errors import UsageError
from legbal.files.exporting import FORMATS, Format
from legbal.present.headline import headline
from legbal.present.numbers import count, day, hours
from legbal.present.sentences import say


def import_files(files: Sequence[Path], meter: str | None, as_json: bool, **options: Any) -> None:
    """Imports the files, of folders and archives all, each by itself; the exit code is 1 if any failed."""
    chosen = load(options)
    rides = ride_files(list(files))
    files = rides.paths
    if rides.others:
        complain(say("import.others", others=count(rides.others, "file")))
    meter = None if meter is None else meter_named(meter, chosen)
    service = ReviewService(chosen)
    imports: list[ImportResult] = []
    with_bar = sys.stderr.isatty() and len(files) > 1  # what is said meanwhile would tear it
    results = service.bring_in(files, meter, options)
    try:
        with suppress(KeyboardInterrupt), bar("Importing", len(files) if with_bar else 0) as step:
            for imported in results if with_bar else _awaited(results):
                imports.append(imported)
                if not with_bar:
                    _tell(service, imported, as_json)
                step(1)
    finally:
        for imported in imports if with_bar else ():
            _tell(service, imported, as_json)
    if any(imported.new for imported in imports):
        (tell_questions if as_json else ask_questions)(service)
    if len(imports) < len(files):
        complain(f"stopped after {len(imports)} of {len(files)} files; the same line goes on with the rest")
    if len(imports) < len(files) or any(imported.ride is None for imported in imports):
        sys.exit(1)


def _awaited(results: Iterator[ImportResult]) -> Iterator[ImportResult]:
    """The same; says that they are waited for."""
    while True:
        with waiting("Importing …"):
            imported = next(results, None)
        if imported is None:
            return
        yield imported


def _tell(service: ReviewService, imported: ImportResult, as_json: bool) -> None:
    if as_json:
        print_json(imported)
        return
    if imported.error is not None:
        complain(imported.error)
    if imported.ride is not None:
        ride = service.find(imported.ride)
        summary = service.summary(ride)
        answer = "" if summary is None else f"{headline(summary)} "
        when = f"{day(ride.started)}, {hours(ride.duration_s)}"
        what = "ride" if imported.new else "already imported as ride"
        print_lines(f"{answer}{imported.file}: {what} {imported.ride}, {when}")


def export(
    ride: str,
    kind: Format | None,
    output: Path | None,
    overwrite: bool,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """Exports one ride."""
    kind = kind or _kind_of(output)

    def shown(steps: int) -> AbstractContextManager[Callable[[int], None]]:
        # a bar where it takes a second or more
        return bar("Exporting", steps if steps >= 1_800 else 0, every=200)

    with (
        open_derivation(ride, load(options), options, history, plan, complain) as (recorded, derivation),
        writing(output, f"{default_name(recorded, derivation)}.{kind}", overwrite=overwrite) as file,
    ):
        export_ride(file, kind, recorded, derivation, complain, shown)


def _kind_of(output: Path | None) -> Format:
    if output is None or str(output) == "-" or output.is_dir():
        return "fit"
    kind = next((kind for kind in FORMATS if output.suffix.lower() == f".{kind}"), None)
    if kind is None:
        raise UsageError(
            f"{output}: its name does not say which format",
            hint=f"Choose with --format {'|'.join(FORMATS)}.",
        )
    return kind
