"""`legbal review`: what happened in a ride: its balance, where, whether it moved, and each drop-off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from legbal.analysis.summary import RideSummary, Summary
from legbal.app.ride_values import SUMMARY, derivation_of
from legbal.app.rides import RideService
from legbal.cli.options import settings
from legbal.cli.stdio import complain, need_terminal
from legbal.errors import UsageError
from legbal.present import findings, tables
from legbal.present.meter import reference
from legbal.present.numbers import clock, number, watts
from legbal.present.objects import plain
from legbal.present.plain import table_lines
from legbal.present.remarks import remark
from legbal.present.text import printable, wrapped
from legbal.sources.open_ride import open_ride

_WIDTH = 80  # columns that a review takes at most


def review(ride: str | None, as_json: bool, history: Path | None, plan: Path | None, **options: Any) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is None:
        _screen(as_json, options)
        return
    recorded = open_ride(ride, complain)
    with derivation_of(recorded, settings(options), options, history, plan, complain) as derivation:
        summary = derivation.get_kept(SUMMARY)
    if as_json:
        limits = tuple(map(remark, summary.limits))
        click.echo(msgspec.json.encode(plain(msgspec.structs.replace(summary, limits=limits))))
    else:
        for line in lines(summary):
            click.echo(line)


def _screen(as_json: bool, options: dict[str, Any]) -> None:
    """The list of rides, until the rider leaves it."""
    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    # the screen, which a ride that is printed does not need
    from legbal.tui.base_app import ScreenApp
    from legbal.tui.screens.rides import RidesScreen

    service = RideService(settings({}))
    ScreenApp(lambda: RidesScreen(service), settings(options), options).run()


def lines(summary: Summary) -> Iterator[str]:
    """The review line by line, an empty one between its parts."""
    parts = (
        _ride(summary.ride),
        _intervals(summary),
        _bands(summary),
        _dropoffs(summary),
        *_dynamics(summary),
        _worth(summary),
    )
    for position, part in enumerate(filter(None, map(list, parts))):
        if position:
            yield ""
        yield from part


def _ride(ride: RideSummary) -> Iterator[str]:
    whose = "" if ride.share.left_percent is None else f", {reference(ride.reference)}"
    yield f"left {tables.share(ride.share)}   {ride.balance}{whose}"
    power = watts(ride.share.power_w)
    if ride.share.left_w is not None and ride.share.right_w is not None:
        power += f" (left {number(ride.share.left_w)}, right {number(ride.share.right_w)})"
    yield f"{power} over {ride.share.revolutions} revolutions in {clock(ride.duration_s)}"


def _intervals(summary: Summary) -> Iterator[str]:
    yield from table_lines(tables.intervals(summary.intervals), _WIDTH)
    if any(x.share.standard_error is not None for x in summary.intervals):
        yield "± is one standard error."
    if summary.drift is not None:
        yield from wrapped(findings.of_drift(summary.drift), _WIDTH)
    if summary.first_last is not None:
        yield from wrapped(findings.of_first_last(summary.first_last), _WIDTH)


def _bands(summary: Summary) -> Iterator[str]:
    yield from table_lines(tables.bands(summary.bands), _WIDTH)
    for said in findings.of_contrasts(summary.contrasts):
        yield from wrapped(said, _WIDTH)


def _dropoffs(summary: Summary) -> Iterator[str]:
    yield from table_lines(tables.dropoffs(summary.dropoffs), _WIDTH)
    for position, dropoff in enumerate(summary.dropoffs, 1):
        when, covered = findings.of_dropoff(dropoff)
        yield from wrapped(f"Drop-off {position}: {when}. {covered}", _WIDTH, "  ")


def _dynamics(summary: Summary) -> Iterator[list[str]]:
    """Both legs over the ride, then the same of each interval; what nobody measured is left out."""
    if summary.ride.dynamics is not None:
        intervals = [(x.number, x.dynamics) for x in summary.intervals if x.dynamics is not None]
        yield table_lines(tables.dynamics(summary.ride.dynamics), _WIDTH)
        yield table_lines(tables.interval_dynamics(intervals), _WIDTH)


def _worth(summary: Summary) -> Iterator[str]:
    """What this can show at all."""
    said = findings.of_smallest(summary)
    if said is not None:
        yield from wrapped(said, _WIDTH)
    for limit in summary.limits:
        yield from wrapped(printable(remark(limit)), _WIDTH)
