"""The profiles are the same, parsed or as they were kept; what is kept never stands in the way of what files say."""

from pathlib import Path

import pytest

from legbal import paths
from legbal.app import profile_cache
from legbal.app.profile_cache import read_profiles
from legbal.config import profile_texts
from legbal.meters.profile import Profile
from legbal.meters.profile_file import parse

OWN = """
id = "mine"
name = "Mine"
kind = { value = "measured", provenance = "captured", source = "my own pedals" }
[[recognise]]
names = ["MINE*"]
provenance = "captured"
source = "my own pedals"
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the copy lies, beside a library; profiles were read once."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    paths.library_file().touch()
    read_profiles()
    return tmp_path / "profiles.parsed"


def parsed() -> tuple[Profile, ...]:
    return tuple(parse(text, name) for name, text in profile_texts().items())


@pytest.mark.usefixtures("kept")
def test_what_was_kept_is_what_the_files_say(monkeypatch: pytest.MonkeyPatch) -> None:
    files = parsed()
    assert len(files) > 40
    monkeypatch.setattr(profile_cache, "parse", None)
    assert read_profiles() == files


@pytest.mark.usefixtures("kept")
def test_a_file_that_came_or_changed_is_parsed_at_once() -> None:
    paths.profiles_folder().mkdir()
    own = paths.profiles_folder() / "mine.toml"
    own.write_text(OWN)
    assert read_profiles()[-1].name == "Mine"
    own.write_text(OWN.replace('"Mine"', '"Ours"'))
    assert read_profiles()[-1].name == "Ours"
    own.unlink()
    assert read_profiles() == parsed()


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x92\xa1x\x90", b"\x92\xa1x\xc0"])
def test_a_damaged_copy_is_made_anew(kept: Path, damage: bytes) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert read_profiles() == parsed()
    assert kept.read_bytes() == whole


def test_one_that_cannot_be_written_stands_in_nobodys_way(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()
    assert read_profiles() == parsed()


def test_nothing_is_left_where_there_is_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    assert read_profiles() == parsed()
    assert list(tmp_path.iterdir()) == []
