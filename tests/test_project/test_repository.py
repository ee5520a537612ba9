"""What lies in the repository, and what must not stand in any of its files."""

from __future__ import annotations

import re

from tests.test_project.checkout import CHECKOUT, tracked

TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "legbal", "tests", "firmware_profiles", "docs"}

# Written in pieces, so that this file does not find itself.
OF_ONE_MACHINE = re.compile(
    "|".join(
        (
            "/" + r"work/(main|shared|\.)",
            "/" + r"root/",
            "/" + r"home/\w",
            "/" + r"opt/py",
            "/" + r"Users/\w",
            r"pypi" + r"\.org",
            r"python" + r"hosted\.org",
            r"debian" + r"\.org",
            r"npm" + r"js\.(org|com)",
            r"(index|find-links)" + r"[-_ =]*(url)?[-_ =]*(https?|file)://",
        )
    )
)


def test_the_top_level_holds_only_what_the_project_says() -> None:
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} == TOP_LEVEL


def test_no_file_names_a_machine_or_where_packages_come_from() -> None:
    found = []
    for path in tracked():
        text = (CHECKOUT / path).read_bytes().decode("utf-8", errors="replace")
        found += [f"{path}: {match.group()}" for match in OF_ONE_MACHINE.finditer(text)]
    assert not found
