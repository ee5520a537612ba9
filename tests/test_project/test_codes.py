"""What the pure rooms compute is codes and values: English begins in `present`; what is said of a ride stands there."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from legbal.app.inhibition import State
from legbal.gatt.characteristics import decode_location
from legbal.library.rides import RideRow
from legbal.meters.balance_octet import Reference
from legbal.meters.limits import _OF_KIND, _place
from legbal.meters.probe import Moves
from legbal.meters.profile import Kind, Placeholder, Side
from legbal.outlets import OutletState
from legbal.present.remarks import REMARKS
from legbal.present.review_wording import REVIEW_SENTENCES
from legbal.present.sentences import FORMATS, _sentences
from legbal.present.wording import SENTENCES
from legbal.remote.rider_group import Choice, Order
from legbal.ride.alerts import KINDS, load_kinds
from legbal.ride.events import FaultCode, OutletChange
from legbal.tui.screens.tabs import TABS
from tests.test_project.checkout import CHECKOUT

ROOMS = ("gatt", "meters", "ride", "analysis")
ENGLISH = re.compile(r"\S\s+[a-z]{2,}\b|\b[a-z]{2,}\s+\S")  # a word in lower case with something beside it

OF_THE_STANDARD = "names of the Bluetooth specification: values of `legbal decode`, and fields in its errors"
EXCEPTIONS = {
    **dict.fromkeys(
        ("gatt/characteristics.py", "gatt/control_point.py", "gatt/heart_rate.py"), OF_THE_STANDARD
    ),
    "gatt/fields.py": f"{OF_THE_STANDARD}; and the message of `decode_error`",
    "meters/profile.py": "the name of the family that stands for none",
    "meters/profile_file.py": "messages of ProfileError",
    "ride/dropoff_alert.py": "the table of transitions, which documents the phases",
    "ride/interval.py": "the table of transitions, which documents the phases",
    "analysis/summary.py": "values of `covered` in `review --json`",
    "analysis/dropoff_analysis.py": "values of `covered` in `review --json`",
}
"""Files with phrases, each with its reason."""
# where sensors sit, by the same specification
PLACES = {decode_location(bytes([number])) for number in range(18)}


OUTER_ROOMS = ("tui", "report", "app", "outlets", "remote", "cli")
WORDS = re.compile(r"[^\W\d_]{2,}[^\w{]*\s[^\w{]*(?:\w\s+)?[^\W\d_]{2,}")  # two in a row
OUTSIDE = CHECKOUT / "tests/test_project/outside_present.txt"
"""What these rooms say themselves: of each module why, then the strings. Each is listed by hand, so that nobody says
something of a ride there unaware."""


def _is_passed(node: ast.AST) -> bool:
    """Whether it is a docstring, an error with its message, or what a field is described by."""
    match node:
        case ast.Raise() | ast.keyword(arg="description") | ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name.startswith("_refuse")
    return False


def _is_help(node: ast.AST) -> bool:
    """Whether it is a key's binding, a dialog, a help, an error or a documentation of these."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.endswith(("HELP", "KEYS", "_NO_RIDES"))
        case ast.Call(func=ast.Name(id=name)):
            return name == "Binding" or name.endswith(("Dialog", "Error"))
        case ast.Call(func=ast.Attribute(attr="choose" | "ask" | "BadParameter")):
            return True
        case ast.keyword(arg="placeholder" | "help" | "short_help" | "hint" | "prefix"):
            return True
    return _is_passed(node)


def _text(node: ast.AST) -> str:
    """What it says; "{}" stands for values."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "{}" for part in parts)
    return ""


def sentences(source: str) -> Iterator[str]:
    """Texts with two words in a row or more, but for docstrings, errors and help."""
    nodes = list(ast.walk(ast.parse(source)))
    passed = {id(part) for node in nodes if _is_help(node) for part in ast.walk(node)}
    passed |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    yield from (text for node in nodes if id(node) not in passed and WORDS.search(text := _text(node)))


def phrases(source: str) -> Iterator[str]:
    """String constants with English in them, but for docstrings, what a `raise` says, and descriptions of fields."""
    tree = ast.parse(source)
    passed = {id(part) for node in ast.walk(tree) if _is_passed(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed:
            continue
        if ENGLISH.search(node.value) and node.value not in PLACES:
            yield node.value


def files_of(rooms: tuple[str, ...]) -> list[Path]:
    """The modules of these rooms."""
    return [path for room in rooms for path in sorted((CHECKOUT / "legbal" / room).rglob("*.py"))]


def place_of(path: Path) -> str:
    """How a module is called in the tables of exceptions."""
    return "/".join(path.parts[-2:])


def check(path: Path, find: Callable[[str], Iterator[str]], exceptions: dict[str, str]) -> None:
    """Nothing is found in the module, or something if it is an exception: one that is none any more goes."""
    found = list(find(path.read_text(encoding="utf-8")))
    if place_of(path) in exceptions:
        assert found, "it is no exception any more"
    else:
        assert found == []


@pytest.mark.parametrize("path", files_of(ROOMS), ids=place_of)
def test_a_pure_room_speaks_no_english(path: Path) -> None:
    check(path, phrases, EXCEPTIONS)


def outside_present() -> dict[str, set[str]]:
    """By module, the strings with words in them that may stand outside of `present`."""
    listed = {}
    for part in OUTSIDE.read_text(encoding="utf-8").strip().split("\n\n"):
        head, *strings = part.splitlines()
        place, _, why = head.partition(": ")
        assert why
        listed[place] = {string.strip() for string in strings}
    return listed


@pytest.mark.parametrize("path", files_of(OUTER_ROOMS), ids=place_of)
def test_what_is_said_of_a_ride_stands_in_present(path: Path) -> None:
    found = {repr(text) for text in sentences(path.read_text(encoding="utf-8"))}
    listed = outside_present().get(place_of(path), set())
    assert found - listed == set(), "say it in `present`, or list it with its reason"
    assert listed - found == set(), "it is said no more: take it from the list"


def test_every_exception_is_a_module_of_these_rooms() -> None:
    assert EXCEPTIONS.keys() <= {place_of(path) for path in files_of(ROOMS)}
    assert outside_present().keys() <= {place_of(path) for path in files_of(OUTER_ROOMS)}


def test_a_sentence_is_found_and_a_docstring_or_an_error_is_none() -> None:
    source = '"""It is so."""\nTEXT = f"since {1} s of rest"\nraise ValueError("it is not so")\nCODE = "meter.rest"\n'
    assert list(phrases(source)) == [" s of rest"]


def test_a_text_with_values_is_found_and_help_is_none() -> None:
    source = 'say(f"{lost} packets were lost")\nBinding("q", "quit", "leave the ride now")\nHELP = "press any key"\n'
    assert list(sentences(source)) == ["{} packets were lost"]


# Python's own formats of a number; a date's begins with %
NUMBERS = re.compile(r"(?!%)[^a-zA-Z]*[defgnxEFGX%,]|0\d+")
WRITES_NUMBERS = {
    "present/numbers.py": "how numbers are written",
    "present/html.py": "coordinates of a drawing",
    "report/drawing.py": "an attribute that the page's script reads",
    "present/profile.py": "feature bits, in hexadecimal",
}
"""Modules with formats of numbers of their own, each with its reason."""


def number_formats(source: str) -> Iterator[str]:
    """Python's own formats of numbers: in f-strings, and in texts that are filled later; but for those of errors."""
    tree = ast.parse(source)
    passed = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    for node in ast.walk(tree):
        specs: list[str] = []
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr() as spec):
                specs.append(_text(spec))
            case ast.Constant(value=str(text)):
                with suppress(ValueError):  # braces of something else
                    specs += [spec for _, _, spec, _ in string.Formatter().parse(text) if spec]
        yield from (spec for spec in specs if id(node) not in passed and NUMBERS.fullmatch(spec))


@pytest.mark.parametrize("path", files_of(("present", "report", "tui", "cli")), ids=place_of)
def test_numbers_are_written_by_present_numbers_alone(path: Path) -> None:
    check(path, number_formats, WRITES_NUMBERS)


def test_a_sentence_has_no_format_but_those_with_names() -> None:
    sources = [path.read_text(encoding="utf-8") for path in files_of(("present",))]
    ours = {_text(node) for source in sources for node in ast.walk(ast.parse(source))} & _sentences.keys()
    for code in ours:  # other tests have theirs
        specs = {spec for _, _, spec, _ in string.Formatter().parse(_sentences[code]) if spec}
        assert specs <= FORMATS.keys(), code


def test_a_format_of_python_s_own_is_found_and_that_of_an_error_or_a_date_is_none() -> None:
    source = (
        'A = f"{x:.1f} W {day:%Y-%m} {text:>{wide}}"\nB = "{x:g} %, {t:clock}"\nraise ValueError(f"{x:g}")\n'
    )
    assert sorted(number_formats(source)) == [".1f", "g"]


load_kinds()
BUILT = {
    *(f"fault.{code}" for code in get_args(FaultCode)),
    # how often a ride is viewed is no part of it
    *(f"ride.{code}" for code in get_args(FaultCode) if code != "failed_view"),
    *(f"outlet.{state}" for state in get_args(get_type_hints(OutletChange)["state"])),
    *(
        f"alert.{name}{part}"
        for name, kind in KINDS.items()
        if kind.__module__.startswith("legbal.")  # other tests have theirs
        for part in ("", ".name", ".below")
    ),
    # the others are shown as off
    *(f"sound.{state}" for state in set(get_args(OutletState)) - {"connecting", "away", "failed"}),
    *(f"awake.{state}" for state in get_args(State)),
    *(f"awake.may_{state}" for state in get_args(State) if state != "on"),
    *(f"recording.{state}{part}" for state in ("on", "off", "impossible") for part in ("", "_briefly")),
    *(f"state.{state}" for state in get_args(get_type_hints(RideRow)["state"])),
    *(f"riders.choice_{choice}" for choice in get_args(Choice)),
    *(f"riders.order_{order}" for order in get_args(Order)),
    *(f"chart.{name}{part}" for name in ("power", "cadence") for part in ("", "_axis")),
    *(f"identified.{kind}" for kind in get_args(Kind)),
    *(f"limit.{code}" for codes in _OF_KIND.values() for code in codes),
    *(f"limit.reference_{reference}" for reference in get_args(Reference) if reference not in get_args(Side)),
    *(f"zero.{place}" for place in get_args(get_type_hints(_place)["return"])),
    # of one that is constant it is said where it stands
    *(f"probe.{moves}" for moves in get_args(Moves) if moves != "constant"),
    *(f"probe.at_rest_{placeholder}" for placeholder in get_args(Placeholder)),
    *(f"ftp.{origin}" for origin in ("guessed", "estimated")),
    *(f"tab.{tab}" for tab in TABS),
}
"""Codes that are put together, of the values that there are for their parts."""
CODE = re.compile(r"[a-z]+(\.\w+)*\.\w+(?<!_)")
PARTS = re.compile(r"[a-z_.]*(\{\}[a-z_.]*)+")
ALL_ROOMS = ("gatt", "meters", "ride", "analysis", "present", "library", "files", "sources", *OUTER_ROOMS)


def codes(source: str) -> tuple[set[str], set[str], set[str]]:
    """Of a module all texts but keys, the codes that it says or remarks, and how it puts such codes together."""
    nodes = list(ast.walk(ast.parse(source)))
    keys = {id(key) for node in nodes if isinstance(node, ast.Dict) for key in node.keys}
    texts = {_text(node) for node in nodes if id(node) not in keys}
    said = {
        _text(part)
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("say", "Remark")
        for part in ast.walk(node.args[0])
    }
    return (
        texts,
        {text for text in said if CODE.fullmatch(text)},
        {text for text in said if PARTS.fullmatch(text)},
    )


@cache
def all_codes() -> tuple[set[str], ...]:
    """The same of all rooms but `config`, where nothing of a ride is said."""
    found = [codes(path.read_text(encoding="utf-8")) for path in files_of(ALL_ROOMS)]
    texts, said, parts = (set[str]().union(*of) for of in zip(*found, strict=True))
    on_pages = {
        code
        for page in sorted((CHECKOUT / "legbal").rglob("*.html"))
        for code in re.findall(r"\{([a-z]+\.[a-z_]+)\}", page.read_text(encoding="utf-8"))
    }
    return texts | on_pages, said | on_pages, parts


def test_every_code_that_is_said_has_a_sentence_and_none_is_left_over() -> None:
    texts, said, _ = all_codes()
    sentences = [*SENTENCES, *REVIEW_SENTENCES, *REMARKS]
    assert len(sentences) == len(set(sentences))
    assert (said | BUILT) - set(sentences) == set(), "it has no sentence"
    assert set(sentences) - texts - BUILT == set(), "nobody says it"


def test_codes_that_are_put_together_are_those_listed() -> None:
    texts, _, parts = all_codes()
    built = {text: _pattern(text) for text in texts if PARTS.fullmatch(text) and re.search("[a-z]{3}", text)}
    assert [code for code in BUILT if not any(pattern.fullmatch(code) for pattern in built.values())] == []
    assert [text for text in parts & built.keys() if not any(map(built[text].fullmatch, BUILT))] == []


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(r"[\w.]+".join(map(re.escape, text.split("{}"))))


def test_a_code_is_found_where_it_is_said_and_not_where_its_sentence_stands() -> None:
    source = (
        'S = {"ride.a": "{x}"}\nsay("ride.b" if x else "ride.c")\nRemark(f"ride.{code}", {"ride.d": 1})\n'
    )
    texts, said, parts = codes(source)
    assert (said, parts, "ride.a" in texts) == ({"ride.b", "ride.c"}, {"ride.{}"}, False)
