"""--help of every command: it is there, it is listed, and asking for it loads nothing heavy."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
from functools import cache, partial

import click
import pytest

from legbal import __version__
from legbal.cli import COMMANDS, GROUPS, legbal, main
from tests.test_project.checkout import CHECKOUT

HEAVY = (
    "bleak",
    "textual",
    "numpy",
    "rich",
    "miniaudio",
    "aiohttp",
    "aiomqtt",
    "chiptime",
    "sqlite3",
    "asyncio",
)
# One process asks for everything: what it would take to ask each alone is paid once.
ASK = f"""
import contextlib, io, json, sys
from legbal.cli import main
answers = {{}}
for typed in json.loads(sys.argv[1]):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main(typed)
    answers[" ".join(typed)] = out.getvalue(), [name for name in {HEAVY} if name in sys.modules]
print(json.dumps(answers))
"""


def all_commands() -> list[tuple[str, ...]]:
    """Every command and subcommand, as one types it."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = legbal.get_command(click.Context(legbal), name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, inner) for inner in command.commands]
    return found


every_command = pytest.mark.parametrize("command", all_commands(), ids=" ".join)


@cache
def answers() -> dict[str, tuple[str, list[str]]]:
    """What each of these prints, and what heavy modules were loaded by then."""
    typed = [[*command, ask] for command in ((), *all_commands()) for ask in ("--help", "-h")] + [
        ["--version"]
    ]
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(typed)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    answered: dict[str, tuple[str, list[str]]] = json.loads(done.stdout)
    return answered


def test_help_lists_every_command_and_loads_nothing_heavy() -> None:
    text, loaded = answers()["--help"]
    assert not loaded
    for name, (_, what) in COMMANDS.items():
        assert f"\n  {name} " in text
        assert what.split()[0] in text


def test_help_has_examples_on_top_and_each_command_on_a_line_of_its_group() -> None:
    text, _ = answers()["--help"]
    before, *groups = re.split(r"\n(Ride|Look back|Files|Set up):\n", text)
    assert re.findall(r"\n    legbal (\S+)", before) == ["demo", "review"]
    assert groups[::2] == list(GROUPS)
    for heading, body in zip(groups[::2], groups[1::2], strict=True):
        assert [line.split()[0] for line in body.strip().splitlines()] == list(GROUPS[heading])


@pytest.mark.parametrize("command", ["ride", "demo", "review", "report", "import", "export"])
def test_what_a_command_does_stands_above_what_a_ride_is_read_with(command: str) -> None:
    text, _ = answers()[f"{command} --help"]
    own, _, ride = text.partition("\nRide options")
    assert "--ftp" in ride
    assert "--ftp" not in own
    assert "--help" in own
    assert ("--target" in ride) == (command != "import")  # an import raises no alert


@every_command
def test_a_command_says_what_it_does_and_loads_nothing_heavy(command: tuple[str, ...]) -> None:
    text, loaded = answers()[" ".join((*command, "--help"))]
    assert text.startswith(f"Usage: legbal {' '.join(command)} ")
    assert len(text.split("Options:")[0].splitlines()) > 2  # more than its usage: what it is for
    assert not loaded


@every_command
def test_h_is_help_and_every_option_says_what_it_is_for(command: tuple[str, ...]) -> None:
    text, _ = answers()[" ".join((*command, "-h"))]
    for line in text.split("Options:")[1].splitlines():
        if line.startswith("  -"):
            following = text.split(line)[1].lstrip("\n").split("\n")[0]
            explained = len(line.strip().split("  ")) > 1 or following.startswith("   ")
            assert explained, line


@every_command
def test_what_a_command_runs_is_there_and_takes_what_is_typed(command: tuple[str, ...]) -> None:
    declared: click.Command | None = legbal
    for name in command:
        assert isinstance(declared, click.Group)
        declared = declared.get_command(click.Context(declared), name)
    assert declared is not None
    assert isinstance(declared.callback, partial)
    (target,) = declared.callback.args
    if not target:  # it does nothing by itself
        assert isinstance(declared, click.Group)
        return
    module, _, function = target.partition(":")
    run = getattr(importlib.import_module(f"legbal.cli.{module}"), function)
    inspect.signature(run).bind(**{str(parameter.name): None for parameter in declared.params})


def test_the_version_is_the_package_s() -> None:
    assert answers()["--version"][0] == f"legbal, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [("no-such-command",), ("demo", "--no-such-option"), ("demo", "--seconds", "x")]
)
def test_wrong_usage_ends_with_2_and_a_hint(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "legbal", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--help" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("revew", "No such command 'revew'. Did you mean review?"),
        ("xyzzy", "No such command 'xyzzy'."),
        ("review --al", "No such option '--al'. Did you mean '--all'?"),
        ("follow --json", "No such option '--json'."),
    ],
)
def test_a_slip_of_the_hand_is_given_the_near_name_and_nothing_else_is(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(typed.split())
    assert capsys.readouterr().err.endswith(f"Error: {said}\n")
