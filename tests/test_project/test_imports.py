"""Who imports what: declared packages only, a core that cannot do I/O, commands that load nothing heavy."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_project.checkout import CHECKOUT, pyproject

CORE = ("gatt", "meters", "ride", "analysis", "present")
CORE_MAY_USE = {"numpy", "msgspec", "legbal"}

# What a core that computes has no use for. What numpy and msgspec load themselves is not the core's doing.
DOES_IO = {
    *("asyncio", "concurrent", "multiprocessing", "queue", "sched", "selectors", "signal", "threading"),
    *("bleak", "http", "socket", "ssl", "subprocess", "urllib"),
    *("click", "logging", "miniaudio", "random", "rich", "secrets", "textual"),
    *("pkgutil", "platformdirs", "shutil", "sqlite3", "tempfile", "tomllib"),
}
# Alert kinds are found by their modules' names, once, as the room is loaded: by nothing but `ride.alerts`, as the
# contract in pyproject.toml says.
MAY_LIST_MODULES = {"pkgutil"}


def names(requirements: list[str]) -> set[str]:
    """The packages that these requirements name."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


@cache  # parsing all of the tests takes seconds
def _imports(file: Path) -> tuple[tuple[str, bool], ...]:
    """The top-level module of every absolute import of a file, and whether it stands at its head."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    head = {id(node) for node in tree.body}
    return tuple(
        (name.split(".")[0], id(node) in head) for node in ast.walk(tree) for name in _loaded_by(node)
    )


def imported(folder: Path) -> Iterator[tuple[Path, str]]:
    """(file, top-level module) of every absolute import under a folder."""
    for file in sorted(folder.rglob("*.py")):
        yield from ((file, name) for name, _ in _imports(file))


@cache
def _packages() -> Mapping[str, list[str]]:
    return packages_distributions()


def undeclared(folder: str, declared: set[str]) -> list[str]:
    """Imports under a folder whose package is not declared."""
    packages = _packages()
    own = {*sys.stdlib_module_names, "legbal", "tests"}
    return [
        f"{file.relative_to(CHECKOUT)}: {module}"
        for file, module in imported(CHECKOUT / folder)
        if module not in own
        # a package that is not installed here, of an extra, is taken to be named as its module
        and not declared & {canonicalize_name(x) for x in packages.get(module, (module,))}
    ]


def test_legbal_imports_only_packages_that_it_declares() -> None:
    project = pyproject()["project"]
    extras = [
        text for extra, asked in project["optional-dependencies"].items() if extra != "test" for text in asked
    ]
    assert not undeclared("legbal", names(project["dependencies"] + extras))


def test_tests_import_only_packages_that_their_extras_declare() -> None:
    project = pyproject()["project"]
    declared = names(project["dependencies"] + project["optional-dependencies"]["test"])
    extra = names(
        project["optional-dependencies"]["real-stack"] + project["optional-dependencies"]["mutation"]
    )
    assert not undeclared("tests", declared | extra)
    needs_extra = {
        file.parent.name
        for file, module in imported(CHECKOUT / "tests")
        if canonicalize_name(module) in extra
    }
    assert needs_extra == {"mutation", "qemu"}  # which are no tests, and so not imported where the suite runs


def test_nothing_loads_a_module_of_posix_at_its_head() -> None:
    """A test that did would end the whole run on Windows, whatever it skips."""
    only_posix = {"fcntl", "grp", "pty", "pwd", "readline", "resource", "termios", "tty"}
    found = [
        f"{file.relative_to(CHECKOUT)}: {name}"
        for folder in ("legbal", "tests")
        for file in sorted((CHECKOUT / folder).rglob("*.py"))
        for name, at_head in _imports(file)
        if at_head and name in only_posix and "bluetooth" not in file.parts
    ]
    assert not found


def _loaded_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module else []


def test_the_core_uses_numpy_and_msgspec_and_no_other_package() -> None:
    found = {
        f"{file.relative_to(CHECKOUT)}: {module}"
        for room in CORE
        for file, module in imported(CHECKOUT / "legbal" / room)
        if module not in CORE_MAY_USE and module not in sys.stdlib_module_names
    }
    assert not found


# what use-cases are made of: `app` does that, commands and screens ask it to
STEPS = re.compile(
    r"legbal\.("
    r"files\.capture|files\.exporting(\.(write|steps))?|files\.parquet\.parquet_table"
    r"|library\.derived\.(basis|current_versions|stale_rides)"
    r"|meters\.probe\..*|present\.profile_draft\..*|sources\.bluetooth(\..*)?"
    r")"
)


# commands and screens show what their service gives; screens know what a ride of it looks like
LIBRARY = re.compile(r"legbal\.library\b.*")
DOORS = re.compile(r"legbal\.library\.(rides\.Library|rider\.add_change)")


@pytest.mark.parametrize(
    ("room", "parts"), [("cli", STEPS), ("cli", LIBRARY), ("tui", STEPS), ("tui", DOORS)]
)
def test_commands_and_screens_hold_no_use_cases(room: str, parts: re.Pattern[str]) -> None:
    found = [
        f"{file.relative_to(CHECKOUT)}: {node.module}.{alias.name}"
        for file in sorted((CHECKOUT / "legbal" / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if parts.fullmatch(f"{node.module}.{alias.name}")
    ]
    assert not found


def modules_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running `code`."""
    lines = f"{code}\nimport sys\nprint('loaded:', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("loaded:")[2].split())


def test_a_program_that_folds_no_ride_knows_the_alert_kinds() -> None:
    """The coach sorts its riders by them."""
    kinds = {"legbal.ride.dropoff_alert", "legbal.ride.threshold_alert"}
    assert kinds <= modules_after("import legbal.remote.rider_group")


def core_modules() -> list[str]:
    """Every module of the core, as one imports it."""
    return [
        re.sub(r"\.__init__$", "", ".".join(file.relative_to(CHECKOUT).with_suffix("").parts))
        for room in CORE
        for file in sorted((CHECKOUT / "legbal" / room).rglob("*.py"))
    ]


def test_loading_the_whole_core_loads_nothing_that_does_io() -> None:
    baseline = modules_after("import numpy, msgspec")
    loaded = modules_after("import " + ", ".join(core_modules())) - baseline
    assert "legbal.ride.ride" in loaded
    assert {
        x for x in (module.split(".")[0].lstrip("_") for module in loaded) if x in DOES_IO
    } == MAY_LIST_MODULES


@pytest.mark.parametrize("room", CORE)
def test_a_core_room_loads_no_room_outside_the_core(room: str) -> None:
    loaded = {module for module in modules_after(f"import legbal.{room}") if module.startswith("legbal.")}
    assert {module.split(".")[1] for module in loaded} <= {*CORE, "errors"}


@pytest.mark.parametrize(
    "module",
    ["gatt.measurement", "ride.inputs", "config", "library.rides", "library.rider", "files.capture"],
)
def test_what_only_lists_loads_no_numpy(module: str) -> None:
    assert "numpy" not in modules_after(f"import legbal.{module}")


def test_a_ride_with_a_history_loads_no_masked_arrays() -> None:
    """NumPy's `median`, `percentile` and `unique` load them: as much code as all of the fold."""
    code = """
from legbal.app.meters import profiles
from legbal.app.ride_setup import contribution, with_contributions
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.sources.simulator import demo

ride = demo(profiles()[0], 1)
setup = Setup(profile=ride.profile)
earlier = [contribution(setup, x.timeline()) for x in ride.earlier(2)]
fold = Ride(with_contributions(setup, earlier))
assert fold.setup.baseline is not None
for item in ride.timeline():
    fold.feed(item)
"""
    loaded = modules_after(code)
    assert "legbal.ride.ride" in loaded
    assert not {"numpy.ma", "zipfile", "wave"} & loaded


def loaded_by(*arguments: str, **variables: str) -> set[str]:
    """The modules that `legbal ARGUMENTS` has loaded when it ends, in a fresh interpreter; its exit code is 0."""
    code = (
        "import sys\nfrom legbal.cli import main\n"
        "try:\n    main(sys.argv[1:])\nfinally:\n    print('loaded:', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rider's folder with one ride in it."""
    folder = tmp_path_factory.mktemp("home")
    loaded_by("demo", "--headless", "--seconds", "60", "--speed", "max", LEGBAL_HOME=str(folder))
    return folder


@pytest.mark.parametrize(
    "typed",
    [
        *("--help", "review --help", "decode 0000c800", "config", "rides --json", "profiles"),
        *("change list", "change add cleats --date 2026-05-01"),
    ],
)
def test_a_command_that_computes_nothing_loads_no_numpy(home: Path, typed: str) -> None:
    assert "numpy" not in loaded_by(*typed.split(), LEGBAL_HOME=str(home))


@pytest.mark.parametrize(
    "line",
    ["legbal ", "legbal review ", "legbal ride --meter ", "legbal ride --weak-leg ", "legbal config set "],
)
def test_tab_loads_no_numpy(home: Path, line: str) -> None:
    asked = {"_LEGBAL_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()))}
    assert "numpy" not in loaded_by(LEGBAL_HOME=str(home), **asked)


@pytest.mark.parametrize("typed", ["--help", "export last -o ride.fit", "report last -o ride.html"])
def test_neither_radio_nor_screen_nor_broker_is_loaded_for_files(
    home: Path, tmp_path: Path, typed: str
) -> None:
    typed = typed.replace("-o ", f"-o {tmp_path}/")
    assert not {"bleak", "textual", "aiohttp", "aiomqtt"} & loaded_by(*typed.split(), LEGBAL_HOME=str(home))
