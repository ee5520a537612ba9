"""What a bundle is made of: every file's component, its version and its licence, from what was installed.

A file that belongs to no component, and a licence that nobody has looked at, end the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path
from typing import NamedTuple


class ReleaseError(Exception):
    """The bundle cannot be handed on as it is."""


class Component(NamedTuple):
    """What is bundled, under which licence (an SPDX expression), and the files that say so."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = ()


# licences under which something may be handed on beside a program under the MIT licence, in a file of its own
FREE = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "PSF-2.0", "Zlib"),
        *("blessing", "bzip2-1.0.6", "GPL-3.0-or-later WITH GCC-exception-3.1", "LGPL-2.1-or-later"),
        *("GPL-2.0-or-later WITH Bootloader-exception", "LicenseRef-Microsoft-Distributable-Code"),
    }
)

# what the field License and the classifiers of packages mean
_WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
}

# packages whose metadata leave it open: what their licence files say
_READ = {
    "aiomqtt": "BSD-3-Clause",
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "segno": "BSD-3-Clause",
}

# shared libraries by how their files' names begin, on Linux, macOS and Windows
_LIBRARIES = {
    r"(lib)?(ssl|crypto)\b": ("OpenSSL", "Apache-2.0"),
    r"libffi\b": ("libffi", "MIT"),
    r"(lib)?sqlite3\b": ("SQLite", "blessing"),
    r"libz\b": ("zlib", "Zlib"),
    r"libbz2\b": ("bzip2", "bzip2-1.0.6"),
    r"liblzma\b": ("XZ Utils", "0BSD"),
    r"libexpat\b": ("Expat", "MIT"),
    r"libmpdec\b": ("mpdecimal", "BSD-2-Clause"),
    r"libuuid\b": ("libuuid", "BSD-3-Clause"),
    r"lib(gcc_s|stdc\+\+|gfortran)": ("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    r"libquadmath\b": ("libquadmath", "LGPL-2.1-or-later"),
    r"lib(scipy_)?openblas": ("OpenBLAS", "BSD-3-Clause"),
    r"vcruntime|msvcp|ucrtbase|api-ms-win-": (
        "Microsoft Visual C++ runtime",
        "LicenseRef-Microsoft-Distributable-Code",
    ),
}

_SHARED = re.compile(r"\.(so|dll|dylib)(\.|$)", re.IGNORECASE)

# Python's library, as systems name it, and what PyInstaller packs of the standard library
_PYTHON = r"(lib)?python3[0-9.t]*\.(so|dll|dylib)[0-9.]*|Python|base_library\.zip"

LOADER = "pyinstaller"  # the program that starts is its own

_HERE = Path(__file__).resolve().parent


def components(files: Iterable[tuple[str, str]]) -> list[Component]:
    """The components of a bundle's files, by name.

    Args:
        files: where each lies in the bundle, and where it was taken from.

    Raises:
        ReleaseError: one belongs to none, or its licence is not known to be free.
    """
    owners = _owners()
    found = {LOADER: of_distribution(LOADER)}
    for where, source in files:
        path = Path(source).resolve()
        made_of = _library(path, owners) or _package(path, owners) or _python(path)
        if made_of is None:
            raise ReleaseError(f"{where}: nobody knows what it belongs to, or its licence ({source})")
        same = found.get(made_of.name, made_of)
        version = same.version if made_of.version in same.version else f"{same.version}, {made_of.version}"
        texts = tuple(sorted({*same.texts, *made_of.texts}))
        found[made_of.name] = made_of._replace(version=version, texts=texts)
    for component in found.values():
        if not is_free(component.licence):
            raise ReleaseError(f"{component.name}: nobody has looked at its licence, {component.licence!r}")
    return sorted(found.values(), key=lambda component: component.name.lower())


def is_free(licence: str) -> bool:
    """Whether a choice of an SPDX expression is made of free licences only."""
    return any(all(part in FREE for part in choice.split(" AND ")) for choice in licence.split(" OR "))


@cache
def of_distribution(name: str) -> Component:
    """An installed package, with the files of its licence. Raises ReleaseError where it has none."""
    distribution = Distribution.from_name(name)
    texts = tuple(
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or ()
        if re.search(
            r"\.dist-info/(.*/)?(licen[cs]e|copying|notice|[^/]*licen[cs]e|e[dp]l-)[^/]*$", str(file), re.I
        )
    )
    if not texts:
        raise ReleaseError(f"{name}: it comes without the text of its licence")
    return Component(name, distribution.version, stated_licence(name, distribution.metadata), texts)


def stated_licence(name: str, metadata: PackageMetadata) -> str:
    """A package's licence as its metadata have it, as an SPDX expression; what stands there where none is known."""
    if name.lower() in _READ:
        return _READ[name.lower()]
    classified = [
        line.split(" :: ")[-1] for line in metadata.get_all("Classifier", []) if line.startswith("License ::")
    ]
    stated = metadata.get_all("License-Expression", []) or metadata.get_all("License", []) + classified
    known = [_WORDS.get(word, word) for word in stated]
    return next((word for word in known if is_free(word)), " / ".join(known))


def write(made_of: Iterable[Component], folder: Path) -> None:
    """Writes the list, `THIRD-PARTY.md`, and beside it the texts of the licences."""
    rows = []
    for component in made_of:
        place = folder / "licences" / re.sub(r"\W+", "-", component.name)
        for number, text in enumerate(component.texts):
            place.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, place / f"{number or ''}{text.name}")
        where = f"`licences/{place.name}`" if component.texts else "the licence's own"
        rows.append(f"| {component.name} | {component.version} | {component.licence} | {where} |\n")
    head = "| component | version | licence | its text |\n| --- | --- | --- | --- |\n"
    listed = (
        "# What this bundle is made of\n\nWritten by the build, of what it has put in.\n\n"
        + head
        + "".join(rows)
    )
    (folder / "THIRD-PARTY.md").write_text(listed, encoding="utf-8")


def _owners() -> Mapping[Path, str]:
    """The package of each installed file."""
    names = [
        (distribution, distribution.name) for distribution in distributions()
    ]  # each time it is parsed anew
    return {
        Path(str(distribution.locate_file(file))).resolve(): name
        for distribution, name in names
        for file in distribution.files or ()
    }


def _library(path: Path, owners: Mapping[Path, str]) -> Component | None:
    """A shared library that others made: it may lie in a package, or come from the system."""
    if _SHARED.search(path.name):
        for begins, (name, licence) in _LIBRARIES.items():
            if re.match(begins, path.name, re.IGNORECASE):
                if path in owners:
                    owner = of_distribution(owners[path])
                    text = min(owner.texts, key=lambda path: len(path.parts))  # that of all that it brings
                    return Component(name, f"with {owner.name} {owner.version}", licence, (text,))
                version, texts = _of_system(path)
                return Component(name, version, licence, texts)
    return None


def _of_system(library: Path) -> tuple[str, tuple[Path, ...]]:
    """Version and licence texts of a library that no Python package brought."""
    if shutil.which("dpkg-query"):
        asked = ["dpkg-query", "--search", f"*/{library.name}"]
        owner = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.partition(": ")[0]
        if owner:
            shown = ["dpkg-query", "--show", "--showformat", "${Version}", owner]
            version = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
            text = Path("/usr/share/doc", owner.partition(":")[0], "copyright")
            return version, (text,) if text.exists() else ()
    return "of the system", ()


def _package(path: Path, owners: Mapping[Path, str]) -> Component | None:
    if path.parent == _HERE / "bundle":  # what it begins with
        return of_distribution("legbal")
    return of_distribution(owners[path]) if path in owners else None


def _python(path: Path) -> Component | None:
    own = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    own.append(Path(sys.base_prefix, "DLLs").resolve())  # Windows
    if not any(path.is_relative_to(folder) for folder in own) and not re.fullmatch(_PYTHON, path.name):
        return None
    for folder in (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)):
        if (text := folder / "LICENSE.txt").exists():
            return Component("CPython", sys.version.partition(" ")[0], "PSF-2.0", (text,))
    raise ReleaseError("Python comes without the text of its licence")
