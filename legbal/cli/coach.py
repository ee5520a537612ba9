"""`legbal coach`: many riders on one screen, as a broker tells them."""

from __future__ import annotations

import gc
import sys
from typing import Any

import click

from legbal.cli.mqtt_options import url_typed
from legbal.cli.options import settings


@click.command(name="coach", help="Many riders on one screen, from an MQTT broker; the worst drop-off first.")
@click.argument("url", callback=url_typed, required=False)
@click.option("--sound/--no-sound", " /--mute", default=None, help="Hear the riders' alerts here, or not.")
def command(url: str | None, **options: Any) -> None:
    """URL is the broker's, as mqtt://HOST; without it the one of the settings."""
    from legbal.cli.mqtt_options import broker_of
    from legbal.cli.run import sound_of
    from legbal.cli.stdio import complain, need_terminal
    from legbal.remote.rider import Following
    from legbal.remote.squad import Squad

    chosen = settings(options)
    broker = broker_of(chosen.mqtt, url)
    squad = Squad(broker, sound=sound_of(chosen, heard=True))
    if broker.exposure:
        complain(broker.exposure)
    need_terminal("Other programs read the topics themselves: docs/mqtt.md says what is in them.")
    from legbal.tui.remote_apps import CoachApp

    app = CoachApp(squad, lambda name: Following(broker, name), chosen, options)
    gc.freeze()  # what is loaded by now stays: looking through it all again and again would delay keys
    app.run()
    if app.return_code:
        sys.exit(app.return_code)
