"""Standard streams that are closed, full, or of another encoding."""

from __future__ import annotations

import io
import json
import os
import select
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from legbal.cli import terminal
from tests.brokers.mosquitto import free_port

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="redirected by a POSIX shell")
PACKET = "23007100526204f2e5"


def legbal(home: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`legbal COMMAND` with the shell's redirections."""
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "{sys.executable}" -m legbal {command}'],
        capture_output=True,
        encoding="latin-1",
        timeout=60,
        env=os.environ | {"LEGBAL_HOME": str(home)} | environment,
        check=False,
    )


@pytest.mark.parametrize("command", [f"decode {PACKET}", "rides", "profiles"])
def test_a_full_disk_behind_the_output_is_one_line(tmp_path: Path, command: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this platform has no /dev/full")
    ended = legbal(tmp_path, f"{command} > /dev/full")
    assert ended.returncode == 1
    assert ended.stderr == "legbal: No space left on device\n"


def test_nothing_is_read_from_a_closed_input(tmp_path: Path) -> None:
    assert legbal(tmp_path, "decode <&-").returncode == 0
    ended = legbal(tmp_path, "replay - --events <&-")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_closed_output_takes_nothing_and_harms_nothing(tmp_path: Path) -> None:
    demo = "demo --headless --events --speed max --seconds 30"
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        ended = legbal(tmp_path, f"{demo} {closed}")
        assert (ended.returncode, ended.stderr) == (0, "")
    listed = legbal(tmp_path, "rides")
    assert listed.stdout.count("complete") == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no /dev/full")
def test_a_ride_goes_on_where_nothing_can_be_told(tmp_path: Path) -> None:
    demo = "demo --headless --events --speed max --seconds 30"
    assert legbal(tmp_path, f"{demo} > /dev/full 2> /dev/full").returncode == 1, "events are missing"
    ended = legbal(tmp_path, f"{demo} --mqtt mqtt://127.0.0.1:{free_port()} 2> /dev/full")
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(x["name"], x["state"]) for x in told if x["event"] == "outlet"] == [("mqtt", "failed")]
    assert ended.returncode == 0
    assert legbal(tmp_path, "rides").stdout.count("complete") == 2


def test_what_an_encoding_cannot_say_is_escaped(tmp_path: Path) -> None:
    ended = legbal(tmp_path / "\u0142", "doctor", PYTHONIOENCODING="latin-1")
    assert ended.stderr == ""
    assert "\\u0142/config.toml" in ended.stdout


def test_signs_that_an_encoding_lacks_have_stand_ins_and_json_stays_json() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace", write_through=True)
    with redirect_stdout(terminal._Escaping(out)):
        terminal.print_lines("48.3 ± 0.3 at VO₂max, −2 W … Größe")
        terminal.print_json(["± Größe", 128.42734453883264])
    table, fields = out.buffer.getvalue().decode().splitlines()
    assert table == "48.3 +-0.3 at VO2max, -2 W . Gr\\xf6\\xdfe"
    assert json.loads(fields) == ["± Größe", 128.427]


@pytest.mark.parametrize("command", ["demo", "ride", "replay -"])
def test_a_screen_without_a_terminal_is_wrong_usage(tmp_path: Path, command: str) -> None:
    ended = legbal(tmp_path, f"{command} < /dev/null", LEGBAL_SOUND="false")
    assert ended.returncode == 2
    assert ended.stderr.startswith("legbal: there is no terminal for the screen\n")
    assert "--headless" in ended.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
def test_a_capture_on_standard_input_leaves_the_keys_to_the_screen(tmp_path: Path) -> None:
    capture = tmp_path / "ride.jsonl"
    packets = [{"t": second, "hex": PACKET, "meter": "sent by pipe"} for second in range(30)]
    capture.write_text("".join(json.dumps(packet) + "\n" for packet in packets))
    terminal, end = os.openpty()
    shell = f'"{sys.executable}" -m legbal replay - --speed max --no-sound < "{capture}"'
    # A session of its own whose terminal is the one opened first in it.
    child = subprocess.Popen(
        ["/bin/sh", "-c", f'exec < "{os.ttyname(end)}" > "{os.ttyname(end)}" 2>&1; {shell}'],
        env=os.environ | {"LEGBAL_HOME": str(tmp_path), "TERM": "xterm-256color"},
        start_new_session=True,
    )
    try:
        seen, ends = b"", time.monotonic() + 30
        while child.poll() is None and time.monotonic() < ends:
            if select.select([terminal], [], [], 0.2)[0]:
                seen += os.read(terminal, 65536)
            if b"sent by pipe" in seen:
                os.write(terminal, b"q")
        assert child.wait(30) == 0
        assert b"Lap at" not in seen
    finally:
        child.kill()
        child.wait()
        os.close(terminal)
        os.close(end)


def test_a_ride_that_cannot_be_recorded_says_so_and_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.mkdir()
    (home / "library.sqlite").write_text("no library")
    ended = legbal(home, "demo --headless --events --speed max --seconds 30")
    assert ended.returncode == 0
    assert '"ended"' in ended.stdout
    assert ended.stderr.count("legbal: not recorded: the library") >= 1
    assert "recording goes on" not in ended.stderr
