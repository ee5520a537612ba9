"""`legbal rides`: the recorded rides, newest first, as a table or as JSON; and a ride removed."""

from __future__ import annotations

import asyncio
import shutil
import sys

import click
import msgspec

from legbal.app.meter_profiles import profiles
from legbal.cli import reindexing
from legbal.cli.prompt import answered
from legbal.cli.stdio import complain
from legbal.cli.table import Row, printable, table, width_of
from legbal.errors import LibraryError, ProfileError, UsageError
from legbal.library.derived import WholeGlance, basis, current_versions, glance, stale_rides
from legbal.library.recovery import close_interrupted
from legbal.library.rides import Library, RideRow

COLUMNS = ("ride", "started", "duration", "left", "meter", "source", "state", "title")
_STATES = {"done": "", "recording": "recording now", "interrupted": "interrupted"}
_FEW = 5  # rides that are derived while the rider waits
_WIDEST = 40  # characters of a name or title in the table
_NARROWEST = 6  # columns that are left of them on a narrow terminal
_USUAL = {"complete", "ride", "import"}  # need not be said where it holds for every ride


def rides(as_json: bool, limit: int | None, remove: str | None, yes: bool) -> None:
    """Prints the rides of the library, or removes one."""
    if remove is not None:
        if as_json or limit is not None:
            raise UsageError("--remove lists nothing", hint="Leave out --json and --limit.")
        _remove(remove, asked=not yes)
        return
    if yes:
        raise UsageError("--yes goes with --remove", hint="`legbal rides --remove RIDE --yes`.")
    with Library() as library:
        unclosed = ""
        try:
            close_interrupted(library.path)
        except LibraryError as error:
            unclosed = str(error)
        listed = library.rides(limit)
        if unclosed:  # what is there can be listed all the same
            complain(unclosed)
        _bring_up_to_date(library)
        rides = [(ride, glance(library, ride).ride) for ride in listed]
    if as_json:
        click.echo(msgspec.json.encode([_object(ride, left) for ride, left in rides]))
    elif rides:
        rows = [COLUMNS, *(_cells(ride, left) for ride, left in rides)]
        if sys.stdout.isatty():
            rows = fitted(rows, shutil.get_terminal_size().columns)
        for line in table(rows, ("duration", "left")):
            click.echo(line)
    else:
        click.echo("No rides yet. `legbal ride` records one; `legbal demo` shows how it looks.")


def _remove(name: str, *, asked: bool) -> None:
    """Removes a ride, if the rider means it."""
    with Library() as library:
        close_interrupted(library.path)
        ride = library.find(name)
        cells = dict(zip(COLUMNS, _cells(ride, None), strict=True))  # its share is not shown
        told = "  ".join(
            cells[column] for column in ("ride", "started", "duration", "meter", "title")
        ).rstrip()
        if asked:
            click.echo(told, err=True)
            answer = asyncio.run(answered("Remove this ride for good? [y/N]"))
            if answer is None:
                raise UsageError("nobody is there to answer", hint="With --yes nothing is asked.")
            if answer.casefold() not in ("y", "yes"):
                click.echo("Nothing was removed.", err=True)
                return
        library.remove(ride)
    click.echo(f"removed {told}")


def _bring_up_to_date(library: Library) -> None:
    """Derives anew what rests on a profile that was corrected since, or on older code; says so.

    A few rides are waited for, many are left to the background and listed as they were.
    """
    try:
        known = profiles()
        old = stale_rides(library.path, basis(known))
        current = current_versions("bands", known)
        stale = [ride for ride in old if ride.version not in current]  # the others need only a look
        again = sum(ride.version != "" for ride in stale)
        if len(old) > _FEW:
            if stale:
                them = "1 ride is" if len(stale) == 1 else f"{len(stale)} rides are"
                click.echo(f"{them} derived anew in the background; listed as they were.", err=True)
            reindexing.catch_up(library.path)
            return
        if again:
            what = "1 ride is" if again == 1 else f"{again} rides are"
            click.echo(f"{what} derived anew, with what is known now …", err=True)
        if old:
            # with numpy, which a list of rides needs only here
            from legbal.app.reindex import bring_up_to_date

            bring_up_to_date(library.path, known)
    except (
        LibraryError,
        ProfileError,
    ) as error:  # the shares as they were last derived can be listed all the same
        complain(str(error))


def _object(ride: RideRow, left: WholeGlance) -> dict[str, object]:
    """A ride as `--json` gives it."""
    return {
        "ride": ride.id,
        "started": ride.started,
        "duration_s": ride.duration_s,
        "left_percent": left.left_percent,
        "left_standard_error": left.left_standard_error,
        "meters": ride.meters,
        "source": ride.source,
        "state": ride.state,
        "title": ride.title,
        "note": ride.note,
        "inputs": ride.inputs,
        "lost": ride.lost,
        "legbal": ride.version,
    }


def _cells(ride: RideRow, left: WholeGlance | None) -> Row:
    seconds = int(ride.duration_s)
    state = _STATES[ride.state]
    lost = f"{ride.lost} lost" if ride.lost else ""
    return (
        ride.id,
        ride.started.strftime("%Y-%m-%d %H:%M"),
        f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        "" if left is None else _share(left.left_percent, left.left_standard_error),
        _short(", ".join(ride.meters)),
        ride.source,
        ", ".join(part for part in (state, lost) if part) or "complete",
        _short(ride.title),
    )


def _share(percent: float | None, error: float | None) -> str:
    """A share in the table; a dash where too few revolutions stand behind it to say how sure it is."""
    if percent is None:
        return ""
    return "—" if error is None else f"{percent:.1f} ± {error:.1f} %"


def _short(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _WIDEST else shown[: _WIDEST - 1] + "…"


def fitted(rows: list[Row], columns: int) -> list[Row]:
    """The rows for a terminal of so many columns: what all rides share goes, then meters and titles are cut short."""
    for name in ("state", "source"):
        place = rows[0].index(name)
        said = {row[place] for row in rows[1:]}
        if _room(rows, columns) < 0 and len(said) == 1 and said <= _USUAL:
            rows = [row[:place] + row[place + 1 :] for row in rows]
    places = [rows[0].index(name) for name in ("meter", "title")]
    while _room(rows, columns) < 0:
        widest = max(places, key=lambda place: _widest(rows, place))
        width = _widest(rows, widest)
        if width <= _NARROWEST:
            break
        rows = [(*row[:widest], _cut(row[widest], width - 1), *row[widest + 1 :]) for row in rows]
    return rows


def _room(rows: list[Row], columns: int) -> int:
    """Columns of the terminal that the table leaves free."""
    return columns - sum(_widest(rows, place) + 2 for place in range(len(rows[0]))) + 2


def _widest(rows: list[Row], place: int) -> int:
    return max(width_of(row[place]) for row in rows)


def _cut(text: str, width: int) -> str:
    if width_of(text) <= width:
        return text
    text = text.removesuffix("…")
    while width_of(text) >= width:
        text = text[:-1]
    return text + "…"
