"""The profiles that ship, and the text of one for tests to spoil."""

from __future__ import annotations

from pathlib import Path

from legbal.meters.profile import Profile, parse

FOLDER = Path(__file__).resolve().parents[2] / "firmware_profiles"


def shipped() -> dict[str, Profile]:
    """All profiles of `firmware_profiles/`, by id."""
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
