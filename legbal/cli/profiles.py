"""`legbal profiles`: what is known of the meter families; shown, checked, and drafted for a new one."""

import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from legbal import config, paths
from legbal.app.meters import meter_named, profiles
from legbal.cli.stdio import complain
from legbal.errors import DecodeError, ProfileError, SourceError, UsageError
from legbal.gatt.characteristics import clean_text, decode_text
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import FEATURES, MANUFACTURER, MEASUREMENT, MODEL
from legbal.meters.identify import features_of
from legbal.meters.limits import limits
from legbal.meters.probe import MeterProbe
from legbal.meters.profile import Profile
from legbal.meters.profile_file import parse
from legbal.present.document import Column, Table
from legbal.present.grid import table_text
from legbal.present.profile import TITLES, provenances, recognition, value
from legbal.present.profile_draft import draft as draft_of
from legbal.present.remarks import KINDS, remark
from legbal.present.text import printable
from legbal.ride.inputs import Notification
from legbal.sources.replay import open_ride

COLUMNS = tuple(Column(x, "left") for x in ("profile", "meter", "balance", "known from"))


def list_profiles(as_json: bool) -> None:
    """Lists the profiles, those of the rider included."""
    listed = sorted(profiles(), key=lambda profile: profile.id)
    if as_json:
        click.echo(msgspec.json.encode([_object(profile) for profile in listed]))
    else:
        rows = [(profile.id, profile.name, KINDS[profile.kind], provenances(profile)) for profile in listed]
        click.echo("\n".join(table_text(Table(COLUMNS, rows))))


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
    click.echo(f"{profile.name} ({profile.id}, version {profile.version})\n")
    for limit in limits(profile):
        _paragraph(remark(limit), "  ", "  ")
    for rule in profile.recognise:
        _print_statement("known by", recognition(rule), rule.provenance, rule.source)
    for statement in profile.statements:
        _print_statement(
            TITLES[statement.key], value(profile, statement.key), statement.provenance, statement.source
        )


def _print_statement(title: str, text: str, provenance: str, source: str) -> None:
    click.echo()
    _paragraph(text, f"{title:<16}", " " * 16)
    _paragraph(f"{provenance}: {source}", " " * 18, " " * 18)


def _paragraph(text: str, first: str, others: str) -> None:
    click.echo(click.wrap_text(text, min(shutil.get_terminal_size().columns, 100), first, others))


def _named(profile_id: str) -> Profile:
    by_id = {profile.id: profile for profile in profiles()}
    if profile_id not in by_id:
        hint = config.suggestion(profile_id.lower(), by_id, "`legbal profiles` lists them.")
        raise UsageError(f"there is no profile {profile_id!a}", hint=hint)
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
            click.echo(f"{where}: {profile.id}, {profile.name}")
    if failed:
        sys.exit(1)


def draft(ride: str, meter: str | None, save: bool) -> None:
    """Watches a recorded meter and writes the draft of its profile."""
    recorded = open_ride(ride, complain)
    if recorded.more is not None:
        raise UsageError("a draft is written of a whole ride", hint="Save standard input to a file first.")
    named = None if meter is None else meter_named(meter, config.load())
    text = _draft(_of_one_meter([x for x in recorded.inputs if isinstance(x, Notification)], named))
    if save:
        profile = parse(text, "the draft")
        click.echo(f"{_saved(profile.id, text)}: {profile.name}")
    else:
        click.echo(text, nl=False)


def _of_one_meter(sent: Sequence[Notification], meter: str | None) -> list[Notification]:
    counts = Counter(item.meter for item in sent if item.uuid == MEASUREMENT)
    names = ", ".join(printable(name) or "(no name)" for name in counts)
    if not counts:
        raise SourceError("no power meter's measurements were recorded")
    if meter is not None and meter not in counts:
        raise UsageError(f"no measurements of {meter!a} were recorded", hint=f"There are those of: {names}.")
    chosen = counts.most_common(1)[0][0] if meter is None else meter
    if meter is None and len(counts) > 1:
        complain(f"this is a draft for {printable(chosen)}; --meter names another of: {names}")
    return [item for item in sent if item.meter == chosen]


def _draft(sent: Sequence[Notification]) -> str:
    probe, unreadable = MeterProbe(), 0
    values = {item.uuid: item.data for item in sent}
    for item in sent:
        if item.uuid == MEASUREMENT:
            try:
                probe.feed(item.t, decode(item.data))
            except DecodeError:
                unreadable += 1
    if unreadable:
        complain(f"measurements that cannot be decoded and were passed over: {unreadable}")
    return draft_of(
        probe.report(),
        advertised=clean_text(sent[0].meter),
        manufacturer=decode_text(values.get(MANUFACTURER, b"")),
        model=decode_text(values.get(MODEL, b"")),
        features=features_of(values.get(FEATURES)),
    )


def _saved(profile_id: str, text: str) -> Path:
    path = paths.profiles_folder() / f"{profile_id}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise ProfileError(
            f"{path} is there already", hint="Move it away, or draft without --save."
        ) from error
    except OSError as error:
        raise ProfileError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
