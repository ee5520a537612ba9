"""`legbal library`: the library as a file, copied, checked and repaired."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from legbal import paths
from legbal.app import upkeep
from legbal.app.upkeep import LibraryCheck
from legbal.cli.terminal import print_json, print_lines, waiting, writing
from legbal.present.numbers import count, number
from legbal.present.sentences import say


def backup(output: Path | None, overwrite: bool) -> None:
    """Writes the copy."""
    folder = paths.data_folder() if str(output) == "-" or output is None else output
    with writing(output, f"legbal-{date.today()}.sqlite", overwrite=overwrite, rights=0o600) as file:
        upkeep.backup(file, folder if folder.is_dir() else folder.parent)


def check(as_json: bool) -> int:
    """Prints what there is to say of the library, and gives the exit code."""
    with waiting(say("list.reading")):
        state = upkeep.check()
    if as_json:
        print_json(state)
    elif state is None:
        print_lines(say("library.none", path=paths.library_file()))
    else:
        print_lines(*_lines(state))
    return 0 if state is None or state.sound else 1


def _lines(state: LibraryCheck) -> Iterator[str]:
    if not state.damage:
        yield say(
            "library.size",
            path=state.path,
            rides=count(state.rides, "ride"),
            inputs=count(state.inputs, "record"),
            size=number(state.octets / 2**20, 1, unit=" MiB"),
            schema=state.schema,
        )
    yield from (say("library.damage", problem=problem) for problem in state.damage)
    yield from (
        say("library.orphans", table=table, rows=count(rows, "row")) for table, rows in state.orphans.items()
    )
    yield from (
        say("library.unreadable", what=what, problem=problem) for what, problem in state.unreadable.items()
    )
    yield from (say("library.recorded", ride=ride) for ride in state.recorded)
    yield from (say("library.cut_off", ride=ride) for ride in state.cut_off)
    yield say("library.sound") if state.sound else say("library.repair")


def repair(as_json: bool) -> None:
    """Makes the new library and says what came over."""
    with waiting(say("list.reading")):
        done = upkeep.repair()
    if as_json:
        print_json(done)
        return
    if done is None:
        print_lines(say("library.nothing_to_repair"))
        return
    saved = done.salvage
    print_lines(
        say("library.repaired", rides=count(saved.rides, "ride"), inputs=count(saved.inputs, "record"))
    )
    if saved.incomplete:
        print_lines(say("library.lost", inputs=count(saved.lost, "record"), incomplete=saved.incomplete))
    if saved.nameless:
        print_lines(say("library.nameless", rides=saved.nameless))
    print_lines(say("library.kept", path=done.damaged))
