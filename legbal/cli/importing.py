"""`legbal import`: rides that a head unit recorded, or captures, go into the library; the same file only once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legbal.cli import completing
from legbal.cli.options import pair_options, review_options, settings
from legbal.errors import FileFormatError, LegbalError, LibraryError

if TYPE_CHECKING:
    from legbal.config import Settings
    from legbal.library.rides import Library
    from legbal.ride.inputs import Input

_MOST_SAID = 3  # sentences on one damaged file


@click.command(
    name="import",
    help="Add FIT files of a head unit, or captures (.jsonl), to the library. A file that is there already "
    "adds nothing, and one that cannot be read does not keep the others out.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--meter",
    metavar="NAME",
    shell_complete=completing.meters,
    help="Count the rides to this meter, as `legbal rides` or you name it, instead of the one that the file names.",
)
@click.option(
    "--json", "as_json", is_flag=True, help='One JSON object a file: {"file", "ride", "error", "new"}.'
)
@review_options
@pair_options
@click.pass_context
def command(
    context: click.Context, /, files: Sequence[Path], meter: str | None, as_json: bool, **options: Any
) -> None:
    """Imports the files, each by itself; the exit code is 1 if any failed."""
    from legbal.cli.prepare import meter_named
    from legbal.cli.waiting import waiting
    from legbal.library.rides import Library

    chosen = settings(options)
    meter = None if meter is None else meter_named(meter, chosen)
    failed, lines = False, list[tuple[str, bool]]()
    shown = sys.stderr.isatty() and len(files) > 1

    def say(line: str, *, err: bool) -> None:
        if shown:  # after the bar, which would be torn otherwise
            lines.append((line, err))
        else:
            click.echo(line, err=err)

    bar = click.progressbar(files, label="Importing", show_pos=True, file=sys.stderr) if shown else None
    done = 0
    try:
        with Library() as library, bar or nullcontext(files) as paths:
            for path in paths:
                with nullcontext() if shown else waiting("Importing …"):
                    found = imported(library, path, meter, chosen, options)
                failed = failed or found["ride"] is None
                _tell(found, as_json, say)
                done += 1
    except KeyboardInterrupt:
        say(
            f"legbal: stopped after {done} of {len(files)} files; the same line goes on with the rest",
            err=True,
        )
        failed = True
    for line, err in lines:
        click.echo(line, err=err)
    if failed:
        context.exit(1)


def _tell(found: dict[str, Any], as_json: bool, say: Callable[..., None]) -> None:
    if as_json:
        import msgspec

        say(msgspec.json.encode(found).decode(), err=False)
        return
    from legbal.cli.table import printable

    if found["error"] is not None:
        say(f"legbal: {printable(found['error'])}", err=True)
    if found["ride"] is not None:
        what = "ride" if found["new"] else "is there already as ride"
        say(f"{printable(found['file'])}: {what} {found['ride']}", err=False)


def imported(
    library: Library, path: Path, meter: str | None, chosen: Settings, options: dict[str, Any]
) -> dict[str, Any]:
    """What became of one file: `ride` is None where it could not be read, `error` says what of it could not."""
    said: list[str] = []
    try:
        ride, new = _kept(library, path, meter, chosen, options, said.append)
    except LegbalError as error:
        why = str(error)
        why = why if isinstance(error, FileFormatError) or why.startswith(str(path)) else f"{path}: {why}"
        why = f"{why}. {error.hint}" if error.hint else why
        return {"file": _text(path), "ride": None, "error": _text(why), "new": False}
    more = [f"and {len(said) - _MOST_SAID} more"] if len(said) > _MOST_SAID else []
    return {
        "file": _text(path),
        "ride": ride,
        "error": _text("; ".join(said[:_MOST_SAID] + more)) or None,
        "new": new,
    }


def _text(said: object) -> str:
    """What may name a file: an operating system allows names that are no text."""
    return str(said).encode("utf-8", "replace").decode()


def _kept(
    library: Library,
    path: Path,
    meter: str | None,
    chosen: Settings,
    options: dict[str, Any],
    complain: Callable[[str], None],
) -> tuple[str, bool]:
    """The id of the file's ride, and whether it is new. Raises LegbalError."""
    from legbal.analysis import kept as summaries
    from legbal.analysis.corrected import begun
    from legbal.cli.prepare import profiles, replayed
    from legbal.library.writer import NewRide, Original, keep
    from legbal.sources.recorded import all_inputs, began, opened

    original = Original(path.name.removesuffix(".gz"), _octets(path))
    there = library.imported_from(original)
    if there is not None:
        return there.id, False
    recorded = opened(str(path), complain)
    inputs = [_named(item, meter) for item in all_inputs(recorded)]
    setup = replayed(recorded, chosen, options, None, None, complain)(begun(inputs))
    started, _ = began(recorded, inputs[-1].t)
    ride = NewRide(
        setup=setup, source="import", title=Path(original.name).stem, started=started, original=original
    )
    try:
        keep(library.path, ride, inputs)
    except LibraryError:  # another import, at the same time, may have been faster
        there = library.imported_from(original)
        if there is None:
            raise
        return there.id, False
    try:
        summaries.keep(library, library.find(ride.id), profiles())
    except LibraryError as error:
        complain(f"{path}: is kept, and summarised later: {error}")
    return ride.id, True


def _octets(path: Path) -> bytes:
    """The file's octets, unpacked, if it is one that may be imported."""
    from legbal.files.fit import reading

    if path.is_dir():
        raise FileFormatError(f"{path}: is a folder", hint=f"Name the files in it: {path / '*.fit'}")
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise FileFormatError(f"{path}: not a file")
    if reading.is_named(path):
        return reading.octets_of(path)
    if path.suffix.lower() != ".jsonl":
        raise FileFormatError(f"{path}: neither a FIT file nor a capture, whose names end in .fit or .jsonl")
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error


def _named(item: Input, meter: str | None) -> Input:
    """The input under the name of the meter that the rider gives."""
    import msgspec

    from legbal.ride.inputs import Notification

    if meter is None or not isinstance(item, Notification):
        return item
    return msgspec.structs.replace(item, meter=meter)
