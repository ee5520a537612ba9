"""Runs the program by its command line, in a process and a home of its own, and masks what differs by run."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Beyond these digits two ways to add the same numbers may differ.
_SIGNIFICANT = 9
_LONG_NUMBER = re.compile(r"-?\d+\.\d{7,}(?:e-?\d+)?|-?\d(?:\.\d+)?e-\d+")
_CODE = re.compile(r"(?s)<(script|style|title)\b.*?</\1>")
_SVG = re.compile(r"(?s)<svg\b.*?</svg>")
_TAG = re.compile(r"<[^>]*>")
_TIMEOUT_S = 600


@dataclass
class Program:
    """`legbal` in a folder: its library, its settings and the files that it reads and writes are all there."""

    folder: Path
    masks: dict[str, str] = field(default_factory=dict)  # a word of this run → what stands for it

    def __post_init__(self) -> None:
        """Makes the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[bytes]:
        """What `legbal ARGUMENTS` does, in that folder, with `given` on its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "legbal", *arguments],
            cwd=self.folder,
            env=self._environment(),
            input=(given or "").encode(),
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
        )

    def text(self, *arguments: str, given: str | None = None) -> str:
        """The command, what it printed, what it complained of, and its exit code."""
        done = self.run(*arguments, given=given)
        return self._told(arguments, _readable(done.stdout.decode()), done)

    def json(self, *arguments: str) -> str:
        """As `text`, with the JSON that it printed spread over lines."""
        done = self.run(*arguments)
        return self._told(arguments, _spread(done.stdout.decode()), done)

    def table(self, *arguments: str) -> str:
        """As `text`, with the first and last lines only, and the digest of all."""
        done = self.run(*arguments)
        lines = done.stdout.decode().splitlines(keepends=True)
        shown = lines if len(lines) <= 40 else [*lines[:20], f"… {len(lines)} lines …\n", *lines[-20:]]
        return self._told(arguments, f"{''.join(shown)}{_digest(done.stdout)}", done)

    def octets(self, *arguments: str) -> str:
        """As `text`, with the digest of the octets that it wrote to standard output."""
        done = self.run(*arguments)
        return self._told(arguments, _digest(done.stdout), done)

    def page(self, *arguments: str) -> str:
        """As `text`, with what a reader sees of the HTML page: its text, then that of its drawings."""
        done = self.run(*arguments)
        page = _CODE.sub("", done.stdout.decode())
        drawings = "\n".join(_SVG.findall(page))
        text = f"{_visible(_SVG.sub(' ', page))}-- drawings\n{_visible(drawings)}"
        return self._told(arguments, text, done)

    def rides(self) -> list[dict[str, object]]:
        """The rides of the library, newest first; what stands for their ids from now on is how they are called."""
        listed: list[dict[str, object]] = json.loads(self.run("rides", "--json").stdout)
        for ride in listed:
            self.masks[str(ride["ride"])] = "RIDE1" if len(listed) == 1 else f"RIDE:{ride['title']}"
        return listed

    def _told(self, arguments: tuple[str, ...], text: str, done: subprocess.CompletedProcess[bytes]) -> str:
        told = f"$ legbal {' '.join(arguments)}\n{text}"
        if done.stderr:
            told += f"-- standard error\n{_readable(done.stderr.decode())}"
        return self.masked(f"{told}-- exit code {done.returncode}\n")

    def masked(self, text: str) -> str:
        """The text without ids, days and paths of this run, and with no more digits than are worth comparing."""
        for word, mask in {**self.masks, str(self.folder): "FOLDER"}.items():
            text = text.replace(word, mask)
        now = datetime.now(UTC)
        for day in (now, now - timedelta(days=1)):
            text = re.sub(rf"{day:%Y-%m-%d}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?", "TODAY", text)
            for spelt in (f"{day:%A} {day.day} {day:%B %Y}", f"{day:%a} {day.day} {day:%b %Y}"):
                text = re.sub(rf"{spelt}(?:, \d\d:\d\d)?", "TODAY", text)
        return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.{_SIGNIFICANT}g}", text)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
        home = str(self.folder / "home")
        return {
            **kept,
            "HOME": home,
            "LEGBAL_HOME": home,
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "PYTHONUTF8": "1",
            "COLUMNS": "100",
            "LINES": "40",
            "TERM": "xterm-256color",
        }


def _readable(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _digest(octets: bytes) -> str:
    return f"{len(octets)} octets, sha256 {hashlib.sha256(octets).hexdigest()}\n"


def _spread(text: str) -> str:
    try:
        return f"{json.dumps(json.loads(text), indent=1, ensure_ascii=False)}\n"
    except ValueError:
        return _readable(text)


def _visible(page: str) -> str:
    lines = (" ".join(html.unescape(line).split()) for line in _TAG.sub("\n", page).splitlines())
    return "".join(f"{line}\n" for line in lines if line)
