"""Rides on their way out: into the rider's folder and to intervals.icu, once each, tried again where that failed.

`app.outgoing` says which, and when; `python -m legbal.app.deliveries` is the process in the background.
"""

import io
from collections.abc import Callable, Generator
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from legbal import config, paths
from legbal.app import background
from legbal.app.named_ride import open_derivation
from legbal.app.outgoing import MOST_TRIES, destinations_of, folder_of, is_due, place_of
from legbal.app.review import default_name
from legbal.app.ride_files import export_ride
from legbal.config import Settings
from legbal.errors import LegbalError, OutletError, UsageError, reason
from legbal.files.atomic_write import atomic_write
from legbal.library import deliveries, translate_errors
from legbal.library.deliveries import Delivery
from legbal.library.recorder import SystemLock
from legbal.library.rides import Library
from legbal.outlets.credentials import account_of
from legbal.outlets.intervals_icu import DeliveryResult, upload
from legbal.present.sentences import say
from legbal.sources.recorded_ride import start_time


class DeliveryRun(msgspec.Struct, frozen=True):
    """What came of rides that went out because the rider said so.

    Attributes:
        there: sentences on those that are there now.
        problems: sentences on those that are not.
        was_waiting: whether any waited.
    """

    there: tuple[str, ...]
    problems: tuple[str, ...]
    was_waiting: bool


def deliver_now(settings: Settings, ride: str | None) -> DeliveryRun:
    """Delivers what waits for the places of the settings, due or not; or a ride that is named, to intervals.icu too.

    Raises LibraryError, also where there is no such ride; UsageError where neither the settings nor the rider name one.
    """
    path, names = paths.library_file(), destinations_of(settings)
    if ride is not None:
        with Library(path) as library:
            ride = library.find(ride).id
        names = ("intervals.icu", *names) if "intervals.icu" not in names else names
        for name in names:
            deliveries.add(path, ride, name)
    elif not names:
        raise UsageError(
            "The settings send no ride anywhere",
            hint="Name a RIDE, or: “legbal config set upload true”, “legbal config set copy_to FOLDER”.",
        )

    def is_chosen(delivery: Delivery) -> bool:
        return delivery.destination in names and ride in (None, delivery.ride)

    def count_waiting() -> int:
        return sum(x.done_at is None and is_chosen(x) for x in deliveries.read(path))

    was_waiting = count_waiting()
    with closing(deliver(path, settings, is_chosen)) as delivered:
        results = list(delivered)
    problems = [_sentence(*each) for each in results if each[1].state != "there"]
    if not results and count_waiting():
        problems.append(say("delivery.busy"))
    there = [_sentence(*each) for each in results if each[1].state == "there"]
    return DeliveryRun(tuple(there), tuple(problems), was_waiting > 0)


def _sentence(delivery: Delivery, result: DeliveryResult) -> str:
    """On a delivery as it was before it was tried."""
    place = place_of(delivery.destination)
    match result.state:
        case "there" if not result.text:  # the service did not say what it calls it
            return say("delivery.there_unnamed", ride=delivery.ride, place=place)
        case "there":
            return say("delivery.there", ride=delivery.ride, place=place, text=result.text)
        case "later" if delivery.tries + 1 >= MOST_TRIES:
            return say("delivery.given_up", ride=delivery.ride, place=place, text=result.text)
        case "later":
            return say("delivery.later", ride=delivery.ride, place=place, text=result.text)
        case "refused":
            return say("delivery.refused", ride=delivery.ride, text=result.text)


def deliver(
    path: Path, settings: Settings, chosen: Callable[[Delivery], bool]
) -> Generator[tuple[Delivery, DeliveryResult]]:
    """Delivers what waits and is chosen, each once, and gives what came of it; nothing while another process does.

    Args:
        path: of the library.
        settings: the folder and the account.
        chosen: whether one that waits is to be tried now.

    Raises:
        LibraryError: it cannot be read or written.
    """
    lock = SystemLock(path.with_name("deliveries.lock"))
    with translate_errors(path):
        if not lock.acquire():
            return
    tried = set[tuple[str, str]]()
    try:
        while True:  # read anew each time: a ride may have ended meanwhile
            waiting = (x for x in deliveries.read(path) if x.done_at is None and chosen(x))
            delivery = next((x for x in waiting if (x.ride, x.destination) not in tried), None)
            if delivery is None:
                return
            tried.add((delivery.ride, delivery.destination))
            yield delivery, _deliver(path, settings, delivery)
    finally:
        lock.release()


def _deliver(path: Path, settings: Settings, delivery: Delivery) -> DeliveryResult:
    """One ride to one place. That it begins is noted first: whoever is cut off will know that it may be there."""
    deliveries.begin(path, delivery, datetime.now(UTC))
    try:
        result = _send(settings, delivery)
    except LegbalError as error:
        result = DeliveryResult("later", f"{error}. {error.hint.rstrip('.')}" if error.hint else str(error))
    except Exception as error:  # a defect, too, costs this ride alone
        result = DeliveryResult("later", reason(error))
    if result.state == "there":
        deliveries.finish(path, delivery, result.text, datetime.now(UTC))
    else:
        deliveries.fail(path, delivery, result.text, tries=MOST_TRIES if result.state == "refused" else None)
    return result


def _send(settings: Settings, delivery: Delivery) -> DeliveryResult:
    """Raises LegbalError; what prevents it is met before the ride is worked out."""
    goes_up = delivery.destination == "intervals.icu"
    account, folder = (account_of(settings), None) if goes_up else (None, folder_of(settings))
    file = io.BytesIO()
    with open_derivation(delivery.ride, settings, {}, None, None, lambda _: None) as (recorded, ride):
        export_ride(file, "fit", recorded, ride, lambda _: None, lambda _: nullcontext(lambda _: None))
        name = f"{default_name(recorded, ride)}-{delivery.ride}.fit"
    if account is not None:
        started, _ = start_time(recorded, 0.0)
        return upload(account, file.getvalue(), delivery.ride, started, again=delivery.tries > 0)
    assert folder is not None
    if not (folder / name).exists():  # it would be this ride's: its id is in the name
        with atomic_write(folder / name, kind=OutletError) as copy:
            copy.write(file.getvalue())
    return DeliveryResult("there", name)


def _run() -> None:
    """The background process: what it comes to stands in the library."""
    background.give_way()
    with suppress(Exception):
        settings = config.load()
        names = destinations_of(settings)

        def is_time(delivery: Delivery) -> bool:
            return delivery.destination in names and is_due(delivery, datetime.now(UTC))

        with closing(deliver(paths.library_file(), settings, is_time)) as delivered:
            for _ in delivered:
                pass


if __name__ == "__main__":
    _run()
