"""A recorded ride as a rider names it, with what is derived from it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from legbal.app.derivation import Derivation, LibraryRide
from legbal.app.meters import preamble, profiles, with_current_profile
from legbal.config import Settings
from legbal.library.rides import Library
from legbal.sources.recorded_ride import RecordedRide, open_ride


@contextmanager
def open_derivation(
    name: str,
    settings: Settings,
    options: Mapping[str, object],
    history: Path | None,
    plan: Path | None,
    complain: Callable[[str], None],
) -> Iterator[tuple[RecordedRide, Derivation]]:
    """A recorded ride, and what is derived from it: of one of the library what is kept, unless something was typed.

    Args:
        name: as in `open_ride`.
        settings, options, plan, complain: as in `replay_setup`, on the profile that the ride's meter has now.
        history: its `folder`.
    """
    recorded = open_ride(name, complain)
    with Library() as library:
        stored = None if recorded.setup is None else LibraryRide(library, library.find(recorded.name))
        if stored is not None and not any(typed is not None for typed in (history, plan, *options.values())):
            yield recorded, Derivation.current(*stored, profiles())
            return
        # it brings numpy along, with which a ride is read anew
        from legbal.app.ride_setup import replay_setup

        inputs = list(recorded.inputs)
        first = preamble(inputs)
        if recorded.setup is not None:
            recorded = msgspec.structs.replace(
                recorded, setup=with_current_profile(recorded.setup, first, profiles())
            )
        setup = replay_setup(recorded, settings, options, history, plan, complain, first)
        yield recorded, Derivation(setup, inputs, stored)
