"""`legbal follow`: somebody's ride on another computer, as a broker tells it."""

from __future__ import annotations

import sys
from typing import Any

import click

from legbal.cli.mqtt_options import url_typed
from legbal.cli.options import settings


@click.command(
    name="follow", help="Follow a ride from elsewhere: the rider's live screen, from an MQTT broker."
)
@click.argument("url", callback=url_typed, required=False)
@click.option("--rider", metavar="NAME", help="Whom to follow; without it the only one, or you are asked.")
@click.option("--sound/--no-sound", " /--mute", default=None, help="Hear the rider's alerts here, or not.")
def command(url: str | None, rider: str | None, **options: Any) -> None:
    """URL is the broker's, as mqtt://HOST; without it the one of the settings."""
    from legbal.cli.mqtt_options import broker_of
    from legbal.cli.run import sound_of
    from legbal.cli.stdio import complain, need_terminal
    from legbal.remote.rider import Following

    chosen = settings(options)
    broker = broker_of(chosen.mqtt, url)
    following = Following(broker, rider, sound=sound_of(chosen, heard=True))
    if broker.exposure:
        complain(broker.exposure)
    need_terminal("Other programs read the topics themselves: docs/mqtt.md says what is in them.")
    from legbal.tui.remote_apps import FollowApp

    app = FollowApp(following, chosen, options)
    following.choose = app.ask
    app.run()
    if app.return_code:
        sys.exit(app.return_code)
