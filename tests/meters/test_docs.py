"""The page on meters says what the profiles say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import get_args

from legbal.meters.profile import STATED, Profile, Provenance, parse
from tests.meters.profiles import shipped

PAGE = Path(__file__).resolve().parents[2] / "docs" / "meters.md"
COLUMNS = ("family", "balance", "steps", "notifications", "standing still", "devices", "known from")


def row(profile: Profile) -> tuple[str, ...]:
    known = Counter(statement.provenance for statement in profile.statements)
    octet = "balance" in profile.fields
    return (
        profile.name,
        profile.kind,
        f"{profile.resolution_percent:g} %" if octet else "no octet",
        f"{profile.rate_hz:g} a second",
        profile.placeholder,
        str(profile.peripherals),
        ", ".join(f"{known[kind]} {kind}" for kind in get_args(Provenance) if known[kind]),
    )


def table() -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(row(profile) for profile in shipped().values())]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def test_the_table_of_families_follows_from_the_profiles() -> None:
    assert table() in PAGE.read_text("utf-8"), f"docs/meters.md should have:\n{table()}"


def test_every_statement_is_explained() -> None:
    text = PAGE.read_text("utf-8")
    assert [key for key in STATED if f"`{key}`" not in text] == []


def test_the_example_on_the_page_is_a_profile() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert parse(example, "docs/meters.md").kind == "measured"
