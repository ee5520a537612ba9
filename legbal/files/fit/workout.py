"""FIT workouts: the messages `workout_step` as the stretches of a plan."""

import math
from collections.abc import Iterator
from pathlib import Path

from legbal.errors import FileFormatError
from legbal.files.fit.messages import read_messages
from legbal.files.stretches import MOST_STRETCHES, ZONES, EndOfPlanError, Stretch

# FIT profile, wkt_step_duration; of the targets (wkt_step_target) those of power, and heart rate
_FIT_TIME, _FIT_REPEAT = {0, 28, 31}, 6
_FIT_POWER, _FIT_HEART_RATE = {4, 7, 8, 9, 10}, 1
_FIT_EASY = {1, 2, 3, 4}  # FIT profile, intensity: rest, warm-up, cool-down, recovery
_FIT_EASY_ZONES = {1, 2}  # of heart rate
_FIT_FIELDS = (
    "intensity",
    "duration_type",
    "duration_value",
    "target_type",
    "target_value",
    "custom_target_value_low",
    "custom_target_value_high",
    "secondary_target_type",
    "secondary_target_value",
    "secondary_custom_target_value_low",
    "secondary_custom_target_value_high",
)


def stretches_of(path: Path, octets: bytes, ftp_w: float | None) -> Iterator[Stretch]:
    """The stretches of a FIT workout, in order.

    Raises FileFormatError where it is none, or plans in watts with no FTP; EndOfPlanError where its end is not known.
    """
    messages, damage, *_ = read_messages(path, octets, {"workout_step": _FIT_FIELDS})
    steps = [{name: x for name, x in step.items() if isinstance(x, int)} for step in messages["workout_step"]]
    if not steps:
        raise FileFormatError(
            f"{path}: {damage or 'holds no workout'}", hint=None if damage else "A recorded ride is no plan."
        )
    plan: list[Stretch] = []
    begins: list[int] = []  # where in the plan each step begins
    problem = f": {damage}" if damage else ""
    for step in steps:
        begins.append(len(plan))
        kind, value = step.get("duration_type"), step.get("duration_value")
        if kind == _FIT_REPEAT and value is not None and 0 <= value < len(begins) - 1:
            repeated = plan[begins[value] :]
            more = (step.get("target_value") or 1) - 1
            if len(plan) + more * len(repeated) > MOST_STRETCHES:
                problem = f", step {len(begins)}: repeats too often for a workout"
                break
            plan += more * repeated
        elif kind in _FIT_TIME and value is not None:
            powers = _fit_powers(path, step, ftp_w) or _fit_powers(path, step, ftp_w, "secondary_")
            easy = step.get("intensity") in _FIT_EASY or (
                step.get("target_type") == _FIT_HEART_RATE and step.get("target_value") in _FIT_EASY_ZONES
            )
            work = None if powers else True
            plan.append(Stretch(value / 1000, powers, False if easy else work))
        else:
            problem = f", step {len(begins)}: has no duration in time, so its end is not known beforehand"
            break
    yield from plan
    if problem:
        raise EndOfPlanError(problem)


def _fit_powers(path: Path, step: dict[str, int], ftp_w: float | None, which: str = "") -> tuple[float, ...]:
    """Fractions of FTP: a value below 1000 is percent, else watts + 1000 (FIT profile, workout_power)."""
    if step.get(f"{which}target_type") not in _FIT_POWER:
        return ()
    zone = step.get(f"{which}target_value")
    if zone is not None and 1 <= zone <= len(ZONES):
        return (ZONES[zone - 1],)
    bounds = (step.get(f"{which}custom_target_value_{bound}") for bound in ("low", "high"))
    ends = [value for value in bounds if value is not None]
    if not any(ends):
        return ()
    if max(ends) >= 1000 and not ftp_w:
        raise FileFormatError(f"{path}: plans in watts", hint="Say your FTP with --ftp.")
    return tuple(value / 100 if value < 1000 else (value - 1000) / (ftp_w or math.inf) for value in ends)
