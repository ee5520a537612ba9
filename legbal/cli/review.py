"""`legbal review`: what a ride's balance was, over the ride, its intervals and its power bands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legbal.cli.options import pair_options, recorded_options, review_options, settings

if TYPE_CHECKING:
    from legbal.review.summary import Summary


@click.command(name="review", help="Say what the balance of a ride was.")
@click.argument("ride")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@review_options
@pair_options
@recorded_options
def command(ride: str, as_json: bool, history: Path | None, plan: Path | None, **options: Any) -> None:
    """Folds the ride at once and prints its summary."""
    import msgspec

    from legbal.cli.prepare import profiles, replayed
    from legbal.review.corrected import begun, corrected
    from legbal.review.summary import summarise
    from legbal.ride.ride import fold
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
    _, view = fold(prepare(first), inputs)
    summary = summarise(view)
    if as_json:
        click.echo(msgspec.json.encode(summary))
    else:
        for line in _lines(summary):
            click.echo(line)


def _lines(summary: Summary) -> Iterator[str]:
    """The summary as a rider reads it."""
    from legbal.cli.rides import printable, table

    ride = summary.ride
    whose = "" if ride.left_percent is None else f", {_reference(ride.reference)}"
    yield f"left {_share(ride.left_percent, ride.left_standard_error)}   {ride.balance}{whose}"
    yield f"{_number(ride.power_w)} W over {ride.revolutions} revolutions in {_clock(ride.duration_s)}"
    if summary.intervals:
        yield ""
        rows: list[tuple[str, ...]] = [("interval", "from", "time", "watts", "left %")]
        rows += [
            (
                str(x.number),
                _clock(x.start_s),
                _clock(x.end_s - x.start_s),
                _number(x.power_w),
                _share(x.left_percent, x.left_standard_error),
            )
            for x in summary.intervals
        ]
        yield from table(rows, ("interval", "from", "time", "watts"))
    bands = [x for x in summary.bands if x.seconds]
    if bands:
        yield ""
        rows = [("power band", "time", "left %")]
        rows += [(x.name, _clock(x.seconds), _share(x.left_percent, x.left_standard_error)) for x in bands]
        yield from table(rows, ("time",))
    if summary.limits:
        yield ""
        yield from map(printable, summary.limits)


def _share(percent: float | None, error: float | None) -> str:
    """A share with what is known of its error; without that it would be a bare number, and says nothing."""
    return "—" if percent is None or error is None else f"{percent:.1f} ± {error:.1f}"


def _reference(reference: str) -> str:
    return {
        "left": "the meter names the left leg",
        "right": "the meter names the right leg",
        "assumed_left": "taken as the left leg's",
        "unknown": "read as the left leg's: the meter does not say",
    }[reference]


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
        if whole >= 3600
        else f"{whole // 60}:{whole % 60:02}"
    )
