"""What others rely on, counted: commands, options, settings, keys, events, JSON fields, topics and messages.

`python -m tests.test_project.inventory` prints what there is now; `inventory.txt` is what there must be.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from textual.dom import DOMNode

import legbal.tui
from legbal.cli import COMMANDS
from legbal.cli import legbal as program
from legbal.outlets.mqtt.homeassistant import messages
from tests.test_project.checkout import CHECKOUT

FROZEN = Path(__file__).with_name("inventory.txt")
REFERENCE = CHECKOUT / "docs/reference"  # pages that a test holds equal to the code

_ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \|", re.MULTILINE)
_VALUE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(#([a-z]+)\)")


def present(folder: Path) -> set[str]:
    """All lines of the inventory but those that take a meter in range."""
    return {*commands(), *keys(), *events(), *topics(), *entities(), *outputs(folder)}


def commands() -> Iterator[str]:
    """Commands, subcommands, and all that each takes."""
    for name in COMMANDS:
        command = program.get_command(click.Context(program), name)
        assert command is not None
        yield from _command(command, name)


def _command(command: click.Command, path: str) -> Iterator[str]:
    yield f"command {path}"
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            yield f"argument {path} {parameter.make_metavar(click.Context(command))}"
        for option in (*parameter.opts, *parameter.secondary_opts):
            if option.startswith("-"):
                yield f"option {path} {option}"
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}")


def keys() -> Iterator[str]:
    """Every key of every screen, list and dialog, and whether what it does is shown."""
    for module in pkgutil.walk_packages(legbal.tui.__path__, "legbal.tui."):
        importlib.import_module(module.name)
    for kind in _subclasses(DOMNode):
        if not kind.__module__.startswith("legbal."):
            continue
        for base in kind.__mro__:
            if base.__module__.startswith("legbal."):
                for binding in vars(base).get("BINDINGS", ()):
                    shown = " shown" if binding.show and binding.description else ""
                    for key in binding.key.split(","):
                        yield f"key {kind.__name__} {key.strip()}{shown}"


def _subclasses(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def events() -> Iterator[str]:
    """Every event with its fields."""
    for tag, text in _sections(REFERENCE / "events.md"):
        yield f"event {tag}"
        yield from (f"event {tag}.{field}" for field, _ in _ROW.findall(text))


def topics() -> Iterator[str]:
    """Every topic, and every field of its messages however deep, whatever the structs are called."""
    page = (REFERENCE / "topics.md").read_text(encoding="utf-8")
    yield from (f"topic {topic}" for topic, _ in _ROW.findall(page.partition("\n## ")[0]))
    sections = {heading.lower(): text for heading, text in _sections(REFERENCE / "topics.md")}
    messages = [name for name in sections if name.split(":")[0] in ("live", "state", "event", "command")]
    for name in (*messages, "linkview"):
        yield from _fields(sections, name, f"message {name.partition(':')[0].replace('linkview', 'meter')}")


def _fields(sections: dict[str, str], section: str, path: str) -> Iterator[str]:
    for field, kind in _ROW.findall(sections[section]):
        yield f"{path}.{field}"
        yield from (f"{path}.{field} = {value}" for value in _VALUE.findall(kind))
        for inner in _LINK.findall(kind):
            yield from _fields(sections, inner, f"{path}.{field}")


def _sections(page: Path) -> Iterator[tuple[str, str]]:
    for part in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        yield heading.strip(), text


def entities() -> Iterator[str]:
    """What Home Assistant shows of a ride."""
    for topic, payload in messages("anna", "homeassistant", commands=True):
        yield f"entity {topic.split('/')[1]} {topic.split('/')[3]}"
        yield from (f"entity-field {field}" for field in json.loads(payload))


def outputs(folder: Path) -> Iterator[str]:
    """Every field of every `--json`, and every column of a table that is written, from rides made in `folder`."""
    rides = _captures(folder)
    asked = {
        "import": ("import", "--json", *rides, "no-such.fit", "--ftp", "200"),
        "config": ("config", "--json"),
        "profiles": ("profiles", "--json"),
        "doctor": ("doctor", "--json"),
        "rides": ("rides", "--json"),
        "change-add": ("change", "add", "cleat", "--date", "2019-04-06"),
        "change-list": ("change", "list", "--json"),
        "change-report": ("change", "report", "--json"),
        "trend": ("trend", "--json"),
        "review": ("review", "--json", rides[0], "--ftp", "200", "--weak-leg", "left"),
        "study": ("study", str(folder), "-o", str(folder / "study.parquet"), "--workers", "1", "--json"),
    }
    for name, typed in asked.items():
        yield from json_lines(name, _run(*typed))
    for name, (uuid, hex_) in _PACKETS.items():
        yield from json_lines(f"decode {name}", _run("decode", "--uuid", uuid, hex_))
    yield from json_lines("decode", _run("decode", "no hex"))
    heading = _run("export", rides[0], "--format", "csv", "-o", "-").splitlines()[0]
    yield from (f"column csv {column}" for column in heading.split(","))
    yield from json_lines("capture", _run("export", rides[0], "--format", "jsonl", "-o", "-").splitlines()[0])
    yield from _settings(_run("config", "--json"))


def json_lines(name: str, printed: str) -> Iterator[str]:
    """The fields of JSON, lists as []: one line each."""
    for line in (printed,) if printed.startswith(("[", "{\n")) else printed.splitlines():
        if line.startswith(("{", "[")):
            yield from (f"json {name}{path}" for path in _paths(json.loads(line), ""))


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            yield from _paths(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{path}[]")


def _settings(printed: str) -> Iterator[str]:
    for setting in json.loads(printed):
        yield f"setting {setting['setting']}"
        yield f"variable {setting['variable']}"


def _run(*typed: str) -> str:
    return CliRunner().invoke(program, typed).stdout


_PACKETS = {
    "2a63": (
        "2a63",
        "ff1f" "c800" "60" "4001" "0a000000" "0008" "1400" "0004"
        "9001" "ceff" "2003" "9cff" "10a000" "5a00" "0e01" "6400",
    ),
    "2a63-torque": ("2a63", "8600" "c800" "4001" "2003" "9cff"),
    "2a64-force": ("2a64", "07" "1400" "0004" "5a00" "6400" "6e00"),
    "2a64-torque": ("2a64", "0b" "1400" "0004" "5a00" "6400" "6e00"),
    "2a65": ("2a65", "ffff3f00"),
    "2a5d": ("2a5d", "05"),
    "2a66-length": ("2a66", "20050159" "01"),
    "2a66-offset": ("2a66", "200c016400"),
    "2a66-enhanced": ("2a66", "20100164003b01020304"),
    "2a66-short": ("2a66", "20055901"),
    "2a37": ("2a37", "1f8e002a0000040003"),
    "2a37-reserved": ("2a37", "208eff"),
    "2a66-request": ("2a66", "045901"),
    "2a63-above": ("2a63", "0300c800ff"),
}  # fmt: skip


def _captures(folder: Path) -> list[str]:
    """Rides on four days: cranks, forces, angles; intervals, in which the left leg drops off."""
    return [str(_capture(folder / f"ride-{day}.jsonl", day)) for day in range(4)]


def _capture(file: Path, day: int) -> Path:
    lines, crank, time, left = [], 0, 0, 0.0
    for second in range(1800):
        hard = second % 400 > 100
        left = 46.0 + day / 3 + (second * 7919 % 5 - 2) / 2 - (7 if 620 < second < 720 else 0)
        crank, time = crank + 1, (time + 1024) % 65536
        packet = struct.pack(
            "<HhBHHhhBBBHH",
            *(0x0763, 200 if hard else 90, round(2 * left), crank % 65536, time),
            *(400, -50, 0x5A, 0xE0, 0x10, 90, 270),
        )
        lines.append(
            json.dumps({"t": float(second), "uuid": "2a63", "hex": packet.hex(), "meter": "ASSIOMA17039L"})
        )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    began = 1_553_000_000 + day * 6 * 86_400
    os.utime(file, (began, began))
    return file


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["LEGBAL_HOME"] = f"{scratch}/home"
        sys.stdout.write("".join(f"{line}\n" for line in sorted(present(Path(scratch)))))
