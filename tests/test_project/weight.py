"""What the program weighs, room by room, and what of it should become less.

`python -m tests.test_project.weight` prints the table of rooms and fails above a budget of `docs/architecture.md`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.test_project.checkout import CHECKOUT

PROGRAM = CHECKOUT / "legbal"
BUDGETS = CHECKOUT / "docs/architecture.md"
BESIDE = "modules beside the rooms"

_WRITTEN = (".py", ".html", ".js", ".css", ".tcss")
_ROW = re.compile(r"^\| `?([\w ]+?)`? \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", re.MULTILINE)
_LONGEST = re.compile(r"No file has more than (\d+) lines")
_ERROR = re.compile(r"(^|_)(error|se|uncertainty)$")
_PERCENT = re.compile(r"(^|_)percent$")


@dataclass(frozen=True)
class Size:
    """Modules, the lines of these and of scripts and style sheets, and their statements, docstrings among them."""

    modules: int = 0
    lines: int = 0
    statements: int = 0

    def __add__(self, other: Size) -> Size:
        """Both together."""
        return Size(
            self.modules + other.modules, self.lines + other.lines, self.statements + other.statements
        )


@dataclass(frozen=True)
class Budget:
    """What `docs/architecture.md` allows: the size of each room, and the lines of a file."""

    rooms: dict[str, Size]
    longest: int


def sizes() -> dict[str, Size]:
    """The size of each room."""
    found: dict[str, Size] = {}
    for file in _files():
        room = _room(file)
        found[room] = found.get(room, Size()) + _size(file)
    return dict(sorted(found.items()))


def budget() -> Budget:
    """What stands under "Weight"."""
    text = BUDGETS.read_text(encoding="utf-8").partition("\n## Weight\n")[2].partition("\n## ")[0]
    (longest,) = _LONGEST.findall(text)
    return Budget({name: Size(*map(_number, numbers)) for name, *numbers in _ROW.findall(text)}, int(longest))


def excesses(allowed: Budget) -> list[str]:
    """What is above its budget, a line each."""
    rooms = sizes()
    found = [f"{room} has no budget" for room in rooms if room not in allowed.rooms]
    for room, most in allowed.rooms.items():
        size = asdict(rooms.get(room, Size()))
        found += [f"{room}: {size[x]} {x}, {y} allowed" for x, y in asdict(most).items() if size[x] > y]
    found += [
        f"{_named(file)}: {_size(file).lines} lines, {allowed.longest} allowed"
        for file in _files()
        if _size(file).lines > allowed.longest
    ]
    return found


def table() -> str:
    """The rooms with what they hold and what they may."""
    allowed, rooms = budget(), sizes()
    lines = [f"{'room':26}{'modules':>9}{'of':>8}{'lines':>9}{'of':>8}{'statements':>13}{'of':>8}"]
    pairs = {room: (size, allowed.rooms.get(room, Size())) for room, size in rooms.items()}
    pairs["all"] = (sum(rooms.values(), Size()), sum(allowed.rooms.values(), Size()))
    for room, (size, most) in pairs.items():
        lines.append(
            f"{room:26}{size.modules:>9,}{most.modules:>8,}{size.lines:>9,}{most.lines:>8,}"
            f"{size.statements:>13,}{most.statements:>8,}"
        )
    return "\n".join(lines)


def deferred_imports() -> dict[str, bool]:
    """Where each import stands that is not at a module's top, and whether a comment there says why."""
    return {
        f"{_named(file)}:{line}": is_explained
        for file in _python()
        for line, is_explained in deferred_in(file.read_text(encoding="utf-8")).items()
    }


def deferred_in(text: str) -> dict[int, bool]:
    """The lines of a module's imports that stand in a function, and whether a comment there says why.

    It stands on the line or above it; one reason may hold for several that follow each other.
    """
    found: dict[int, bool] = {}
    lines = text.splitlines()
    nodes = [
        node
        for function in ast.walk(ast.parse(text))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"))
    ]
    for line in sorted({node.lineno for node in nodes}):
        above = lines[line - 2].strip().startswith("#")
        found[line] = above or "  # " in lines[line - 1] or found.get(line - 1, False)
    return found


def structs_with_a_share() -> list[str]:
    """Every class whose fields carry a percentage with its error, instead of a `Share`."""
    return [
        f"{_named(file)}: {kind.name}"
        for file, kind in _classes()
        if any(map(_PERCENT.search, _fields(kind))) and any(map(_ERROR.search, _fields(kind)))
    ]


def wide_classes(most: int, apart: frozenset[str]) -> list[str]:
    """Every class, those `apart` left out, with more than `most` fields and attributes of its instances."""
    return [
        f"{_named(file)}: {kind.name} has {len(attributes)}"
        for file, kind in _classes()
        if kind.name not in apart and len(attributes := _fields(kind) | _assigned(kind)) > most
    ]


def _files() -> list[Path]:
    return sorted(file for file in PROGRAM.rglob("*") if file.suffix in _WRITTEN)


def _python() -> list[Path]:
    return [file for file in _files() if file.suffix == ".py"]


def _room(file: Path) -> str:
    first = file.relative_to(PROGRAM).parts[0]
    return BESIDE if first.endswith(".py") else first


@cache
def _size(file: Path) -> Size:
    lines = file.read_text(encoding="utf-8").count("\n")
    if file.suffix != ".py":
        return Size(lines=lines)
    return Size(1, lines, sum(isinstance(node, ast.stmt) for node in ast.walk(_tree(file))))


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _named(file: Path) -> str:
    return str(file.relative_to(CHECKOUT))


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    for file in _python():
        for node in ast.walk(_tree(file)):
            if isinstance(node, ast.ClassDef):
                yield file, node


def _fields(kind: ast.ClassDef) -> set[str]:
    return {
        node.target.id
        for node in kind.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and "ClassVar" not in ast.unparse(node.annotation)
    }


def _assigned(kind: ast.ClassDef) -> set[str]:
    """What its methods set on `self`."""
    return {
        node.attr
        for node in ast.walk(kind)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


if __name__ == "__main__":
    print(table())
    above = excesses(budget())
    print(*above, sep="\n")
    sys.exit(bool(above))
