"""The profiles that ship, and the text of one for tests to spoil."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from legbal.meters.identify import candidates
from legbal.meters.profile import UNLISTED, Profile
from legbal.meters.profile_file import parse

FOLDER = Path(__file__).resolve().parents[2] / "firmware_profiles"


def identify(profiles: Iterable[Profile], **told: Any) -> Profile:
    """The first of the profiles that fit best to what is told, as `candidates` takes it; else the unlisted one."""
    found = candidates(profiles, **told)
    return found[0] if found else UNLISTED


def shipped() -> dict[str, Profile]:
    """All profiles of `firmware_profiles/`, by id."""
    return dict(_shipped())


@cache
def _shipped() -> dict[str, Profile]:
    profiles = (parse(file.read_text("utf-8"), file.name) for file in sorted(FOLDER.glob("*.toml")))
    return {profile.id: profile for profile in profiles}


SMALL = """
id = "a-meter"
name = "A Meter"
version = 2

[[recognise]]
names = ["AM *"]
provenance = "captured"
source = "a scan"

[kind]
value = "measured"
provenance = "vendor"
source = '''its maker's
            pages'''

[resolution_percent]
value = 1
provenance = "captured"
source = "bytes"
"""
