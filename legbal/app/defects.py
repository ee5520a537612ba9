"""What a report of a defect needs: on which input of which ride legbal failed, and where in its code."""

from typing import NamedTuple

from legbal.app.derivation import Derivation
from legbal.app.meters import profiles
from legbal.library.rides import Library, RideRow
from legbal.present.remarks import DEFECTS
from legbal.ride.events import Fault
from legbal.ride.ride import Ride

_LATEST = 10  # rides that are looked at
_READ = 2  # of these, whose inputs are read again: those of a long ride take a second or two


class RideDefects(NamedTuple):
    """The defects that a ride met, each where it was met first."""

    ride: str
    faults: tuple[Fault, ...]


def find_defects(library: Library) -> list[RideDefects]:
    """Those of the latest rides, newest first. Raises LibraryError."""
    suspects = [
        ride for ride in library.rides(_LATEST) if ride.state != "recording" and _is_suspect(library, ride)
    ]
    defects = [RideDefects(ride.id, _faults(library, ride)) for ride in suspects[:_READ]]
    return [x for x in defects if x.faults]


def _is_suspect(library: Library, ride: RideRow) -> bool:
    """Whether its summary speaks of a defect, or it has none though it should."""
    summary = library.derived(ride, "summary")
    return summary is None or any(code.encode() in summary for code in DEFECTS)


def _faults(library: Library, ride: RideRow) -> tuple[Fault, ...]:
    derivation = Derivation.current(library, ride, profiles())
    fold = Ride(derivation.setup)
    events = [event for item in derivation.inputs() for event in fold.feed(item)]
    fold.view()
    events += fold.close()
    return tuple(event for event in events if isinstance(event, Fault) and event.error)
