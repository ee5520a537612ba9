"""What a trend and a change say; the same on the command line, the screen and in the report.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; a minus sign is U+2212.
"""

from collections.abc import Iterator, Sequence

from legbal.analysis.change import WORTH_POINTS, BandEffect, ChangeReport, find_overlapping
from legbal.analysis.months import Change, ComparisonKey, DatedZero, JoinedName, zero_days
from legbal.analysis.trend import LEAST_DAYS, LEAST_RIDES, BandTrend, MeterTrend, Trend
from legbal.present.balance_remarks import quality_sentence
from legbal.present.document import Block, Column, ForeignText, Heading, Paragraph, Table, section
from legbal.present.meter import REFERENCE
from legbal.present.numbers import DASH, count, days, number, points, share_error, timestamp
from legbal.present.sentences import say
from legbal.present.tables import changes_table, estimate, with_error

_ACROSS = 4  # bands side by side in 80 columns
_MOST_NAMED = 3  # rides that are left out
_MOST_ZEROS = 5  # days on which a zero was set

# what to think of a trend
WORTH = (
    "A slope is a weighted line through rides; each ride counts by its own error and by how far days lie apart. A"
    " change is clear where a line without slope would look so less than once in twenty times.",
    "Of twenty bands that do not change, one will look as if it did.",
    "No study has shown that 50 : 50 is better.",
)


def trend_blocks(trend: Trend) -> Iterator[Block]:
    """The trend of each meter in tables, and what the rider changed."""
    for meter in trend.meters:
        yield from meter_head(meter, len(meter.rides), trend.joined)
        yield from zeros_blocks(meter, trend.zeros, trend.joined)
        yield bands_table(meter.bands)
        for begin in range(0, len(meter.bands), _ACROSS):
            yield months_table(meter.bands[begin : begin + _ACROSS])
        yield from _of_many(sum(band.slope is not None for band in meter.bands))
    if trend.meters:
        yield from changes_blocks(trend.changes)
    yield from left_out(trend.failed)


def bands_table(bands: Sequence[BandTrend], chosen: int | None = None) -> Table:
    """A row for each power band: how many rides, the last month, where it goes and how sure that is."""
    columns = (
        Column("power band", "left", tone="strong"),
        Column("rides"),
        Column("last month", drop=1),
        Column("points a month"),
        Column("95 %", drop=2),
        Column("p", drop=3),
        Column("day to day", drop=4),
        Column("", "left"),
    )
    rows = []
    for band in bands:
        last = share_error(band.months[-1].share) if band.months else DASH
        p = scatter = DASH
        if band.slope is not None:
            p = "< 0.001" if band.slope.p_value < 0.001 else number(band.slope.p_value, 3)
            scatter = number(band.slope.between_sd, 1)
        slope = estimate(band.slope, 2)
        rows.append((band.band, str(len(band.rows)), last, *slope, p, scatter, verdict(band)))
    return Table(columns, rows, "Whether it changes, per power band", chosen)


def verdict(band: BandTrend) -> str:
    """Where the line over a band's rides goes, or what it still needs."""
    if band.slope is None and len(band.rows) < LEAST_RIDES:
        return f"{count(len(band.rows), 'ride')}; needs {LEAST_RIDES}"
    if band.slope is None:
        over = band.rows[-1].started - band.rows[0].started
        return f"{count(over.days, 'day')}; needs {count(LEAST_DAYS // 7, 'week')}"
    if band.verdict == "no_change":
        return "no clear change"
    return "rises" if band.slope.value > 0 else "falls"


def months_table(bands: Sequence[BandTrend]) -> Table:
    """Months down, power bands across."""
    cells = [
        {
            (f"{month.first_day:%Y-%m}", ""): f"{share_error(month.share)} ({month.rides})"
            for month in band.months
        }
        for band in bands
    ]
    return _across("month", bands, cells, "Left share by month, % ± error (rides)")


def rides_table(bands: Sequence[BandTrend]) -> Table:
    """Every ride down, power bands across."""
    cells = [
        {(timestamp(row.started), row.ride): share_error(row.share) for row in band.rows} for band in bands
    ]
    return _across("ride", bands, cells, "Left share by ride, % ± error")


def _across(
    heading: str, bands: Sequence[BandTrend], cells: Sequence[dict[tuple[str, str], str]], caption: str
) -> Table:
    return Table(
        [Column(heading, "left"), *(Column(band.band) for band in bands)],
        [(key[0], *(of.get(key, DASH) for of in cells)) for key in sorted(set().union(*cells))],
        caption,
    )


def left_out(failed: Sequence[str], pending: int = 0) -> Iterator[Block]:
    """Which rides are not counted: those that could not be read, by their ids, and how many are yet to be derived."""
    if failed:
        shown = ", ".join(failed[:_MOST_NAMED]) + (", …" if len(failed) > _MOST_NAMED else "")
        yield Paragraph(
            f"Not counted: {count(len(failed), 'ride')} that could not be read ({shown}).", "quiet"
        )
    if pending:
        yield Paragraph(f"{count(pending, 'ride')} not derived yet: not counted here.", "quiet")


def of_trend(band: BandTrend) -> str:
    """What the line over a band's rides says, or what it still needs."""
    slope = "" if band.slope is None else f": {with_error(band.slope, 2)} points a month"
    whose = "the left share " if band.verdict == "change" else ""
    return f"{whose}{verdict(band)}{slope}"


def meter_head(
    meter: ComparisonKey, rides: int | None = None, joined: Sequence[JoinedName] = ()
) -> list[Block]:
    """Whose rides are compared, what their balance is worth, how many they are, and under which other names."""
    swapped = "; sides exchanged, as you said" if meter.swapped else ""
    many = "" if rides is None else f"{count(rides, 'ride')}. "
    return [
        Heading(ForeignText(meter.meter or say("trend.no_name"))),
        Paragraph(
            f"{many}{quality_sentence(meter.balance)}; {REFERENCE[meter.reference]}{swapped}.", "quiet"
        ),
        *(
            Paragraph(f"The same meter: {count(x.rides, 'ride')} under the name {x.name}.", "quiet")
            for x in joined
            if x.meter == meter.meter
        ),
    ]


def zeros_blocks(
    meter: ComparisonKey, zeros: Sequence[DatedZero], joined: Sequence[JoinedName]
) -> Iterator[Block]:
    """On which days the zero of a meter was set, and when it jumped: a step in the share then may be the meter's."""
    jumps = zero_days(meter, zeros, joined)
    if jumps:
        latest = list(jumps.items())[-_MOST_ZEROS:]
        shown = ", ".join(f"{days(day, day)}{' (jump)' if jump else ''}" for day, jump in latest)
        last = ", last" if len(jumps) > len(latest) else ""
        yield Paragraph(f"Zero set on {count(len(jumps), 'day')}{last}: {shown}.", "quiet")


def changes_blocks(changes: Sequence[Change]) -> list[Block]:
    """The rider's changes, and which of them cannot be told apart, said once of each two."""
    pairs = ((x, other) for x in changes for other in find_overlapping(x, changes) if x.number < other.number)
    return section("What you changed", [changes_table(changes), *(Paragraph(_of_two(*x)) for x in pairs)])


def _of_two(change: Change, other: Change) -> str:
    """What is said of two changes that have days in common."""
    first, second = sorted((change.number, other.number))
    return f"Changes {first} and {second} were made in the same days: whose effect it was is not known."


def _of_many(tests: int) -> list[Block]:
    """What to think of several bands that are each tested by themselves; nothing of one."""
    sentence = f"({tests} bands are tested at 5 % each: of 20 such lines one shows a change by chance.)"
    return [Paragraph(sentence, "quiet")] if tests > 1 else []


def change_blocks(report: ChangeReport) -> Iterator[Block]:
    """One change: which rides stand on each side, and per meter a table and a sentence on each power band."""
    change = report.change
    when = days(change.first_day, change.last_day)
    yield Heading(f"Change {change.number}, {when}, {change.kind}: {change.words}")
    for name, window in (("Before", report.before), ("After", report.after)):
        rides = f"rides of {days(*window)}" if window else "none, for another change reaches into these days"
        yield Paragraph(f"{name}: {rides}.")
    yield from (Paragraph(_of_two(change, other)) for other in report.together)
    if report.before and report.after and not report.meters:
        yield Paragraph("No ride with a balance on any of these days.")
    for meter in report.meters:
        yield from meter_head(meter, joined=report.joined)
        yield from zeros_blocks(meter, report.zeros, report.joined)
        yield _effects_table(meter.bands)
        for band in meter.bands:
            yield Paragraph(f"{band.band}: {of_effect(band, over=report.over)}.")
        yield from _of_many(sum(band.difference is not None for band in meter.bands))


def band_blocks(report: ChangeReport, meter: MeterTrend, band: BandTrend) -> Iterator[Block]:
    """What became of a change in one power band on one meter."""
    change = report.change
    when = days(change.first_day, change.last_day)
    yield Paragraph(f"{change.number}  {when}  {change.words}", "strong")
    effect = report.effect_on(meter, band)
    sentence = "no ride in this band around it" if effect is None else of_effect(effect, over=report.over)
    yield Paragraph(f"{sentence[0].upper()}{sentence[1:]}.", indent=3)
    yield from (Paragraph(_of_two(change, other), "quiet", 3) for other in report.together)


def _effects_table(bands: Sequence[BandEffect]) -> Table:
    headings = ("rides", "revolutions", "before %", "after %", "points")
    return Table(
        (Column("power band", "left"), *map(Column, headings), Column("95 %", drop=1)),
        [
            (
                x.band,
                f"{x.before.rides} / {x.after.rides}",
                f"{x.before.share.revolutions} / {x.after.share.revolutions}",
                share_error(x.before.share),
                share_error(x.after.share),
                *estimate(x.difference),
            )
            for x in bands
        ],
    )


def of_effect(effect: BandEffect, *, over: bool) -> str:
    """What before against after says of a band: a change, none of a size that is worth it, or which rides are missing.

    Args:
        effect: the band.
        over: whether no more rides can come to count.
    """
    if effect.difference is None or effect.smallest is None or effect.verdict == "too_few":
        return _of_short_effect(effect, over)
    if effect.verdict == "change":  # a bound that is not 0 must not look so
        way = "rose" if effect.difference.value > 0 else "fell"
        return f"the left share {way}: {with_error(effect.difference, 2)} points"
    return (
        f"no clear change: {with_error(effect.difference)} points; "
        f"one of {points(effect.smallest)} would have shown four times of five"
    )


def _of_short_effect(effect: BandEffect, over: bool) -> str:
    before, after, difference = effect.before.rides, effect.after.rides, effect.difference
    so_far = "" if difference is None else f"; so far {with_error(difference)} points"
    to_show = f"to show a change of {points(WORTH_POINTS)}"
    if before == 0:
        return "no ride before it to compare with"
    if effect.needed is None:
        return f"too few before it ({count(before, 'ride')}) {to_show}, however many follow{so_far}"
    missing, rides = max(effect.needed, 1), f"{count(after, 'ride')} after it"
    if over:
        return f"{rides}; about {missing} more were needed {to_show}{so_far}"
    return f"{rides}; needs about {missing} more {to_show}{so_far}"
