"""Workout files as tests write and read them."""

from __future__ import annotations

from pathlib import Path

from legbal.files.workout import read_plan
from legbal.ride.inputs import PlannedStep


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zwo(tmp_path: Path, *elements: str) -> Path:
    body = "\n".join(elements)
    return written(
        tmp_path, "plan.zwo", f"<workout_file><name>x</name><workout>{body}</workout></workout_file>"
    )


def understood(path: Path, ftp_w: float | None = None) -> tuple[tuple[PlannedStep, ...], list[str]]:
    """The plan, and what is said of what was not understood, without the file's name."""
    said: list[str] = []
    plan = read_plan(path, ftp_w, said.append)
    assert all(text.startswith(str(path)) for text in said)
    return plan, [text.removeprefix(str(path)) for text in said]
