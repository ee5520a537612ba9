"""The bundle, unpacked where there is next to nothing: it rides, writes a report and shows its screen."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from legbal import __version__
from legbal.app.reindex_process import count_stale
from tests.files.fit_files import ride
from tests.programs import lacking, require_program
from tests.release.__main__ import MOST_MB
from tests.release.tools import build_wheel, environment_with, run
from tests.terminal import on_terminal
from tests.test_project.checkout import CHECKOUT

# what a bundle takes from the system: the C library, and zlib, with which its loader unpacks
OF_THE_SYSTEM = r"(ld-linux|lib(c|m|mvec|dl|pthread|rt|util|z)\.so).*"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle as it is handed on."""
    require_program("objdump")  # with which come what else it is built by
    folder = tmp_path_factory.mktemp("bundle")
    python = environment_with(f"{build_wheel(folder)}[release]", folder / "venv")
    run(python, "-m", "tests.release", folder / "out", cwd=CHECKOUT)
    shutil.rmtree(folder / "out/work")
    (archive,) = (folder / "out").iterdir()
    return archive


@pytest.fixture(scope="module")
def bare(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a system that has the bundle, the C library and zlib, but no Python; all is kept in /rider."""
    root = tmp_path_factory.mktemp("bare")
    with tarfile.open(packed) as archive:
        archive.extractall(root, filter="data")
    for folder in ("dev", "proc", "rider", "tmp"):
        (root / folder).mkdir()
    for file in (root / "legbal/legbal", *(root / "legbal").rglob("*.so*")):
        for library in re.findall(r"(?:=> )?(/\S+) \(", run("ldd", file)):
            if re.fullmatch(OF_THE_SYSTEM, Path(library).name):
                (root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(library, root / library[1:])
    return root


def inside(root: Path, *arguments: str) -> list[str]:
    """The command that runs legbal with this root, in a mount namespace of its own."""
    mounts = 'mount --rbind /dev "$0/dev"; mount --rbind /proc "$0/proc"; exec chroot "$0" "$@"'
    namespace = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode:
        lacking("the system gives no mount namespace")
    return [*namespace, "sh", "-euc", mounts, str(root), "/legbal/legbal", *arguments]


LONGEST_S = 600.0  # CI runs this in the time that others leave over
pytestmark = pytest.mark.timeout(3 * LONGEST_S)
ENVIRONMENT = {"LEGBAL_HOME": "/rider", "TERM": "xterm-256color", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def legbal(root: Path, *arguments: str) -> str:
    return run(*inside(root, *arguments), env=ENVIRONMENT)


def test_it_is_small(packed: Path) -> None:
    assert packed.name.startswith(f"legbal-{__version__}-linux-")
    print(f"{packed.name}: {packed.stat().st_size / 1e6:.1f} MB")
    assert packed.stat().st_size <= MOST_MB * 1e6


def test_there_is_no_python_but_its_own(bare: Path) -> None:
    beside = [path for path in bare.rglob("*") if path.is_file() and not path.is_relative_to(bare / "legbal")]
    assert beside
    assert all(re.fullmatch(OF_THE_SYSTEM, path.name) for path in beside)


def test_it_helps_and_says_what_it_is(bare: Path) -> None:
    assert "Look back" in legbal(bare, "--help")
    assert legbal(bare, "--version") == f"legbal, version {__version__}\n"
    assert "_LEGBAL_COMPLETE" in legbal(bare, "completion", "bash")
    assert json.loads(legbal(bare, "decode", "0300f6ff64"))["power_w"] == -10


def test_it_rides_the_demo_and_writes_a_report(bare: Path) -> None:
    demo = ("demo", "--headless", "--events", "--speed", "max", "--seconds", "300", "--no-sound", "--page")
    assert "alert" in {json.loads(line)["event"] for line in legbal(bare, *demo).splitlines()}
    (listed,) = json.loads(legbal(bare, "rides", "--json"))
    assert listed["legbal"] == __version__
    assert "Left" in legbal(bare, "review", "last")
    legbal(bare, "report", "last", "--output", "/rider/ride.html")
    assert "<svg" in (bare / "rider/ride.html").read_text(encoding="utf-8")


def test_it_derives_rides_again_in_processes_of_its_own(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(bare / "rider"))
    for number in range(4):  # more than it would do in a thread
        (bare / f"rider/{number}.fit").write_bytes(ride(120 + number))
    legbal(bare, "import", *(f"/rider/{number}.fit" for number in range(4)))
    (bare / "rider/profiles").mkdir()
    profile = (CHECKOUT / "firmware_profiles/quarq.toml").read_text(encoding="utf-8")
    (bare / "rider/profiles/own.toml").write_text(
        profile.replace('id = "quarq"', 'id = "own"'), encoding="utf-8"
    )
    assert count_stale(bare / "rider/library.sqlite") >= 4
    legbal(bare, "rides")
    assert count_stale(bare / "rider/library.sqlite") == 0


async def test_its_screen_comes_up_on_a_terminal(bare: Path) -> None:
    program = inside(bare, "demo", "--no-sound")
    async with on_terminal(program=program, columns=120, rows=40, environment=ENVIRONMENT) as terminal:
        await terminal.shows("measured", LONGEST_S)
        terminal.press("q")
        await terminal.shows("Finish the ride?", LONGEST_S)
        terminal.press("q")
        await terminal.shows("Ride finished", LONGEST_S)
        terminal.press("q")
        assert await terminal.ended(LONGEST_S) == 0


def test_every_component_is_listed_with_the_text_of_its_licence(bare: Path) -> None:
    listed = (bare / "legbal/THIRD-PARTY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S.*?) \| .* \| `(licences/.*)` \|$", listed, re.MULTILINE)
    names = {name for name, _ in rows}
    assert {"CPython", "OpenSSL", "SQLite", "OpenBLAS", "numpy", "textual", "chiptime", "legbal"} <= names
    assert all(any((bare / "legbal" / place).iterdir()) for _, place in rows)
    assert not [
        path
        for path in (bare / "legbal").rglob("*")
        if "garmin" in path.name.lower() and path.suffix != ".toml"
    ]
