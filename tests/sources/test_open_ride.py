"""What a rider names to ride again: files that are none, and what is said of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from legbal.errors import CaptureError, FileFormatError, SourceError
from legbal.files import capture
from legbal.sources import recorded_ride as module
from legbal.sources.recorded_ride import open_ride

GOOD = '{"t": 1, "hex": "0000c800"}\n'


def test_a_file_that_is_no_capture_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("# A page\n\nwith words.\n" * 30)
    with pytest.raises(SourceError, match=r"holds no notification \(line 1: ") as caught:
        open_ride(str(path), pytest.fail)
    assert str(path) in str(caught.value)


def test_bad_lines_of_a_capture_are_told_each(tmp_path: Path) -> None:
    path = tmp_path / "ride.jsonl"
    path.write_text(f"bad\n{GOOD}worse\n")
    said: list[str] = []
    assert len(list(open_ride(str(path), said.append).inputs)) == 1
    assert [text.partition(": ")[0] for text in said] == ["ride.jsonl, line 1", "ride.jsonl, line 3"]


def test_of_many_bad_lines_the_number_is_told_and_the_first_of_them(tmp_path: Path) -> None:
    path = tmp_path / "ride.jsonl"
    path.write_text(f"{GOOD}worse\n" * 2 + "bad\n" * 500)
    said: list[str] = []
    assert len(list(open_ride(str(path), said.append).inputs)) == 2
    assert said[:2] == [
        "ride.jsonl: 502 lines could not be read; the first of them:",
        "ride.jsonl, line 2: JSON is malformed: invalid character (byte 0)",
    ]
    assert len(said) == 21


def test_standard_input_that_is_no_capture_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("# A page\n\nwith words.\n" * 30)
    ran = subprocess.run(
        [sys.executable, "-m", "legbal", "replay", "-", "--events"],
        input=path.read_text(),
        capture_output=True,
        text=True,
        env={**os.environ, "LEGBAL_HOME": str(tmp_path)},
        check=False,
    )
    assert ran.stderr == (
        "legbal: standard input: no line could be read; the first: JSON is malformed: invalid character (byte 0)\n"
    )
    assert (ran.returncode, ran.stdout) == (0, "")


def test_bad_lines_of_standard_input_are_told_once_something_can_be_read() -> None:
    said: list[str] = []
    reading, writing = os.pipe()
    os.write(writing, f"bad\n{GOOD}{GOOD}".encode() + b"worse\n" * 30)
    os.close(writing)
    heard = iter(open_ride("-", said.append, reading).inputs)
    assert said == []
    next(heard)
    assert [text.partition(": ")[0] for text in said] == ["standard input, line 1"]
    assert len(list(heard)) == 1
    os.close(reading)
    assert said[-1] == "standard input: 31 lines could not be read"
    assert len(said) == 21


def test_a_file_that_begins_with_bad_lines_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_BAD_LINES", 3)
    path = tmp_path / "ride.jsonl"
    path.write_text(f"bad\nbad\nbad\n{GOOD}")
    with pytest.raises(SourceError, match="holds no notification"):
        open_ride(str(path), pytest.fail)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_named_like_a_fit_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    os.mkfifo(path)
    with pytest.raises(FileFormatError, match="it is not a file"):
        open_ride(str(path), pytest.fail)


@pytest.mark.parametrize("command", [["review"], ["export", "-o"], ["--no-such"]])
def test_a_name_that_would_steer_the_terminal_is_escaped(tmp_path: Path, command: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "legbal", *command, "\x1b]0;title\x07\x1b[2J.fit"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "LEGBAL_HOME": str(tmp_path)},
        check=False,
    )
    assert ran.returncode != 0
    assert b"\x1b" not in ran.stderr + ran.stdout
    assert b"\x07" not in ran.stderr + ran.stdout


def test_a_capture_of_more_than_a_ride_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many packets, or of too long ones; it is not read to its end."""
    path = tmp_path / "long.jsonl"
    path.write_text("".join(f'{{"t": {t}, "hex": "2300c80064010000"}}\n' for t in range(30)))
    assert list(open_ride(str(path), print).inputs)
    for bound in ("_MOST_NOTIFICATIONS", "_MOST_OCTETS"):
        with monkeypatch.context() as patched:
            patched.setattr(capture, bound, 20)
            with pytest.raises(
                CaptureError, match=r"long\.jsonl: holds more than .* in them, which no ride does"
            ):
                open_ride(str(path), print)


@pytest.mark.parametrize("rest", ["\n", "x\n", '{"t": 1, "hex": ""}\n'])
def test_a_capture_of_more_lines_than_a_ride_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    """Whatever is in them, and however many octets they are."""
    path = tmp_path / "long.jsonl"
    path.write_text('{"t": 0, "hex": "2300c80064010000"}\n' + 40 * rest)
    assert list(open_ride(str(path), lambda _: None).inputs)
    for bound, value, problem in (
        ("_MOST_LINES", 40, "holds more than 40 lines, which no ride does"),
        ("LARGEST", 40, "larger than 0 MiB, which no ride is"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(capture, bound, value)
            with pytest.raises(CaptureError, match=rf"long\.jsonl: {problem}"):
                open_ride(str(path), lambda _: None)


def test_times_of_more_than_four_days_are_no_ride_s(tmp_path: Path) -> None:
    """Two lines would make a tick for each second between them."""
    path = tmp_path / "long.jsonl"
    path.write_text("".join(f'{{"t": {t}, "hex": "2300c80064010000"}}\n' for t in (0, 9e6, 9e6 + 1)))
    said: list[str] = []
    assert len(list(open_ride(str(path), said.append).inputs)) == 1
    assert said[0] == "long.jsonl, line 2: t is 9e+06; it counts seconds from the ride's start, 0 to 345600"
