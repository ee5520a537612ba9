"""What is known of a meter family, as data: one profile, read from the text of one TOML file."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["measured", "estimated", "doubled", "bridge", "unknown"]
Placeholder = Literal["fifty", "last", "zero", "hundred", "absent", "unknown"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What one meter family sends, and what its balance is worth."""

    id: str
    name: str
    kind: Kind = "unknown"
    swapped: bool = False
    resolution_percent: float = 0.5
    placeholder: Placeholder = "unknown"
    version: int = 1


UNLISTED = Profile(id="unlisted", name="Unlisted meter")
