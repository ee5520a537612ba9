"""What a bundle is made of is known, or there is no bundle."""

from __future__ import annotations

import sys
import sysconfig
from email.message import Message
from importlib.metadata import Distribution, PackageMetadata
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from tests.release import components as of_bundle
from tests.release.components import Component, ReleaseError, components, is_free, stated_licence, write


def metadata(**fields: str) -> PackageMetadata:
    message = Message()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return cast(PackageMetadata, message)


@pytest.mark.parametrize(
    ("name", "fields", "licence"),
    [
        ("numpy", {"License_Expression": "BSD-3-Clause AND MIT"}, "BSD-3-Clause AND MIT"),
        ("yarl", {"License": "Apache 2.0"}, "Apache-2.0"),
        ("mdurl", {"Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        (
            "segno",
            {"Classifier": "License :: OSI Approved :: BSD License"},
            "BSD-3-Clause",
        ),  # read in its file
    ],
)
def test_a_licence_is_read_from_wherever_a_package_states_it(
    name: str, fields: dict[str, str], licence: str
) -> None:
    assert stated_licence(name, metadata(**fields)) == licence
    assert is_free(licence)


def test_a_licence_that_nobody_has_looked_at_is_not_free() -> None:
    assert not is_free(stated_licence("other", metadata(License="BSD")))
    assert not is_free(stated_licence("other", metadata()))
    assert not is_free("MIT AND GPL-3.0-only")
    assert is_free("GPL-3.0-only OR MIT")


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyInstaller is no package of this environment; any other stands for it."""
    monkeypatch.setattr(of_bundle, "LOADER", "packaging")


@pytest.mark.usefixtures("loader")
def test_each_file_has_its_component() -> None:
    files = [np.__file__, Path(sysconfig.get_path("stdlib"), "json/decoder.py"), "/build/base_library.zip"]
    found = components([(str(file), str(file)) for file in files])
    assert [part.name for part in found] == ["CPython", "numpy", "packaging"]
    assert found[0].version == sys.version.split()[0]
    assert all(part.texts for part in found)


@pytest.mark.usefixtures("loader")
def test_a_library_is_its_own_component_wherever_it_lies() -> None:
    found = {part.name: part for part in components([("", "/nowhere/libssl.so.3"), ("", "/x/libz.1.dylib")])}
    assert found["OpenSSL"].licence == "Apache-2.0"
    assert found["zlib"].licence == "Zlib"


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("file", ["/nowhere/libreadline.so.8", "/nowhere/fit_sdk.py"])
def test_a_file_that_belongs_to_nothing_ends_the_build(file: str) -> None:
    with pytest.raises(ReleaseError, match="nobody knows what it belongs to"):
        components([("a file", file)])


@pytest.mark.usefixtures("loader")
def test_an_unknown_licence_ends_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_bundle, "FREE", frozenset({"Apache-2.0"}))
    with pytest.raises(ReleaseError, match="nobody has looked at its licence, 'BSD-3-Clause"):
        components([("numpy", np.__file__)])


def test_a_package_without_the_text_of_its_licence_ends_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    found = type(Distribution.from_name("numpy"))  # another package's, where it has put its own finder first
    monkeypatch.setattr(found, "files", property(lambda _self: ()))
    with pytest.raises(ReleaseError, match="without the text"):
        of_bundle.of_distribution.__wrapped__("numpy")


def test_the_list_names_everything_and_has_the_texts_beside_it(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("free", encoding="utf-8")
    parts = [
        Component("GCC runtime", "12", "MIT", (tmp_path / "LICENSE",)),
        Component("zlib", "of the system", "Zlib"),
    ]
    (tmp_path / "bundle").mkdir()
    write(parts, tmp_path / "bundle")
    listed = (tmp_path / "bundle/THIRD-PARTY.md").read_text(encoding="utf-8")
    assert "| GCC runtime | 12 | MIT | `licences/GCC-runtime` |" in listed
    assert "| zlib | of the system | Zlib | the licence's own |" in listed
    assert (tmp_path / "bundle/licences/GCC-runtime/LICENSE").read_text(encoding="utf-8") == "free"
