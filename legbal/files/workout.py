"""A workout file as the work intervals it plans: .zwo, .erg, .mrc, FIT workouts, a capture's JSON sidecar.

Power alone says what is work in most of these formats: stretches planned above three quarters of FTP, except
warm-ups and cool-downs. Stretches of work that follow each other are one interval, so that over-unders are.

The formats: .zwo is XML with power as fractions of FTP; .erg and .mrc are text, lines of minute and watts or
percent (two lines at one minute are a step); FIT workouts are the messages `workout` and `workout_step` of
the FIT profile.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec

from legbal.errors import FileFormatError
from legbal.files.capture import decode_sidecar
from legbal.paths import read_octets
from legbal.ride.inputs import PlannedStep, join_steps

_MOST_STRETCHES = 5000
_WORK = 0.75  # of FTP; planned above it is work

_FIT_TIME, _FIT_REPEAT = {0, 28, 31}, 6  # FIT profile: wkt_step_duration
_FIT_FIELDS = (
    "intensity",
    "duration_type",
    "duration_value",
    "target_type",
    "target_value",
    "custom_target_value_low",
    "custom_target_value_high",
)
_FIT_ZONES = (0.45, 0.65, 0.83, 0.98, 1.13, 1.35, 1.70)  # middles of the usual seven power zones

# Zwift's elements of which the name itself says whether they are work
_ZWO_WORK = {"Warmup": False, "Cooldown": False, "FreeRide": False, "MaxEffort": True}


class _Stretch(msgspec.Struct, frozen=True):
    """A stretch of a workout; power goes from the first to the last of `powers`, fractions of FTP, or is not said."""

    seconds: float
    powers: tuple[float, ...] = ()
    work: bool | None = None  # what the file itself says; None: power decides

    @property
    def is_work(self) -> bool:
        return sum(self.powers) > _WORK * len(self.powers) if self.work is None else self.work


def read_plan(path: Path, ftp_w: float | None = None) -> tuple[PlannedStep, ...]:
    """The work intervals that a workout file plans, in order, in seconds from its start.

    Args:
        path: the file, at most 1 MiB; its ending says what it is.
        ftp_w: the rider's FTP, watts; needed where a file plans in watts and names none.

    Raises:
        FileFormatError: the file cannot be read, is not what its ending says, lasts more than a day, has
            steps without a duration, plans in watts with no FTP, or holds no work.
    """
    try:
        if path.stat().st_size > 2**20:
            raise FileFormatError(f"{path}: larger than 1 MiB, which no workout is")
        octets = read_octets(path)
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    match path.suffix.lower():
        case ".zwo":
            return _intervals(path, _zwo(path, octets))
        case ".erg" | ".mrc":
            return _intervals(path, _erg(path, octets.decode("utf-8-sig", "replace"), ftp_w))
        case ".fit":
            return _intervals(path, _fit(path, octets, ftp_w))
        case ".json":
            return decode_sidecar(path, octets, FileFormatError).plan
        case _:
            raise FileFormatError(
                f"{path}: not a workout file that is known here",
                hint="Plans are read from .zwo, .erg, .mrc and FIT workout files.",
            )


def _intervals(path: Path, stretches: Iterable[_Stretch]) -> tuple[PlannedStep, ...]:
    intervals: list[PlannedStep] = []
    t = 0.0
    for count, stretch in enumerate(stretches):
        end = t + stretch.seconds
        if not end <= 24 * 3600 or count >= _MOST_STRETCHES:
            raise FileFormatError(f"{path}: a plan of more than a day, or of {_MOST_STRETCHES} steps")
        if stretch.seconds > 0 and stretch.is_work:
            intervals.append(
                PlannedStep(t, end, min(stretch.powers, default=None), max(stretch.powers, default=None))
            )
        t = end
    if not intervals:
        raise FileFormatError(
            f"{path}: plans no work above {_WORK:.0%} of FTP",
            hint="Leave the plan out: then intervals are found from power.",
        )
    return join_steps(intervals)


def _number(path: Path, text: str | None, what: str) -> float:
    try:
        number = float(text or "")
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6:
        raise FileFormatError(f"{path}: {what} is {text!r:.40}, not a number from 0")
    return number


def _zwo(path: Path, octets: bytes) -> Iterator[_Stretch]:
    if b"<!DOCTYPE" in octets or b"<!ENTITY" in octets:
        raise FileFormatError(f"{path}: holds a document type, which no workout needs")
    try:
        root = ElementTree.fromstring(octets)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise FileFormatError(f"{path}: not XML: {error}") from error
    workout = root if root.tag == "workout" else root.find("workout")
    if workout is None:
        raise FileFormatError(f"{path}: holds no <workout>")
    for element in workout:
        if element.tag == "IntervalsT":
            times = int(_number(path, element.get("Repeat", "1"), "Repeat"))
            parts = [_zwo_part(path, element, which) for which in ("On", "Off")]
            yield from min(times, _MOST_STRETCHES) * parts
        elif "Duration" in element.attrib:
            yield _zwo_part(path, element, "")


def _zwo_part(path: Path, element: ElementTree.Element, which: str) -> _Stretch:
    """An element, or which of the two halves of a set that is repeated; one may leave out the second's length."""
    duration = element.get(f"{which}Duration", "0" if which == "Off" else None)
    seconds = _number(path, duration, f"{which}Duration")
    steady = element.get(f"{which}Power")
    ramp = (element.get(f"Power{which}Low"), element.get(f"Power{which}High"))
    texts = ramp if steady is None else (steady, steady)
    powers = tuple(_number(path, text, f"{which}Power") for text in texts if text)
    return _Stretch(seconds, powers, _ZWO_WORK.get(element.tag))


def _erg(path: Path, text: str, ftp_w: float | None) -> Iterator[_Stretch]:
    unit: float | None = None  # FTP in the unit of the values
    watts, in_data, points = False, False, list[tuple[float, float]]()
    for line in text.splitlines():
        words = line.replace("=", " = ").split()
        match [word.upper() for word in words]:
            case ["[COURSE", "DATA]", *_]:
                in_data = True
            case [head, *_] if head.startswith("["):
                in_data = False
            case [_, _, *_] if in_data:
                points.append((60 * _number(path, words[0], "a minute"), _number(path, words[1], "a power")))
            case ["FTP", "=", _, *_]:
                unit = _number(path, words[2], "FTP")
            case ["MINUTES", *units]:
                watts = "WATTS" in units
    unit = (unit or ftp_w) if watts else 100.0
    if len(points) < 2:
        raise FileFormatError(f"{path}: holds no course data")
    if not unit:
        raise FileFormatError(f"{path}: plans in watts and names no FTP", hint="Say yours with --ftp.")
    for (start, first), (end, last) in pairwise(points):
        if end < start:
            raise FileFormatError(f"{path}: minute {end / 60:g} comes after minute {start / 60:g}")
        yield _Stretch(end - start, (first / unit, last / unit))


def _fit(path: Path, octets: bytes, ftp_w: float | None) -> list[_Stretch]:
    # Its library takes 90 ms to load, which other plans need not wait for.
    from legbal.files.fit.messages import read_messages

    messages, damage, *_ = read_messages(path, octets, {"workout_step": _FIT_FIELDS})
    steps = messages["workout_step"]
    if damage or not steps:
        raise FileFormatError(
            f"{path}: {damage or 'holds no workout'}", hint=None if damage else "A recorded ride is no plan."
        )
    plan: list[_Stretch] = []
    begins: list[int] = []  # where in the plan each step begins
    for step in steps:
        begins.append(len(plan))
        kind, value = step.get("duration_type"), step.get("duration_value")
        if kind == _FIT_REPEAT and isinstance(value, int) and 0 <= value < len(begins) - 1:
            repeated = plan[begins[value] :]
            more = int(step.get("target_value") or 1) - 1
            if len(plan) + more * len(repeated) > _MOST_STRETCHES:
                raise FileFormatError(f"{path}: repeats too often for a workout")
            plan += more * repeated
        elif kind in _FIT_TIME and isinstance(value, int):
            powers = _fit_powers(path, step, ftp_w)
            # FIT profile, intensity: rest, warm-up, cool-down, recovery
            easy = step.get("intensity") in (1, 2, 3, 4)
            work = None if powers else True
            plan.append(_Stretch(value / 1000, powers, False if easy else work))
        else:
            raise FileFormatError(
                f"{path}: step {len(begins)} has no duration in time, so its end is not known beforehand",
                hint="Leave the plan out and press lap instead.",
            )
    return plan


def _fit_powers(path: Path, step: dict[Any, Any], ftp_w: float | None) -> tuple[float, ...]:
    """Fractions of FTP: a value below 1000 is percent, else watts + 1000 (FIT profile, workout_power)."""
    if step.get("target_type") not in (4, 7, 8, 9, 10):  # FIT profile, wkt_step_target: of power
        return ()
    zone = step.get("target_value")
    if isinstance(zone, int) and 1 <= zone <= len(_FIT_ZONES):
        return (_FIT_ZONES[zone - 1],)
    bounds = map(step.get, ("custom_target_value_low", "custom_target_value_high"))
    ends = [value for value in bounds if isinstance(value, int)]
    if max(ends, default=0) < 1000:
        return tuple(value / 100 for value in ends)
    if not ftp_w:
        raise FileFormatError(f"{path}: plans in watts", hint="Say your FTP with --ftp.")
    return tuple((value - 1000) / ftp_w for value in ends)
