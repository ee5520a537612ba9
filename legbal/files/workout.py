"""A workout file as the work intervals it plans: .zwo, .erg, .mrc, FIT workouts, a capture's JSON sidecar.

Power alone says what is work in most of these formats: stretches planned above three quarters of FTP, except
warm-ups and cool-downs. Stretches of work that follow each other are one interval, so that over-unders are.

The formats: .zwo is XML with power as fractions of FTP; .erg and .mrc are text, lines of minute and watts or
percent (two lines at one minute are a step); FIT workouts are the messages `workout` and `workout_step` of
the FIT profile.

Files come from many programs, and few follow a text: what cannot be understood is said, with its line or step, and
the rest is used; where it hides how long something takes, the plan ends there.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from xml.parsers import expat

import msgspec

from legbal.errors import FileFormatError
from legbal.files.capture import decode_sidecar
from legbal.files.stretches import MOST_STRETCHES, ZONES, Complain, EndOfPlanError, Stretch, intervals
from legbal.paths import read_octets
from legbal.ride.inputs import PlannedStep

_LARGEST = 2**20

# Zwift's elements of which the name itself says whether they are work
_ZWO_WORK = {"warmup": False, "cooldown": False, "freeride": False, "maxeffort": True}
# An ampersand that begins no character of XML's own: programs write names and messages as they are.
_CONTROL = re.compile(
    rb"[\x01-\x08\x0b\x0c\x0e-\x1f]"
)  # what XML does not allow, and names hold all the same
_DECLARED = re.compile(rb"<\?xml[^>]*encoding")
_LATE_DECLARATION = re.compile(rb"\A(\s+)(<\?xml[^>]*>)")  # lines before it are to count as lines
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)")

# By which words a header says what the columns are.
_ERG_UNITS = {"WATTS", "PERCENT", "PERCENTAGE", "%", "FTP", "%FTP"}
_MOST_COMPLAINTS = 5  # of what is odd in one file
_MOST_OF_FTP = 10.0  # as a fraction; more is in another unit
_FTP_W = (50, 600)  # what the settings allow, too
_TOO_HARD = 200.0  # percent of FTP for a minute: those are watts


def read_plan(
    path: Path, ftp_w: float | None = None, complain: Complain = lambda _: None
) -> tuple[PlannedStep, ...]:
    """The work intervals that a workout file plans, in order, in seconds from its start; none where it plans none.

    Args:
        path: the file, at most 1 MiB; its ending says what it is.
        ftp_w: the rider's FTP, watts; needed where a file plans in watts and names none.
        complain: is told, in a sentence with line or step, what of it was not understood, and that nothing in it is
            work.

    Raises:
        FileFormatError: the file cannot be read, is not what its ending says, or plans in watts with no FTP.
    """
    octets, problems = _read(path), list[str]()
    match path.suffix.lower():
        case ".zwo":
            stretches = _zwo(path, octets, problems.append)
        case ".erg" | ".mrc":
            stretches = _erg(path, octets, ftp_w, problems.append)
        case ".fit":
            # its library takes 90 ms to load, which other plans need not wait for
            from legbal.files.fit.workout import stretches_of

            stretches = stretches_of(path, octets, ftp_w)
        case ".json":
            return decode_sidecar(path, octets, FileFormatError).plan
        case _:
            raise FileFormatError(
                f"{path}: not a workout file that is known here",
                hint="Plans are read from .zwo, .erg, .mrc and FIT workout files.",
            )
    try:
        return intervals(path, stretches, problems.append)
    finally:
        for problem in problems[:_MOST_COMPLAINTS]:
            complain(problem)
        if len(problems) > _MOST_COMPLAINTS:
            complain(f"{path}: {len(problems) - _MOST_COMPLAINTS} more of it could not be understood.")


def _read(path: Path) -> bytes:
    try:
        octets = read_octets(path, _LARGEST + 1)
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(octets) > _LARGEST:
        raise FileFormatError(f"{path}: larger than 1 MiB, which no workout is")
    return octets


def _number(text: str | None) -> float | None:
    """A number from 0 on, as a workout may have it; None where it is none."""
    try:
        number = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None


def _seconds(element: "_Element", name: str, default: str | None = None) -> float:
    text = element.attributes.get(name, default)
    seconds = _number(text)
    if seconds is None or element.attributes.get("durationType", "time").lower() != "time":
        what = "no seconds" if text is None else f"{name} {text!r:.40}, which is no time in seconds"
        raise EndOfPlanError(f", line {element.line}: {element.tag:.40} has {what}")
    return seconds


class _Element(msgspec.Struct, frozen=True):
    line: int
    tag: str
    attributes: dict[str, str]


def _zwo_elements(path: Path, octets: bytes) -> tuple[list[_Element], str]:
    """What a workout's steps are, as far as the file is XML; and what is wrong with it as XML."""
    elements: list[_Element] = []
    above: list[str] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if above[-1:] == ["workout"] and len(above) <= 2:
            elements.append(_Element(parser.CurrentLineNumber, tag, attributes))
        above.append(tag)
        tags.add(tag)

    def refuse(*_: object) -> None:
        raise FileFormatError(
            f"{path}, line {parser.CurrentLineNumber}: holds a document type, which no workout needs"
        )

    tags = set[str]()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: above.pop()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    problem = ""
    try:
        parser.Parse(octets, True)
    except expat.ExpatError as error:
        problem = f", line {error.lineno}: not XML: {expat.ErrorString(error.code)}"
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        problem = f": not XML: {error}"
    if "workout" not in tags:
        raise FileFormatError(f"{path}{problem or ': holds no <workout>'}")
    return elements, problem


def _zwo(path: Path, octets: bytes, complain: Complain) -> Iterator[Stretch]:
    elements, problem = _zwo_elements(path, _as_xml(octets))
    for element in elements:
        if element.tag.lower() == "intervalst":
            times = _number(element.attributes.get("Repeat", "1"))
            if times is None:
                raise EndOfPlanError(f", line {element.line}: Repeat is {element.attributes['Repeat']!r:.40}")
            parts = [_zwo_part(path, element, which, complain) for which in ("On", "Off")]
            yield from min(int(times), MOST_STRETCHES) * parts
        elif "Duration" in element.attributes or element.tag.lower() in {*_ZWO_WORK, "steadystate", "ramp"}:
            yield _zwo_part(path, element, "", complain)
    if problem:
        raise EndOfPlanError(problem)


def _as_xml(octets: bytes) -> bytes:
    """The same as XML wants it, where names and messages were written as they are, or in the encoding of a Windows."""
    if b"\0" in octets:  # two octets a character
        return octets
    octets = _CONTROL.sub(b"", _BARE_AMPERSAND.sub(b"&amp;", _LATE_DECLARATION.sub(rb"\2\1", octets)))
    try:
        octets.decode()
    except UnicodeDecodeError:
        if not _DECLARED.match(octets):
            return octets.decode("cp1252", "replace").encode()
    return octets


def _zwo_part(path: Path, element: _Element, which: str, complain: Complain) -> Stretch:
    """An element, or which of the two halves of a set that is repeated; one may leave out the second's length."""
    seconds = _seconds(element, f"{which}Duration", "0" if which == "Off" else None)
    work = _ZWO_WORK.get(element.tag.lower())
    get = element.attributes.get
    steady = get(f"{which}Power")
    ramp = (get(f"Power{which}Low"), get(f"Power{which}High"))
    stated = [text for text in (ramp if steady is None else (steady, steady)) if text]
    powers = [x if x is not None and x <= _MOST_OF_FTP else None for x in map(_number, stated)]
    zone = get(f"Power{which}Zone", get("Zone"))
    if not powers and zone is not None:
        powers = [ZONES[int(zone) - 1] if zone in "1234567" and len(zone) == 1 else None]
    if None in powers or (not powers and not which and work is None):
        odd = "no power or power zone that is known"
        if stated:
            odd = f"power {stated[powers.index(None)]!r:.40}, which is no fraction of FTP"
        taken = "work" if which == "On" or work else "rest"
        complain(f"{path}, line {element.line}: {which}{element.tag:.40} has {odd}; taken as {taken}.")
        powers = []
    # of a set without powers the names of its halves say which is the work
    named = which == "On" if which and not powers else work
    return Stretch(seconds, tuple(power for power in powers if power is not None), named)


def _erg(path: Path, octets: bytes, ftp_w: float | None, complain: Complain) -> Iterator[Stretch]:
    text = octets.decode(_encoding(octets), "replace")
    lines = [line.strip() for line in text.splitlines()]
    own_ftp: float | None = None
    units: str | None = None
    sections = any(line.startswith("[") for line in lines)
    in_data = not sections
    points: list[tuple[float, float, bool]] = []  # minute, power, and whether a % follows it
    for number, line in enumerate(lines, 1):
        words = line.upper().replace("=", " = ").split()
        match words:
            case [] | ["FTP", "="]:
                continue
            case [first, *_] if first[0] in ";#":
                continue
            case [first, *_] if first[0] == "[":
                in_data = line.upper().startswith("[COURSE DATA")
            case ["DISTANCE", "GRADE" | "SLOPE" | "WATTS" | "WIND", *_]:
                raise FileFormatError(f"{path}, line {number}: the plan is in distance, not in minutes")
            case ["MINUTES", *named] if named and _ERG_UNITS.issuperset(named):
                units = "watts" if "WATTS" in named else "percent"
            case ["FTP", "=", value, *_]:
                own_ftp = _number(value)
                if own_ftp is None or not _FTP_W[0] <= own_ftp <= _FTP_W[1]:
                    own_ftp = None
                    allowed = f"{_FTP_W[0]} to {_FTP_W[1]}"
                    complain(
                        f"{path}, line {number}: FTP is {value!r:.40}, not a number of watts from {allowed}; left out."
                    )
            case ["LAP"] | [_, "LAP", *_]:
                continue  # a mark, and no power
            case _ if in_data:
                point = _erg_point(line)
                if point is None or (points and point[0] < points[-1][0]):
                    what = "no minute with a power" if point is None else "earlier than the line before"
                    if sections or points:  # else it may be any text
                        complain(f"{path}, line {number}: {line!r:.40} is {what}; left out.")
                else:
                    points.append(point)
    if len(points) < 2:
        raise FileFormatError(f"{path}: holds no course data")
    watts = units == "watts" if units else path.suffix.lower() == ".erg" or _too_hard(points)
    unit = (own_ftp or ftp_w) if watts and not all(percent for *_, percent in points) else 100.0
    if not unit:
        raise FileFormatError(f"{path}: plans in watts and names no FTP", hint="Say yours with --ftp.")
    shares = [(60 * minute, power / (100.0 if percent else unit)) for minute, power, percent in points]
    for (begin, low), (end, high) in pairwise(shares):
        yield Stretch(end - begin, (low, high))


def _encoding(octets: bytes) -> str:
    """By the mark that some programs put at the beginning, or by the octet of an ordinary letter that is zero."""
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if octets[:1] == b"\0":
        return "utf-16-be"
    return "utf-16-le" if octets[1:2] == b"\0" else "utf-8-sig"


def _too_hard(points: Iterable[tuple[float, float, bool]]) -> bool:
    """Whether these can be no percentages: nobody rides so hard for a minute."""
    return any(b[0] - a[0] >= 1 and min(a[1], b[1]) > _TOO_HARD for a, b in pairwise(points))


def _erg_point(line: str) -> tuple[float, float, bool] | None:
    """Minute, power, and whether a percent sign follows; columns may be parted by commas, numbers may have one."""
    words = line.split()
    words = [word.replace(",", ".") for word in words] if len(words) > 1 else re.split("[,;]", line)
    if len(words) < 2:
        return None
    percent = words[1].endswith("%") or words[2:3] == ["%"]
    minute, power = _number(words[0]), _number(words[1].removesuffix("%"))
    return None if minute is None or power is None else (minute, power, percent)
