"""What the rider tells the library beside rides: which meters there are, and what was changed, and when.

A change is of cleats and position, an injury, or a block of strength work on one leg.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from legbal import paths
from legbal.analysis.months import LONGEST_WORDS, Change, Kind
from legbal.errors import LibraryError
from legbal.gatt.characteristics import decode_text
from legbal.gatt.uuids import MANUFACTURER, MODEL
from legbal.library.codec import as_utf8, utc_text
from legbal.library.connection import writing
from legbal.library.rides import read_rows

LONGEST_NAME = 248  # octets, what Bluetooth allows a device's name


class KnownMeter(msgspec.Struct, frozen=True, kw_only=True):
    """A meter that was ridden with, and what the rider chose for it. `address` is what Bluetooth calls it here.

    `manufacturer` and `model` are what it says of itself, empty where it did not. `sides`: whether it told the legs
    apart; None: not seen yet. `reference` is the side that the rider said an unnamed balance is of; None: not said.
    `pair`: of two one-sided meters the left one and the right one, as the rider named them; None: it was ridden with
    alone.
    """

    address: str
    name: str
    last_used: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    manufacturer: str = ""
    model: str = ""
    sides: bool | None = None
    swap_sides: bool = False
    reference: Literal["left", "right"] | None = None
    pair: tuple[str, str] | None = None

    def may_be(self, other: "KnownMeter") -> bool:
        """Whether the other is this one under another address: of its name, and of no other maker or model."""
        statements = ((self.manufacturer, other.manufacturer), (self.model, other.model))
        return self.name == other.name and all(mine == its or not mine or not its for mine, its in statements)

    def answers_to(self, name: str) -> bool:
        """Whether `name` is its name or address, in whatever case."""
        return bool(name) and name.casefold() in (self.name.casefold(), self.address.casefold())


def describe_meter(address: str, name: str, values: Mapping[str, bytes]) -> KnownMeter:
    """A meter with what it says of itself: `values`, by characteristic."""
    return KnownMeter(
        address=address,
        name=name,
        manufacturer=decode_text(values.get(MANUFACTURER, b"")),
        model=decode_text(values.get(MODEL, b"")),
    )


def read_meters(path: Path | None = None) -> list[KnownMeter]:
    """The meters of the library (default: the rider's), the last used first. Raises LibraryError."""
    path = paths.library_file() if path is None else path
    try:
        return [
            msgspec.convert(
                msgspec.json.decode(choices, type=dict[str, Any])
                | {"address": address, "name": name, "last_used": last_used},
                KnownMeter,
            )
            for address, name, last_used, choices in read_rows(
                path, "SELECT address, name, last_used, choices FROM meters ORDER BY last_used DESC, address"
            )
        ]
    except ValueError as error:  # msgspec's errors are ValueErrors too
        raise LibraryError(
            f"the library {path}: a remembered meter cannot be read: {error}",
            hint="A newer legbal may have written it: update legbal.",
        ) from error


# beside its name, address and when it was used
_CHOICES = ("manufacturer", "model", "sides", "swap_sides", "reference", "pair")


def remember(meter: KnownMeter, path: Path | None = None, *, formerly: str | None = None) -> None:
    """Keeps a meter and its choices, in place of what was known of that address, and of the one that it had `formerly`.

    Raises:
        LibraryError: the library cannot be written.
    """
    # valid UTF-8 of no more octets than Bluetooth allows
    name = meter.name.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore")
    choices = {choice: getattr(meter, choice) for choice in _CHOICES}
    with writing(path or paths.library_file()) as connection:
        connection.execute("DELETE FROM meters WHERE address = ?", (formerly,))
        connection.execute(
            "INSERT OR REPLACE INTO meters (address, name, last_used, choices) VALUES (?, ?, ?, ?)",
            (meter.address, name, utc_text(meter.last_used), msgspec.json.encode(choices)),
        )


def changes(path: Path) -> list[Change]:
    """The changes of the library, the earliest first. Raises LibraryError."""
    try:
        return [
            msgspec.convert(dict(zip(Change.__struct_fields__, row, strict=True)), Change)
            for row in read_rows(
                path,
                "SELECT number, kind, first_day, last_day, words FROM changes ORDER BY first_day, last_day, number",
            )
        ]
    except msgspec.ValidationError as error:
        raise LibraryError(
            f"the library {path}: a change cannot be read: {error}",
            hint="A newer legbal may have written it: update legbal.",
        ) from error


def add_change(
    words: str, first_day: date, last_day: date | None = None, kind: Kind = "fit", *, path: Path
) -> Change:
    """Keeps a change and gives it its number.

    Args:
        words: what was changed, in the rider's words; one line of at most `LONGEST_WORDS` characters is kept.
        first_day: on which it was made or began.
        last_day: on which it ended, not before `first_day`; None: it was made on one day.
        kind: what kind of change.
        path: the library file.

    Raises:
        LibraryError: the library cannot be written.
    """
    last_day = first_day if last_day is None else last_day
    text = as_utf8(" ".join(words.split()), LONGEST_WORDS)
    with writing(path) as connection:
        number = connection.execute(
            "INSERT INTO changes (kind, first_day, last_day, words) VALUES (?, ?, ?, ?) RETURNING number",
            (kind, first_day.isoformat(), last_day.isoformat(), text),
        ).fetchone()[0]
    return Change(number=number, kind=kind, first_day=first_day, last_day=last_day, words=text)


def remove_change(number: int, path: Path) -> Change:
    """Removes the change of that number, and gives what it was. Raises LibraryError where there is none."""
    change = next((change for change in changes(path) if change.number == number), None)
    if change is None:
        raise LibraryError(f"there is no change {number}", hint="`legbal change list` lists them.")
    with writing(path) as connection:
        connection.execute("DELETE FROM changes WHERE number = ?", (number,))
    return change
