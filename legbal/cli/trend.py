"""`legbal trend`: months of rides, and whether the balance changes by more than rides scatter."""

from __future__ import annotations

from datetime import date, datetime

import click

from legbal.cli import shell_values

_DAY = ("%Y-%m-%d", "%Y-%m")


@click.command(
    name="trend",
    help="Say how your balance developed over months: per meter and power band, change told from noise. "
    "Demonstrations are left out.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@click.option(
    "--meter",
    metavar="NAME",
    shell_complete=shell_values.meters,
    help="Only rides on this meter: its name or yours for it, or how its name begins.",
)
@click.option("--band", metavar="BAND", help="Only this power band, such as 75-90 or >120.")
@click.option(
    "--since",
    type=click.DateTime(_DAY),
    metavar="DATE",
    help="Only rides from this day or month on, as 2026-05-01 or 2026-05.",
)
@click.option("--wait", is_flag=True, help="Wait for rides that are to be derived again.")
def command(as_json: bool, meter: str | None, band: str | None, since: datetime | None, wait: bool) -> None:
    """Answers with what is up to date, and sees to it that the rest will be."""
    import msgspec

    from legbal.analysis.trend import trend
    from legbal.app.meter_profiles import profiles
    from legbal.cli import reindexing
    from legbal.cli.options import settings
    from legbal.cli.trend_lines import trend_lines
    from legbal.library.rides import Library

    first_day: date | None = None if since is None else since.date()
    named = None if meter is None else settings({}).meter_named(meter)
    with Library() as library:
        if wait:
            reindexing.wait(library.path)
        found = trend(library, profiles(), meter=named, band=band, since=first_day)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        for line in trend_lines(found):
            click.echo(line)
        if not found.meters and not found.pending:
            click.echo("No rides with a balance yet. `legbal ride` records one, `legbal import` adds others.")
    reindexing.say_pending(found.pending, "trend")
    reindexing.catch_up(library.path)
