"""Which meters were ridden with, and what did the rider say about them?"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from legbal import paths
from legbal.errors import LibraryError
from legbal.library.connection import explained, open_writing, read_rows, transaction
from legbal.library.writer import utc_text

LONGEST_NAME = 248  # octets, what Bluetooth allows a device's name


class MeterChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of a meter besides its name: profile id, and the rider's own choices.

    `reference` is the side that the rider said an unnamed balance is of; None: not said. `pair`: of two one-sided
    meters the left one and the right one, as the rider named them; None: it was ridden with alone.
    """

    profile: str = "unlisted"
    alias: str = ""
    swap_sides: bool = False
    reference: Literal["left", "right"] | None = None
    pair: tuple[str, str] | None = None


class KnownMeter(msgspec.Struct, frozen=True, kw_only=True):
    """A meter that was ridden with. `address` is what Bluetooth calls it on this machine."""

    address: str
    name: str
    last_used: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    choices: MeterChoices = MeterChoices()

    def answers_to(self, name: str) -> bool:
        """Whether `name` is its alias, name or address, in whatever case."""
        return name.casefold() in (
            given.casefold() for given in (self.choices.alias, self.name, self.address) if given
        )


def known_meters(path: Path | None = None) -> list[KnownMeter]:
    """The meters of the library (default: the rider's), the last used first. Raises LibraryError."""
    path = paths.library_file() if path is None else path
    rows = read_rows(
        path, "SELECT address, name, last_used, choices FROM meters ORDER BY last_used DESC, address"
    )
    try:
        return [
            KnownMeter(
                address=address,
                name=name,
                last_used=datetime.fromisoformat(last_used),
                choices=msgspec.json.decode(choices, type=MeterChoices),
            )
            for address, name, last_used, choices in rows
        ]
    except ValueError as error:  # msgspec's errors are ValueErrors too
        raise LibraryError(
            f"the library {path}: a remembered meter cannot be read: {error}",
            hint="A newer legbal may have written it: update legbal.",
        ) from error


def remember(meter: KnownMeter, path: Path | None = None) -> None:
    """Keeps a meter and its choices, in place of what was known of that address. Raises LibraryError."""
    path = paths.library_file() if path is None else path
    with explained(path), closing(open_writing(path)) as connection, transaction(connection):
        connection.execute(
            "INSERT OR REPLACE INTO meters (address, name, last_used, choices) VALUES (?, ?, ?, ?)",
            (
                meter.address,
                # valid UTF-8 of no more octets than Bluetooth allows
                meter.name.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore"),
                utc_text(meter.last_used),
                msgspec.json.encode(meter.choices),
            ),
        )
