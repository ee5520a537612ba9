"""`legbal review`: what happened in a ride: its balance, where, whether it moved, and each drop-off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from legbal.app.ride_values import SUMMARY, open_derivation
from legbal.app.rides import RideService
from legbal.cli.options import settings
from legbal.cli.stdio import complain, need_terminal
from legbal.errors import UsageError
from legbal.present.grid import document_text
from legbal.present.objects import plain
from legbal.present.remarks import remark
from legbal.present.ride import document
from legbal.sources.replay import open_ride


def review(ride: str | None, as_json: bool, history: Path | None, plan: Path | None, **options: Any) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is None:
        _screen(as_json, options)
        return
    recorded = open_ride(ride, complain)
    with open_derivation(recorded, settings(options), options, history, plan, complain) as derivation:
        summary = derivation.get_and_save(SUMMARY)
    if as_json:
        limits = tuple(map(remark, summary.limits))
        click.echo(msgspec.json.encode(plain(msgspec.structs.replace(summary, limits=limits))))
    else:
        click.echo("\n".join(document_text(document(summary))))


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
