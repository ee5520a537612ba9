"""Names that would set a terminal's title, clear it or turn text around reach it escaped, whoever prints them."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from pathlib import Path

import pytest

from legbal.cli.terminal import print_json
from tests.files import fit_files
from tests.terminal import on_terminal
from tests.test_project.weight import PROGRAM

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")

HOSTILE = "n\x1b]0;x\x07\x1b[2J\x9b35m\u202e\r\u2028\u200b\n\x7fe"
OWN = re.compile(r"\r?\x1b\[(K|\?25[lh]|0m|3[123]m)")  # a line that counts is taken away; a bar; colours
# One process runs all of them: what it would take to start each is paid once.
RUN = """
import json, sys
from legbal.cli import main
for typed in json.loads(sys.argv[1]):
    try:
        main(typed)
    except SystemExit as ended:
        print(f"[exit code {ended.code}]", flush=True)
"""


def harmless(written: bytes) -> str:
    """What was written to the terminal, once nothing in it does more than end lines."""
    text = OWN.sub("", written.decode().replace("\r\n", "\n"))
    assert [char for char in text if not (char.isprintable() or char in "\n\t")] == []
    return text


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of everything, which is called as no folder should be."""
    folder = tmp_path / HOSTILE
    folder.mkdir()
    monkeypatch.setenv("LEGBAL_HOME", str(folder))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    return folder


async def test_no_command_lets_a_name_reach_the_terminal_as_it_is(folder: Path) -> None:
    name = str(folder / HOSTILE)
    (folder / f"{HOSTILE}.fit").write_bytes(fit_files.ride())
    (folder / f"{HOSTILE}.jsonl").write_text(
        "no\n"
        + "".join(
            f'{{"t": {t}, "hex": "23007100526204f2e5", "meter": {json.dumps(HOSTILE)}}}\n' for t in range(90)
        )
    )
    (folder / f"{HOSTILE}.toml").write_text("no")
    typed = [
        *([command, name] for command in ("review", "replay", "export", "report", "import")),
        *([command, f"{name}.{kind}"] for command in ("review", "import") for kind in ("fit", "jsonl", "toml", "zwo")),
        ["import", f"{name}.fit", f"{name}.jsonl", name],
        ["import", "--json", f"{name}.jsonl"],
        *(["export", "last", "-o", f"{name}.{kind}"] for kind in ("csv", "fit", "csv", "jsonl", "docx")),
        ["export", f"{name}.jsonl", "--format", "jsonl", "-o", "-"],
        *(["report", "last", "-o", f"{name}.{kind}"] for kind in ("html", "html", "pdf")),
        ["replay", f"{name}.jsonl", "--events"],
        ["replay", f"{name}.jsonl", "--events", "--plan", name],
        ["replay", f"{name}.jsonl", "--events", "--history", name],
        ["rides"],
        ["rides", "--json"],
        ["rides", "--limit", HOSTILE],
        ["rides", "--remove", HOSTILE],
        ["rides", "--remove", "last", "--yes"],
        ["trend", "--meter", HOSTILE],
        ["change", "add", HOSTILE, "--date", "2026-05-01"],
        ["change", "add", "x", "--date", HOSTILE],
        ["change", "list"],
        ["change", "list", "--json"],
        ["change", "remove", "1"],
        ["study", name, "-o", name],
        ["study", str(folder), "-o", f"{name}.parquet", "--workers", "1"],
        ["study", str(folder), "-o", f"{name}.parquet", "--riders", f"{name}.toml"],
        ["profiles", "check", f"{name}.toml"],
        ["profiles", "show", HOSTILE],
        ["profiles", "draft", f"{name}.jsonl"],
        ["profiles", "draft", f"{name}.jsonl", "--meter", HOSTILE],
        ["config"],
        ["config", "--json"],
        ["config", "path"],
        ["config", "init"],
        ["config", "init"],
        ["config", "set", HOSTILE, "1"],
        ["config", "set", "ftp", HOSTILE],
        ["config", "set", "meter", HOSTILE],
        ["doctor"],
        ["doctor", "--json"],
        ["decode", HOSTILE],
        ["decode", "--uuid", HOSTILE, "00"],
        ["ride", "--headless", "--meter", HOSTILE],
        ["zero", "--meter", HOSTILE, "--yes"],
        ["crank-length", "--meter", HOSTILE],
        ["capture", "-o", f"{name}/x"],
        ["demo", "--headless", "--seconds", HOSTILE],
        ["demo", "--headless", "--speed", "max", "--seconds", "1", "--mqtt", HOSTILE],
        ["follow", HOSTILE],
        ["coach", f"mqtt://{HOSTILE}"],
        [HOSTILE],
        [f"--{HOSTILE}"],
        ["completion", HOSTILE],
        ["library", "check", HOSTILE],
        ["trend", HOSTILE, HOSTILE],
    ]  # fmt: skip
    program = (sys.executable, "-c", RUN, json.dumps(typed))
    async with on_terminal(program=program, columns=200) as terminal:
        assert await terminal.ended(120) == 0
        text = harmless(terminal.raw)
    assert text.count("\\x1b]0;x\\x07") > 80
    assert text.count("Traceback") == 0
    assert "a defect in legbal" not in text
    ends = re.findall(r"^\[exit code (\d)\]$", text, re.M)
    assert len(ends) == len(typed)
    assert not re.search(r"^\W*x7fe", text, re.M), "a name ends no line"


async def test_nor_does_what_nobody_here_composes() -> None:
    code = f"""
import asyncio, logging, sys, threading, warnings
import legbal.cli as cli
def fail(*_): raise ValueError({HOSTILE!r})
def broken(*_, **__):
    warnings.warn({HOSTILE!r})
    logging.getLogger("library").error({HOSTILE!r})
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.stderr.writelines([{HOSTILE!r}])
    print({HOSTILE!r}, file=sys.stderr)
    fail()
cli.terminal.print_json = broken
cli.main(["decode", "00"])
"""
    for traceback in ("", "1"):
        environment = {"LEGBAL_TRACEBACK": traceback}
        async with on_terminal(
            program=(sys.executable, "-W", "default", "-c", code), environment=environment
        ) as terminal:
            assert await terminal.ended() == 1
            text = harmless(terminal.raw)
        assert text.count("\\x1b]0;x\\x07") == 6
        assert (
            text.rstrip()
            .rpartition("\n")[2]
            .startswith("\\x7fe" if traceback else "What was recorded is safe.")
        )


async def test_a_defect_of_a_screen_is_one_line_too() -> None:
    code = f"""
from legbal.cli import main
from legbal.tui.screens.live import LiveScreen
def broken(self): raise KeyError({HOSTILE!r})
LiveScreen.action_mute = broken
main(["demo", "--no-sound"])
"""
    async with on_terminal(program=(sys.executable, "-c", code)) as terminal:
        await terminal.shows("rpm")
        terminal.press("m")
        assert await terminal.ended() == 1
        assert "Traceback" not in terminal.text
        left = terminal.raw.rpartition(b"legbal: a defect in legbal itself: KeyError: ")[2]
        assert harmless(left).endswith("LEGBAL_TRACEBACK=1 shows where, for a report.\n")


def test_json_says_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    for value in ({"title": HOSTILE}, ["\U000e0001\udcff", 0.5, None], {"\x7f": "足"}):
        print_json(value)
        printed = capsys.readouterr().out
        assert json.loads(printed) == value
        assert printed.removesuffix("\n").isprintable()


def test_only_one_module_writes_to_the_terminal() -> None:
    """What prints by itself would have to think of all this again."""
    found = [
        f"{file.relative_to(PROGRAM)}:{node.lineno}"
        for file in sorted(PROGRAM.rglob("*.py"))
        if file != PROGRAM / "cli/terminal.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write")
    ]
    assert found == []
