"""What is asked of the program, case by case. A case gives texts by name; each becomes a file `CASE/NAME.txt`."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.golden.program import Program

_DATA = Path(__file__).resolve().parents[3] / "shared/data"
_FIRST_DAY = datetime(2019, 1, 10, 12, tzinfo=UTC)  # long ago, so that none is masked as today
_RIDER = ("--ftp", "250", "--weak-leg", "left")

Texts = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Simulated:
    """A simulated ride: who rides how long."""

    seed: int
    seconds: int
    ftp: int
    leg: str
    more: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """As its cases and its capture are numbered."""
        return f"{self.seed:02}"

    @property
    def options(self) -> tuple[str, ...]:
        """The options of `legbal demo`."""
        return (
            *("--seed", str(self.seed), "--seconds", str(self.seconds)),
            *("--ftp", str(self.ftp), "--weak-leg", self.leg),
            *self.more,
        )


_LEGS = ("left", "right", "unknown")
_MORE: dict[int, tuple[str, ...]] = {
    3: ("--sensitivity", "eager"),
    6: ("--sensitivity", "calm"),
    9: ("--target", "49", "--margin", "1"),
    12: ("--target", "50", "--threshold-when", "always", "--window", "20"),
    15: ("--swap-sides",),
}
SIMULATED = [
    Simulated(
        seed,
        seconds=4500 if seed % 10 == 0 else 600 + 60 * seed,
        ftp=180 + 11 * (seed % 13),
        leg=_LEGS[seed % 3],
        more=_MORE.get(seed, ()),
    )
    for seed in range(1, 21)
]


class Cases:
    """All cases, made in folders of their own below one that the caller removes."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._captures = scratch / "captures"
        self._captures.mkdir(parents=True)
        self._locks = {ride.seed: threading.Lock() for ride in SIMULATED}
        self.by_name: dict[str, Callable[[], Texts]] = {
            "help": self._help,
            "settings": self._settings,
            "profiles": self._profiles,
            "packets": self._packets,
            "variants": self._variants,
            "library-all": self._library_all,
            "library-simulated": self._library_simulated,
        }
        for ride in SIMULATED:
            self.by_name[f"ridden-{ride.number}"] = partial(self._ridden, ride)
            self.by_name[f"simulated-{ride.number}"] = partial(self._simulated, ride)
        for file in _rides_of_others_and_cases():
            self.by_name[f"{file.parent.name}-{file.stem}"] = partial(self._file, file)

    def texts(self, name: str) -> dict[str, str]:
        """What the program says in this case."""
        return dict(self.by_name[name]())

    def _program(self, name: str) -> Program:
        return Program(self._scratch / name)

    def _help(self) -> Texts:
        program = self._program("help")
        yield "legbal", program.text("--help")
        for command in _commands(program.run("--help").stdout.decode()):
            text = program.text(command, "--help")
            yield command, text
            for inner in _commands(text):
                yield f"{command}-{inner}", program.text(command, inner, "--help")

    def _settings(self) -> Texts:
        program = self._program("settings")
        yield "config", program.text("config")
        yield "json", program.json("config", "--json", *_RIDER)
        yield "init", program.text("config", "init")
        written = next((program.folder / "home").glob("*.toml"))
        yield "file", written.read_text(encoding="utf-8")
        yield "set", program.text("config", "set", "ftp", "260")
        yield "set-wrong", program.text("config", "set", "ftp", "26000")
        yield "after", program.text("config")
        yield "unset", program.text("config", "unset", "ftp")
        for shell in ("bash", "zsh", "fish", "powershell"):
            yield f"completion-{shell}", program.text("completion", shell)

    def _profiles(self) -> Texts:
        program = self._program("profiles")
        yield "table", program.text("profiles")
        yield "json", program.json("profiles", "--json")
        for name in ("favero-assioma-duo", "stages-l", "quarq", "trainer"):
            yield name, program.text("profiles", "show", name)
        yield "no-such", program.text("profiles", "show", "no-such")

    def _packets(self) -> Texts:
        program = self._program("packets")
        packets = json.loads((_DATA / "packets.json").read_text(encoding="utf-8"))
        for uuid in sorted({packet["characteristic"].lower() for packet in packets}):
            lines = "".join(f"{x['hex']}\n" for x in packets if x["characteristic"].lower() == uuid)
            yield uuid, program.text("decode", "--uuid", uuid, given=lines)
        yield "wrong", program.text("decode", "23", "xyz", "2300b0006e630455e9")

    def _variants(self) -> Texts:
        program = self._program("variants")
        for name in ("cases/c23_rest_after_drop.jsonl", "captures/powertap_p1_two_devices.jsonl"):
            _copied(_DATA / name, program.folder)
        for plan in ("w40_lap.erg", "w42_levels.zwo", "w43_endurance.zwo"):
            _copied(_DATA / "cases" / plan, program.folder)
        drop = ("replay", "--events", "--no-sound", "c23_rest_after_drop.jsonl")
        yield "nothing-known", program.text(*drop)
        for name, options in _VARIANTS.items():
            yield name, program.text(*drop, *_RIDER, *options)
        pair = ("powertap_p1_two_devices.jsonl", "--left-meter", "left", "--right-meter", "right", *_RIDER)
        yield "pair-events", program.text("replay", "--events", "--no-sound", *pair)
        yield "pair-review", program.text("review", *pair)

    def _ridden(self, ride: Simulated) -> Texts:
        program = self._program(f"ridden-{ride.number}")
        yield "demo", program.text(*_demo(ride))
        (row,) = program.rides()
        identity = str(row["ride"])
        yield "rides", program.text("rides")
        yield "rides-json", program.json("rides", "--json")
        yield "review", program.text("review", identity)
        yield "review-json", program.json("review", "--json", identity)
        yield "report", program.page("report", identity, "-o", "-")

    def _simulated(self, ride: Simulated) -> Texts:
        program = self._program(f"simulated-{ride.number}")
        capture = _copied(self._capture(ride), program.folder)
        yield from _of_file(program, capture, ("--ftp", str(ride.ftp), "--weak-leg", ride.leg, *ride.more))

    def _file(self, file: Path) -> Texts:
        program = self._program(f"{file.parent.name}-{file.stem}")
        yield from _of_file(program, _copied(file, program.folder), _RIDER)

    def _library_all(self) -> Texts:
        program = self._program("library-all")
        captures = [self._capture(ride) for ride in SIMULATED[:10]]
        files = [*_rides_of_others_and_cases(), *sorted(_DATA.glob("cases/*.zip")), *captures]
        yield from _of_library(program, [_copied(file, program.folder) for file in files])

    def _library_simulated(self) -> Texts:
        program = self._program("library-simulated")
        captures = [_copied(self._capture(ride), program.folder) for ride in SIMULATED]
        yield from _of_library(program, captures)

    def _capture(self, ride: Simulated) -> Path:
        """The ride as a capture file, as if ridden on a day of its own, which is the file's, on the same meter."""
        file = self._captures / f"simulated-{ride.number}.jsonl"
        with self._locks[ride.seed]:
            if not file.exists():
                program = self._program(f"made-{ride.number}")
                program.run(*_demo(ride))
                (row,) = program.rides()
                program.run("export", str(row["ride"]), "-o", "made.jsonl")
                made = (program.folder / "made.jsonl").read_text(encoding="utf-8")
                file.write_text(re.sub(r"ASSIOMA\d+L", "ASSIOMA17919L", made), encoding="utf-8")
                _dated(file, _FIRST_DAY + timedelta(days=9 * ride.seed))
        return file


_VARIANTS: dict[str, tuple[str, ...]] = {
    "calm": ("--sensitivity", "calm"),
    "eager": ("--sensitivity", "eager"),
    "swapped": ("--swap-sides",),
    "assumed": ("--assume-left",),
    "threshold": ("--target", "48.5", "--margin", "0.5", "--threshold-when", "always", "--window", "30"),
    "plan-erg": ("--plan", "w40_lap.erg"),
    "plan-levels": ("--plan", "w42_levels.zwo"),
    "plan-endurance": ("--plan", "w43_endurance.zwo"),
}


def _demo(ride: Simulated) -> tuple[str, ...]:
    return ("demo", "--headless", "--events", "--speed", "max", "--no-sound", *ride.options)


def _of_file(program: Program, file: str, options: tuple[str, ...]) -> Texts:
    """All that reads a single file."""
    yield "events", program.text("replay", "--events", "--no-sound", file, *options)
    yield "review", program.text("review", file, *options)
    yield "review-json", program.json("review", "--json", file, *options)
    yield "report", program.page("report", file, "-o", "-", *options)
    yield "export-csv", program.table("export", file, "--format", "csv", "-o", "-", *options)
    yield "export-fit", program.octets("export", file, "--format", "fit", "-o", "again.fit", *options)
    again = program.folder / "again.fit"
    if again.exists():
        yield "again-octets", f"{again.stat().st_size} octets\n"
        yield "again-review-json", program.json("review", "--json", "again.fit", *options)
    yield "export-capture", program.table("export", file, "--format", "jsonl", "-o", "-", *options)


def _of_library(program: Program, files: list[str]) -> Texts:
    """All that reads a library: these files, imported in that order."""
    done = program.text("import", "--json", *files, *_RIDER)
    program.rides()
    yield "import", program.masked(done)
    yield "import-again", program.text("import", "--json", *files, *_RIDER)
    yield "rides", program.text("rides")
    yield "rides-json", program.json("rides", "--json")
    yield "rides-limit", program.text("rides", "--limit", "3")
    yield "trend", program.text("trend")
    yield "trend-json", program.json("trend", "--json")
    yield "trend-band", program.text("trend", "--band", "90-105", "--since", "2019-02")
    for words, more in _CHANGES.items():
        yield f"change-add-{more[-1]}", program.text("change", "add", words, *more)
    yield "change-list", program.text("change", "list")
    yield "change-report", program.text("change", "report")
    yield "change-report-json", program.json("change", "report", "--json")
    yield "trend-with-changes", program.text("trend")
    yield "report-trend", program.page("report", "--trend", "-o", "-")
    yield "no-such-ride", program.text("review", "no-such-ride")


_CHANGES: dict[str, tuple[str, ...]] = {
    "left cleat 2° in": ("--date", "2019-04-10", "--kind", "fit"),
    "knee": ("--date", "2019-05-20", "--until", "2019-06-02", "--kind", "injury"),
}


def _rides_of_others_and_cases() -> list[Path]:
    names = ("captures/*.jsonl", "cases/*.jsonl", "cases/*.fit", "fit/*.fit")
    return [file for name in names for file in sorted(_DATA.glob(name))]


def _copied(file: Path, folder: Path) -> str:
    """The name of a copy, so that no path of this machine is printed; its time is that of the day it stands for."""
    copy = Path(shutil.copy(file, folder / file.name))
    if file.is_relative_to(_DATA):
        _dated(copy, _FIRST_DAY)
    else:
        shutil.copystat(file, copy)
    return copy.name


def _dated(file: Path, day: datetime) -> None:
    file.chmod(0o644)
    os.utime(file, (day.timestamp(), day.timestamp()))


def _commands(text: str) -> list[str]:
    listed = text.partition("\nCommands:\n")[2]
    return re.findall(r"^  ([a-z][a-z-]*) ", listed, re.MULTILINE)
