"""Which names of meters the rider calls one meter, and which not; and which are one by their serial number."""

from datetime import UTC, datetime
from pathlib import Path

from legbal.analysis.same_meter import Answers, groups, pair_of
from legbal.library.codec import octets, text, utc_text
from legbal.library.connection import writing
from legbal.library.rides import Library, read_rows


def read_answers(library: Library | Path) -> Answers:
    """What the rider said. Raises LibraryError."""
    return {
        (text(meter), text(other)): bool(same)
        for meter, other, same in read_rows(library, "SELECT meter, other, same FROM same_meters")
    }


def keep_answer(path: Path, meter: str, other: str, same: bool | None) -> None:
    """Keeps what the rider says of two names, in place of what was said before; None: nothing. Raises LibraryError."""
    pair = tuple(map(octets, pair_of(meter, other)))
    with writing(path) as connection:
        connection.execute("DELETE FROM same_meters WHERE meter = ? AND other = ?", pair)
        if same is not None:
            connection.execute(
                "INSERT INTO same_meters VALUES (?, ?, ?, ?)", (*pair, same, utc_text(datetime.now(UTC)))
            )


def names_of(path: Path, meter: str) -> frozenset[str]:
    """All names under which notifications of a meter may be found, `meter` among them. Raises LibraryError.

    Args:
        path: the library file.
        meter: one name of it, also of one of two that are ridden with together.
    """
    answers = read_answers(path)
    serial_numbers: dict[str, frozenset[tuple[int, int]]] = {}
    for name, *number in read_rows(
        path, "SELECT DISTINCT meter, manufacturer, serial_number FROM file_meters"
    ):
        serial_numbers[text(name)] = serial_numbers.get(text(name), frozenset()) | {tuple(number)}
    names = {meter, *serial_numbers, *(name for pair in answers for name in pair)}
    parts = {meter}
    for group in groups(sorted(names), serial_numbers, answers):
        of_group = {part for name in group for part in (name, *name.split(" + "))}
        if meter in of_group:
            parts |= of_group
    return frozenset(parts)
