"""Completion at the Tab key, in the shells themselves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from legbal.cli import COMMANDS, completion, legbal
from legbal.library.rider import KnownMeter, remember
from tests.programs import require_program
from tests.terminal import on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the program `legbal` here is a shell script")
OLDEST_BASH = (4, 4)  # that completion works with; macOS has 3.2


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a program `legbal` on the path, as an installed one is."""
    own = tmp_path / "bin"
    own.mkdir()
    program = own / "legbal"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m legbal "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{own}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return tmp_path


def new_bash() -> str:
    """A bash in which completion works; without one the calling test skips."""
    bash = require_program("bash")
    said = subprocess.run(
        [bash, "-c", "echo ${BASH_VERSINFO[@]:0:2}"], capture_output=True, text=True, check=True
    ).stdout
    if tuple(map(int, said.split())) < OLDEST_BASH:
        pytest.skip(f"this bash is {'.'.join(said.split())}, and completion needs 4.4")
    return bash


def completed(typed: str) -> list[str]:
    """What bash would offer after this, through the script that legbal prints."""
    script = f"""
    eval "$(legbal completion bash)"
    COMP_WORDS=({typed.rpartition(" ")[0]} "{typed.rpartition(" ")[2]}")
    COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    COMPREPLY=()
    _legbal_completion legbal
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run([new_bash(), "--norc", "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [line for line in done.stdout.split("\n") if line]


def test_commands_and_options_are_completed() -> None:
    assert set(completed("legbal ")) == set(COMMANDS)
    assert completed("legbal comple") == ["completion"]
    assert "--weak-leg" in completed("legbal ride --w")
    assert set(completed("legbal config ")) == {"init", "path", "set", "unset"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("legbal ride --weak-leg ", ["left", "right", "unknown"]),
        ("legbal demo --theme c", ["contrast"]),
        ("legbal config set speech_", ["speech_language", "speech_rate"]),
        ("legbal config set theme l", ["light"]),
        ("legbal config set sound ", ["true", "false"]),
    ],
)
def test_what_a_setting_may_be_is_completed(typed: str, expected: list[str]) -> None:
    assert completed(typed) == expected


def test_rides_and_meters_are_completed(home: Path) -> None:
    demo = ["demo", "--headless", "--speed", "max", "--seconds", "10"]
    assert CliRunner().invoke(legbal, demo, catch_exceptions=False).exit_code == 0
    listed = CliRunner().invoke(legbal, ["rides", "--json"], catch_exceptions=False)
    ((ride),) = json.loads(listed.stdout)
    for command in ("replay", "review", "export", "report"):
        assert completed(f"legbal {command} ") == ["last", ride["ride"]]
    assert completed(f"legbal replay {ride['ride'][:4]}") == [ride["ride"]]
    remember(KnownMeter(address="E0:0D:5C:00:00:01", name="Stages 20561"))
    (home / "config.toml").write_text('aliases = {race = "ASSIOMA17039L"}\n', encoding="utf-8")
    assert completed("legbal ride --meter ") == ["race", "Stages"]
    assert completed("legbal zero --meter st") == ["Stages"]


@pytest.mark.parametrize(
    "name",
    ["$(reboot)", "`reboot`", "a;reboot", "a|b", "a&b", "-x", "a*", "a\x1b[2J", "~root", "a'b", "!1", ">x"],
)
def test_no_name_that_a_shell_would_read_is_completed(home: Path, name: str) -> None:
    """A meter's name comes from a radio, and what Tab has written is run by Enter."""
    remember(KnownMeter(address="E0:0D:5C:00:00:01", name=name))
    (home / "config.toml").write_text('aliases = {"é+.1" = "ASSIOMA17039L"}\n', encoding="utf-8")
    assert [
        item.value for item in completion.meters(click.Context(legbal), click.Option(["--meter"]), "")
    ] == ["é+.1"]


def test_where_there_is_no_library_nothing_is_said(home: Path) -> None:
    (home / "library.sqlite").write_text("this is no library", encoding="utf-8")
    (home / "config.toml").write_text("fpt = 3", encoding="utf-8")
    assert completed("legbal ride --meter ") == []
    shown = subprocess.run(
        ["legbal"],
        env={
            **os.environ,
            "_LEGBAL_COMPLETE": "bash_complete",
            "COMP_WORDS": "legbal replay x",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (shown.stdout, shown.stderr) == ("file,x\n", "")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
async def test_the_tab_key_completes() -> None:
    async with on_terminal("--norc", "-i", program=(new_bash(),), environment={"PS1": "> "}) as terminal:
        await terminal.answers('eval "$(legbal completion bash)"; echo re""ady\n', "ready")
        await terminal.answers("legbal config set speech_r\t", "legbal config set speech_rate")
        terminal.press("\x15exit\n")
        assert await terminal.ended() == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(CliRunner().invoke(legbal, ["completion", shell]).stdout, encoding="utf-8")
    done = subprocess.run(
        [require_program(shell), "-n", str(script)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def asked_by_powershell(*words: str) -> list[tuple[str, str]]:
    """What PowerShell is told of the last of these words, as its script asks: the completions with their tooltips."""
    environment = {
        **os.environ,
        "_LEGBAL_COMPLETE": "powershell_complete",
        "COMP_WORDS": "\n".join(words[:-1]),
        "COMP_CWORD": words[-1],
    }
    if not words[-1]:
        del environment["COMP_CWORD"]  # so does PowerShell with what is empty
    done = subprocess.run(["legbal"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [(line.partition("\t")[0], line.partition("\t")[2]) for line in done.stdout.split("\n") if line]


def test_powershell_is_told_values_and_what_they_are() -> None:
    assert {value for value, _ in asked_by_powershell("legbal", "")} == set(COMMANDS)
    assert dict(asked_by_powershell("legbal", "rep"))["replay"].startswith("Ride a recorded ride")
    assert asked_by_powershell("legbal", "demo", "--theme", "c") == [("contrast", "")]
    assert [value for value, _ in asked_by_powershell("legbal", "config", "set", "sound", "")] == [
        "true",
        "false",
    ]
    assert asked_by_powershell("legbal", "replay", "x") == []  # it completes files itself


def test_powershell_completes() -> None:
    line = "legbal config set speech_r"
    ask = f"(TabExpansion2 '{line}' {len(line)}).CompletionMatches.CompletionText"
    take = "legbal completion powershell | Out-String | Invoke-Expression"
    powershell = shutil.which("pwsh")
    if powershell is None:  # which CI has no package of
        pytest.skip("PowerShell is not installed")
    shell = [powershell, "-NoProfile", "-NonInteractive", "-Command", f"{take}; {ask}"]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["speech_rate"], done.stderr


def test_an_unknown_shell_is_refused() -> None:
    assert CliRunner().invoke(legbal, ["completion", "tcsh"]).exit_code == 2
