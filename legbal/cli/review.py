"""`legbal review`: what happened in a ride: its balance, where, whether it moved, and each drop-off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from legbal.cli.options import pair_options, recorded_options, review_options, settings


@click.command(name="review", help="Say what the balance of a ride was.")
@click.argument("ride")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@review_options
@pair_options
@recorded_options
def command(ride: str, as_json: bool, history: Path | None, plan: Path | None, **options: Any) -> None:
    """Reads the ride at once and prints its summary."""
    import msgspec

    from legbal.cli.prepare import profiles, replayed
    from legbal.cli.review_text import lines
    from legbal.review.corrected import begun, corrected
    from legbal.review.read import read
    from legbal.sources.recorded import all_inputs, opened

    def complain(text: str) -> None:
        click.echo(f"legbal: {text}", err=True)

    recorded = opened(ride, complain)
    inputs = all_inputs(recorded)
    first = begun(inputs)
    if (
        recorded.setup is not None
    ):  # what is derived from a kept ride rests on its meter's profile as it is now
        recorded = msgspec.structs.replace(recorded, setup=corrected(recorded.setup, first, profiles()))
    prepare = replayed(recorded, settings(options), options, history, plan, complain)
    summary = read(prepare(first), inputs).summary
    if as_json:
        click.echo(msgspec.json.encode(summary))
    else:
        for line in lines(summary):
            click.echo(line)
