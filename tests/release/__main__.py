"""`python -m tests.release FOLDER`: makes the bundle, packed, of the legbal that is installed beside PyInstaller."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

from tests.release.components import ReleaseError

MOST_MB = 45.0  # packed
_HERE = Path(__file__).resolve().parent
_SYSTEMS = {"Darwin": "macos"}
_MACHINES = {"AMD64": "x86_64", "aarch64": "arm64", "ARM64": "arm64"}


def main() -> int:
    """Prints where the packed bundle lies, and how large it is; 1 if it may not be handed on."""
    parser = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to; it is made")
    folder: Path = parser.parse_args().folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        packed = pack(build(folder / "work"), folder / bundle_name())
    except ReleaseError as error:
        print(f"no bundle: {error}", file=sys.stderr)
        return 1
    print(f"{packed}: {packed.stat().st_size / 1e6:.1f} MB")
    return 0


def bundle_name() -> str:
    """`legbal-VERSION-SYSTEM-MACHINE`."""
    system = _SYSTEMS.get(platform.system(), platform.system().lower())
    machine = _MACHINES.get(platform.machine(), platform.machine())
    return f"legbal-{version('legbal')}-{system}-{machine}"


def build(work: Path) -> Path:
    """Makes the bundle, a folder below `work`, and gives it. Raises ReleaseError."""
    # behind what is installed, lest the checkout's legbal be taken instead
    behind = (
        f"import sys; sys.path.append({str(_HERE.parents[1])!r}); from PyInstaller.__main__ import run; run()"
    )
    command = [sys.executable, "-P", "-c", behind, "--noconfirm", "--log-level=WARN"]
    command += [
        "--distpath",
        str(work / "dist"),
        "--workpath",
        str(work / "build"),
        str(_HERE / "bundle/legbal.spec"),
    ]
    work.mkdir(exist_ok=True)
    environment = os.environ | {"PYINSTALLER_CONFIG_DIR": str(work / "cache")}
    if subprocess.run(command, cwd=work, env=environment, check=False).returncode:
        raise ReleaseError("PyInstaller could not make it")
    bundle = work / "dist/legbal"
    if sys.platform == "linux":  # a Python that somebody built himself has four times its size in symbols
        inner = bundle / "_internal"
        own = [*inner.glob("libpython*"), *inner.glob("python3*/lib-dynload/*.so")]
        subprocess.run(["strip", "--strip-unneeded", *own], check=True)
    return bundle


def pack(bundle: Path, name: Path) -> Path:
    """Packs it as systems unpack it, .zip on Windows, else .tar.gz. Raises ReleaseError where that is too large."""
    if sys.platform == "win32":
        packed = Path(shutil.make_archive(str(name), "zip", bundle.parent, bundle.name))
    else:
        packed = name.with_name(f"{name.name}.tar.gz")
        with tarfile.open(packed, "w:gz", compresslevel=6) as archive:  # 9 takes twice as long, for 1 % less
            archive.add(bundle, bundle.name)
    if packed.stat().st_size > MOST_MB * 1e6:
        raise ReleaseError(f"{packed.stat().st_size / 1e6:.1f} MB are more than {MOST_MB:.0f}")
    return packed


if __name__ == "__main__":
    sys.exit(main())
