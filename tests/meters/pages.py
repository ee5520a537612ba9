"""The pages on the meter families, as the profiles have them: `python -m tests.meters.pages` writes them.

It stands with the tests because they hold pages and profiles together; riders have `legbal profiles show`.
"""

from __future__ import annotations

from pathlib import Path

from legbal.meters.limits import limits
from legbal.meters.profile import Profile
from legbal.present.profile import TITLES, provenances, recognition, value
from legbal.present.remarks import remark
from tests.meters.profiles import shipped

DOCS = Path(__file__).resolve().parents[2] / "docs"
OVERVIEW = DOCS / "meters.md"
PAGES = DOCS / "meters"
_BEGIN = "<!-- From the profiles: python -m tests.meters.pages -->\n"
_END = "<!-- End of what comes from the profiles. -->\n"


def page(profile: Profile) -> str:
    """The page on one family, as Markdown."""
    rows = [("known by", recognition(rule), rule.provenance, rule.source) for rule in profile.recognise]
    for statement in profile.statements:
        said = value(profile, statement.key)
        rows.append((TITLES[statement.key], said, statement.provenance, statement.source))
    return "\n".join(
        [
            _BEGIN.rstrip(),
            f"# {profile.name}",
            "",
            f"Profile [`{profile.id}`](../../firmware_profiles/{profile.id}.toml), version {profile.version}."
            f" Its statements: {provenances(profile)}. [All families](../meters.md)",
            "",
            "## What it can know",
            "",
            *[f"- {sentence}" for sentence in map(remark, limits(profile))],
            "",
            "## What is known of it",
            "",
            _table([("what", "says", "known from", "source"), *rows]),
            "",
        ]
    )


def overview(text: str) -> str:
    """The text of the page on all meters, with its table of families as the profiles have it now."""
    head, rest = text.split(_BEGIN)
    _, tail = rest.split(_END)
    rows = [
        (f"[{profile.name}](meters/{profile.id}.md)", value(profile, "kind"), provenances(profile))
        for profile in shipped().values()
    ]
    table = _table([("family", "balance", "statements known from"), *rows])
    return f"{head}{_BEGIN}{table}\n{_END}{tail}"


def _table(rows: list[tuple[str, ...]]) -> str:
    heading, *others = [[cell.replace("|", "\\|").replace("*", "\\*") for cell in row] for row in rows]
    lines = [heading, ["---"] * len(heading), *others]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Writes the pages and the table of families; pages of families that are gone are taken away."""
    PAGES.mkdir(exist_ok=True)
    profiles = shipped()
    for old in PAGES.glob("*.md"):
        if old.stem not in profiles:
            old.unlink()
    for profile in profiles.values():
        (PAGES / f"{profile.id}.md").write_text(page(profile), encoding="utf-8")
    OVERVIEW.write_text(overview(OVERVIEW.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
