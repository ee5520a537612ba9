"""`legbal import` and `legbal export`: rides from and to the files of other programs.

What a head unit recorded, or a capture, goes into the library, the same file only once, also from folders and archives;
a file is written whole or not at all.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

import msgspec

from legbal.app.meters import meter_named
from legbal.app.named_ride import open_derivation
from legbal.app.reindex import derive_new
from legbal.app.review import ReviewService, default_name
from legbal.app.ride_files import ImportResult, export_ride, ride_files
from legbal.cli.meters import ask_questions
from legbal.cli.rides import tell_questions
from legbal.cli.terminal import bar, complain, print_json, print_lines, waiting, writing
from legbal.config import load
from legbal.errors import LegbalError, UsageError
from legbal.files.exporting import FORMATS, Format
from legbal.present.headline import headline
from legbal.present.numbers import count, day, hours
from legbal.present.sentences import say

_MANY = 12  # files; for fewer, other processes would hardly have begun


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
    # Of many the summaries are made side by side, once all are there: then all is said.
    many = len(files) >= _MANY
    with_bar = sys.stderr.isatty() and len(files) > 1  # what is said meanwhile would tear it
    with suppress(KeyboardInterrupt):
        with bar("Importing", len(files) if with_bar else 0) as step:
            for path in files:
                with nullcontext() if with_bar else waiting("Importing …"):
                    imports.append(service.bring_in(path, meter, options, summarise=not many))
                if not with_bar and not many:
                    _tell(service, imports[-1], as_json)
                step(1)
        if many:
            imports = _summarised(service, imports, with_bar=with_bar)
    for imported in imports if with_bar or many else ():
        _tell(service, imported, as_json)
    if any(imported.new for imported in imports):
        (tell_questions if as_json else ask_questions)(service)
    if len(imports) < len(files):
        complain(f"stopped after {len(imports)} of {len(files)} files; the same line goes on with the rest")
    if len(imports) < len(files) or any(imported.ride is None for imported in imports):
        sys.exit(1)


def _summarised(service: ReviewService, imports: list[ImportResult], *, with_bar: bool) -> list[ImportResult]:
    """The same, with what prevented a summary; all others have one now."""
    new = [x.ride for x in imports if x.ride is not None and x.new]
    problems = dict[str, str]()
    try:
        with bar("Summarising", len(new) if with_bar else 0) as step:
            problems = derive_new(service.path, new, step)
    except LegbalError as error:  # the rides are there; their summaries come later
        complain(str(error), error.hint)
    return [_with_problem(x, problems.get(x.ride or "")) for x in imports]


def _with_problem(imported: ImportResult, problem: str | None) -> ImportResult:
    if problem is None:
        return imported
    unsummarised = say("import.unsummarised", ride=imported.file, reason=problem)
    return msgspec.structs.replace(imported, error="; ".join(filter(None, (imported.error, unsummarised))))


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
