"""`legbal import` and `legbal export`: rides from and to the files of other programs.

What a head unit recorded, or a capture, goes into the library, the same file only once, also from folders and archives;
a file is written whole or not at all.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path
from typing import Any

from legbal.app.activity_folders import activity_folders, short
from legbal.app.folder_watch import FolderWatch, watch_for
from legbal.app.imports import ImportRun, line_of
from legbal.app.meters import meter_named
from legbal.app.named_ride import open_derivation
from legbal.app.review import ReviewService, default_name
from legbal.app.ride_files import ImportResult, export_ride
from legbal.cli.meters import ask_questions
from legbal.cli.rides import tell_questions
from legbal.cli.terminal import bar, complain, print_json, print_lines, show, waiting, writing
from legbal.config import load
from legbal.errors import UsageError
from legbal.files.exporting import FORMATS, Format
from legbal.present.numbers import count, listed
from legbal.present.sentences import say

_AS_JSON = ("file", "ride", "error", "new")  # what programs rely on, see docs/import-export.md
_SHOW_EVERY_S = 0.2


def import_files(
    files: Sequence[Path], watch: Sequence[Path], meter: str | None, as_json: bool, **options: Any
) -> None:
    """Imports the files, of folders and archives all, each by itself; the exit code is 1 if any failed.

    Of folders to `watch` it imports what comes into them, until Ctrl-C.
    """
    chosen = load(options)
    service = ReviewService(chosen)
    meter = None if meter is None else meter_named(meter, chosen)
    if watch:
        if files:
            raise UsageError("--watch takes no FILES", hint="Import them by themselves: legbal import FILES")
        with suppress(KeyboardInterrupt):
            _watch(service, watch, meter, as_json, options)
        return
    if not files:
        offered = [folder.shown for folder in activity_folders()]
        hint = say("import.offer", folders=offered) if offered else say("import.name_one")
        raise UsageError("no file or folder is named", hint=hint)
    run = service.import_run(files, meter, options)
    tally = run.tally
    _bring_in(service, run, as_json)
    _conclude(run, as_json)
    if tally.new:
        (tell_questions if as_json else ask_questions)(service)
    if not run.is_done:
        complain(say("import.stopped", done=tally.files, files=len(run.paths)))
    if tally.failed or not run.is_done:
        sys.exit(1)


def _watch(
    service: ReviewService,
    folders: Sequence[Path],
    meter: str | None,
    as_json: bool,
    options: Mapping[str, object],
) -> None:
    """Imports what comes into folders, until Ctrl-C."""
    for folder in folders:
        if not folder.is_dir():
            complain(say("watch.no_folder", folder=folder))
    watched = watch_for(service.path, folders)
    print_lines(say("watch.begins", folders=listed([short(folder) for folder in folders])), err=True)
    try:
        while True:
            arrivals = watched.look()
            for path in arrivals.abandoned:
                complain(say("watch.abandoned", file=path))
            if arrivals.finished:
                run = service.import_run(arrivals.finished, meter, options, named=False)
                if not _bring_in(service, run, as_json, watched):
                    return
                watched.settle(arrivals)
                _conclude(run, as_json)
            time.sleep(watched.pause_s)
    finally:
        watched.save()


def _bring_in(
    service: ReviewService, run: ImportRun, as_json: bool, watched: FolderWatch | None = None
) -> bool:
    """Imports what there is, and says what became of it; whether Ctrl-C has not stopped it."""
    if as_json and run.tally.others:
        complain(say("import.others", others=count(run.tally.others, "file")))
    try:
        with closing(run):
            for imported in _followed(run):
                if watched is not None:
                    watched.record(imported)
                if as_json:
                    print_json({name: getattr(imported, name) for name in _AS_JSON})
                elif not run.is_counted(imported):
                    _tell(service, imported, alone=len(run.paths) == 1)
    except KeyboardInterrupt:
        return False
    return run.is_done


def _conclude(run: ImportRun, as_json: bool) -> None:
    """Says of many files why those were left out that were, and how many others there are."""
    if not as_json and (len(run.paths) > 1 or run.tally.others):
        print_lines(*run.tally.sentences())


def _followed(run: ImportRun) -> Iterator[ImportResult]:
    """What becomes of the files; on a terminal a line says meanwhile how far they are, and is gone when one is."""
    shown = -math.inf
    while not run.is_done:
        if len(run.paths) == 1:
            with waiting(say("import.waiting")):
                imported = next(run, None)
        else:
            if time.monotonic() - shown > _SHOW_EVERY_S:
                shown = time.monotonic()
                show(run.progress)
            imported = next(run, None)
        if imported is None:  # stopped
            break
        if not run.is_counted(imported):
            show("")
            shown = -math.inf
        yield imported
    next(run, None)  # what the next rides learn
    show("")


def _tell(service: ReviewService, imported: ImportResult, *, alone: bool) -> None:
    """Says what became of a file; that its ride is there already only where it is `alone`."""
    if imported.error is not None:
        complain(imported.error)
    if imported.ride is not None and (alone or imported.new):
        code = "import.ride" if imported.new else "import.here"
        print_lines(say(code, line=line_of(service, imported.ride), ride=imported.ride))


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
