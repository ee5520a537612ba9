"""How rides stand against the last ones before them: worked out once for each set of rides, and kept.

Other rides come and go, and what was kept with them holds no more: its version is a digest of the rides that it rests
on. That is soon found, and needs neither numpy nor the model of a rider's days.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

import msgspec

from legbal.analysis.last_rides import last_rides
from legbal.analysis.months import DatedRide
from legbal.analysis.summary import RideComparison
from legbal.errors import LibraryError
from legbal.library.codec import digest
from legbal.library.derived import CODES_OF_SEVERAL, DerivedRow, newest_values, write_each
from legbal.library.rides import Library

_decoder = msgspec.json.Decoder(RideComparison)


def compare_with_last(
    library: Library, rides: Iterable[DatedRide], ids: Collection[str]
) -> dict[str, RideComparison]:
    """Those of these ids that can be compared with the last rides before them, by id.

    Args:
        library: where it is kept.
        rides, ids: as of `last_rides`.

    Raises:
        LibraryError: the library cannot be read.
    """
    chosen = last_rides(rides, ids)
    versions = {ride: _version(beside) for ride, beside in chosen.items()}
    stored = newest_values(library, "comparison", versions)
    comparisons = {
        ride: _decoder.decode(value) for ride, (version, value) in stored.items() if version == versions[ride]
    }
    if chosen.keys() > comparisons.keys():
        # it brings numpy along, which rides that were compared before have no need of
        from legbal.analysis.ride_comparison import compare

        new = {ride: compare(beside) for ride, beside in chosen.items() if ride not in comparisons}
        comparisons |= new
        with suppress(LibraryError):  # it is worked out again the next time
            write_each(
                library.path,
                {
                    ride: [
                        DerivedRow(
                            name="comparison",
                            version=versions[ride],
                            value=msgspec.json.encode(comparison),
                            replaces=True,
                        )
                    ]
                    for ride, comparison in new.items()
                },
            )
    return comparisons


def _version(rides: Sequence[DatedRide]) -> str:
    return digest([CODES_OF_SEVERAL["comparison"], [(ride.started, ride.rows.bands) for ride in rides]])
