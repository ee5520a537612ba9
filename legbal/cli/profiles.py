"""`legbal profiles`: what is known of the meter families; shown, checked, and drafted for a new one."""

import shutil
import sys
from collections import Counter
from pathlib import Path

import click

from legbal import config
from legbal.app.meters import draft_profile, profiles, save_profile
from legbal.cli.terminal import complain, print_json, print_lines
from legbal.errors import ProfileError, UsageError
from legbal.meters.limits import limits
from legbal.meters.profile import Profile
from legbal.meters.profile_file import parse
from legbal.present.document import Column, Table, table_text
from legbal.present.profile import TITLES, provenances, recognition, value
from legbal.present.remarks import remark
from legbal.sources.recorded_ride import open_ride

COLUMNS = tuple(Column(x, "left") for x in ("profile", "meter", "balance", "known from"))


def list_profiles(as_json: bool) -> None:
    """Lists the profiles, those of the rider included."""
    listed = sorted(profiles(), key=lambda profile: profile.id)
    if as_json:
        print_json([_object(profile) for profile in listed])
    else:
        rows = [
            (profile.id, profile.name, value(profile, "kind"), provenances(profile)) for profile in listed
        ]
        print_lines(*table_text(Table(COLUMNS, rows)))


def _object(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.id,
        "name": profile.name,
        "kind": profile.kind,
        "version": profile.version,
        "provenance": Counter(statement.provenance for statement in profile.statements),
    }


def show(profile_id: str) -> None:
    """Shows one profile."""
    profile = _named(profile_id)
    print_lines(f"{profile.name} ({profile.id}, version {profile.version})", "")
    for limit in limits(profile):
        _paragraph(remark(limit), "  ", "  ")
    for rule in profile.recognise:
        _print_statement("known by", recognition(rule), rule.provenance, rule.source)
    for statement in profile.statements:
        _print_statement(
            TITLES[statement.key], value(profile, statement.key), statement.provenance, statement.source
        )


def _print_statement(title: str, text: str, provenance: str, source: str) -> None:
    print_lines("")
    _paragraph(text, f"{title:<16}", " " * 16)
    _paragraph(f"{provenance}: {source}", " " * 18, " " * 18)


def _paragraph(text: str, first: str, others: str) -> None:
    width = min(shutil.get_terminal_size().columns, 100)
    print_lines(*click.wrap_text(text, width, first, others).split("\n"))


def _named(profile_id: str) -> Profile:
    by_id = {profile.id: profile for profile in profiles()}
    if profile_id not in by_id:
        raise UsageError(
            f"there is no profile {profile_id!a}",
            hint=config.suggestion(profile_id.lower(), by_id, "`legbal profiles` lists them."),
        )
    return by_id[profile_id]


def check(files: tuple[Path, ...]) -> None:
    """Says of each file what is wrong with it; exit code 1 if anything is."""
    failed = 0
    for where, path in [(str(path), path) for path in files] or config.profile_files().items():
        try:
            profile = parse(config.profile_text(path), where)
        except ProfileError as error:
            failed += 1
            complain(str(error), error.hint)
        else:
            print_lines(f"{where}: {profile.id}, {profile.name}")
    if failed:
        sys.exit(1)


def draft(ride: str, meter: str | None, save: bool) -> None:
    """Watches a recorded meter and writes the draft of its profile."""
    text = draft_profile(open_ride(ride, complain), meter, complain)
    if save:
        path, profile = save_profile(text)
        print_lines(f"{path}: {profile.name}")
    else:
        print_lines(*text.splitlines())
