"""Which rides go elsewhere once they are over, and when they are tried again; `app.deliveries` takes them there.

A ride of the rider's own begins to wait when it is over, if the settings want that. What waits stands in the library.
One process of its own then does what is due, be it of earlier rides, so that neither the end of a ride nor quitting
waits for a network.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from legbal import paths
from legbal.app import background
from legbal.config import Settings
from legbal.errors import LibraryError, OutletError
from legbal.library import deliveries, translate_errors
from legbal.library.deliveries import Delivery, Destination
from legbal.outlets.credentials import account_of
from legbal.present.numbers import count
from legbal.present.sentences import say

# after so many tries it is left until the rider says so; each waits twice as long as the one before
MOST_TRIES = 12
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)


def destinations_of(settings: Settings) -> tuple[Destination, ...]:
    """Where the settings want rides to go."""
    switches: dict[Destination, bool] = {
        "folder": settings.copy_to is not None,
        "intervals.icu": settings.upload,
    }
    return tuple(name for name, is_on in switches.items() if is_on)


def place_of(destination: Destination) -> str:
    """What a rider calls it."""
    return say("delivery.folder") if destination == "folder" else destination


def folder_of(settings: Settings) -> Path:
    """The folder for copies. Raises OutletError where it is not there: it is never made, for a drive may be missing."""
    folder = Path(paths.beside_settings(settings.copy_to or ""))
    if not folder.is_dir():
        raise OutletError(f"there is no folder {folder}", hint="Plug its drive in, or change copy_to.")
    return folder


def require_way_out(settings: Settings) -> None:
    """Raises OutletError where a ride could not go where the settings want it, or did not; asks but the keyring."""
    names = destinations_of(settings)
    if "folder" in names:
        folder_of(settings)
    if "intervals.icu" in names:
        account_of(settings)
    waiting = [
        x for x in deliveries.read(paths.library_file()) if x.done_at is None and x.destination in names
    ]
    if problems := [x.outcome for x in waiting if x.outcome]:
        raise OutletError(
            say("delivery.failed", problem=problems[-1], rides=count(len(problems), "ride")),
            hint="“legbal upload” tries now.",
        )


def send_off(settings: Settings, ride: str) -> None:
    """Has a ride that is over, and what else is due, go where the settings want it. Raises LibraryError."""
    path = paths.library_file()
    for name in destinations_of(settings):
        deliveries.add(path, ride, name)
    if destinations_of(settings):
        _start(path)


def catch_up(settings: Settings, complain: Callable[[str], None]) -> None:
    """Has what waits tried again, if it is time, and says what prevented it so far."""
    names, path, now = destinations_of(settings), paths.library_file(), datetime.now(UTC)
    if not names:
        return
    try:
        waiting = [x for x in deliveries.read(path) if x.done_at is None and x.destination in names]
        for problem in dict.fromkeys(x.outcome for x in waiting if x.outcome and not is_stale(x, now)):
            complain(say("delivery.waits", problem=problem))
        if any(is_due(x, now) for x in waiting):
            _start(path)
    except LibraryError as error:
        complain(str(error))


def _start(path: Path) -> None:
    with translate_errors(path):
        background.start("legbal.app.deliveries")


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Whether it is to be tried at that aware time without being told to."""
    if delivery.done_at is not None or delivery.tries >= MOST_TRIES:
        return False
    if delivery.tried_at is None:
        return True
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (delivery.tries - 1))
    # a clock that was set back does not put it off for ever
    return not timedelta() <= now - delivery.tried_at < wait


def is_stale(delivery: Delivery, now: datetime) -> bool:
    """Whether it was given up so long ago that the rider need not hear of it at each ride."""
    tried_at = delivery.tried_at
    return delivery.tries >= MOST_TRIES and tried_at is not None and now - tried_at > 2 * _LONGEST_WAIT
