"""`legbal follow` and `legbal coach`: rides on other computers, as a broker tells them."""

import gc
from typing import Any

from legbal.app.ride_outlets import broker_of, sound_of
from legbal.cli.terminal import complain, need_terminal
from legbal.config import Settings, load
from legbal.outlets.mqtt.broker import Broker
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup
from legbal.tui.remote import CoachApp, FollowApp


def follow(url: str | None, rider: str | None, **options: Any) -> int | None:
    """Shows the live screen of somebody's ride, and gives the exit code.

    `url` is the broker's; without it the one of the settings.
    """
    chosen, broker = _begin(url, options)
    following = FollowedRide(broker, rider, sound=sound_of(chosen))
    app = FollowApp(following, chosen, options)
    following.choose = app.ask
    app.run()
    return app.return_code


def coach(url: str | None, **options: Any) -> int | None:
    """Shows many riders on one screen; `url` and result as of `follow`."""
    chosen, broker = _begin(url, options)
    app = CoachApp(
        RiderGroup(broker, sound=sound_of(chosen)),
        lambda name: FollowedRide(broker, name),
        chosen,
        options,
    )
    gc.freeze()  # what is loaded by now stays: looking through it all again and again would delay keys
    app.run()
    return app.return_code


def _begin(url: str | None, options: dict[str, Any]) -> tuple[Settings, Broker]:
    chosen = load(options)
    broker = broker_of(chosen.mqtt, url)
    if broker.exposure:  # where others could read along
        complain(broker.exposure)
    need_terminal("Other programs read the topics themselves: docs/mqtt.md says what is in them.")
    return chosen, broker
