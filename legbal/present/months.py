"""What a trend and a change have in common: whose rides are compared, and what the rider changed."""

from collections.abc import Iterable, Sequence

from legbal.analysis.change import together
from legbal.analysis.months import Alike, Change
from legbal.present.document import Block, Column, Foreign, Heading, Paragraph, Table, section
from legbal.present.meter import QUALITY_IN_FULL, REFERENCE
from legbal.present.numbers import count, days, share_error
from legbal.ride.share import Share


def meter_head(meter: Alike, rides: int | None = None) -> list[Block]:
    """Whose rides are compared, what their balance is worth, and how many they are."""
    swapped = "; sides exchanged, as you said" if meter.swapped else ""
    worth = f"Balance {QUALITY_IN_FULL[meter.balance]}; {REFERENCE[meter.reference]}{swapped}."
    if rides is not None:
        worth = f"{count(rides, 'ride')}. {worth}"
    return [Heading(Foreign(meter.meter or "Meter without a name")), Paragraph(worth, "quiet")]


def share(of: Share) -> str:
    """A mean over rides with its standard error; what rests on too little the analysis has left out."""
    return share_error(of.left_percent, of.standard_error)


def changes_table(changes: Iterable[Change]) -> Table:
    """What the rider changed, the earliest first."""
    return Table(
        (
            Column("change"),
            Column("days", "left"),
            Column("kind", "left"),
            Column("what", "left", overflow="wrap"),
        ),
        [(str(x.number), days(x.first_day, x.last_day), x.kind, Foreign(x.words)) for x in changes],
        "Changes, the earliest first",
    )


def changes_blocks(changes: Sequence[Change]) -> list[Block]:
    """The rider's changes, and which of them cannot be told apart, said once of each two."""
    pairs = ((x, other) for x in changes for other in together(x, changes) if x.number < other.number)
    return section("What you changed", [changes_table(changes), *(Paragraph(of_two(*x)) for x in pairs)])


def of_two(change: Change, other: Change) -> str:
    """What is said of two changes that have days in common."""
    first, second = sorted((change.number, other.number))
    return f"Changes {first} and {second} were made in the same days: whose effect it was is not known."


def of_many(tests: int) -> list[Block]:
    """What to think of several bands that are each tested by themselves; nothing of one."""
    sentence = f"({tests} bands are tested at 5 % each: of 20 such lines one shows a change by chance.)"
    return [Paragraph(sentence, "quiet")] if tests > 1 else []
