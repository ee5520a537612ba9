"""What a trend and a change say; the same on the command line, the screen and in the report.

Shares are the left leg's. "±" is one standard deviation, "95 %" an interval; a minus sign is U+2212.
"""

from collections.abc import Iterator, Sequence

from legbal.analysis.change import BandEffect, ChangeReport, MeterEffect, find_overlapping
from legbal.analysis.meter_days import Effect
from legbal.analysis.months import Change, ComparisonKey, DatedZero, JoinedName, zero_days
from legbal.analysis.outlook import MOST_MORE, WORTH_POINTS
from legbal.analysis.trend import (
    LEAST_DAYS,
    LEAST_RIDES,
    BandTrend,
    MeterAnswer,
    MeterTrend,
    Trend,
    UnnotedChange,
)
from legbal.present import tiring
from legbal.present.balance_remarks import quality_sentence
from legbal.present.certainty import in_a_word, more_rides, sized
from legbal.present.document import Block, Column, ForeignText, Heading, Paragraph, Table, section
from legbal.present.intensity import intensity
from legbal.present.meter import READ_AS
from legbal.present.numbers import (
    DASH,
    clock,
    count,
    day,
    days,
    number,
    points,
    reliable_share,
    share_error,
    signed,
    timestamp,
)
from legbal.present.sentences import say
from legbal.present.tables import changes_table
from legbal.present.text import capitalized
from legbal.ride.share import Share

_ACROSS = 6  # bands side by side in 80 columns
_MOST_NAMED = 3  # rides that are left out
_MOST_ZEROS = 5  # days on which a zero was set

# what to think of a trend
LAST_MONTH = "last month"  # the column of a band's newest level
WORTH = (
    "All rides on a meter are judged together, each by its own error, by how far your days lie apart, and by how long"
    " a good or bad spell lasts.",
    "Clear means 95 % probable, likely 80 %. Of 100 riders whose balance does not change, at most 5 hear of a change in"
    " a year, however often they ask.",
    "No study has shown that 50 : 50 is better.",
)


def trend_blocks(trend: Trend) -> Iterator[Block]:
    """The trend of each meter in tables, and what the rider changed."""
    for meter in trend.meters:
        yield from meter_head(meter, len(meter.rides), trend.joined)
        yield from zeros_blocks(meter, trend.zeros, trend.joined)
        yield from answer_blocks(meter.answer)
        yield bands_table(meter.bands)
        for begin in range(0, len(meter.bands), _ACROSS):
            yield months_table(meter.bands[begin : begin + _ACROSS])
        yield from tiring.course_blocks(meter.tiring)
    if trend.meters:
        yield from changes_blocks(trend.changes)
    yield from left_out(trend.failed, wrong=trend.meter_wrong)


def bands_table(bands: Sequence[BandTrend], chosen: int | None = None) -> Table:
    """A row for each power band: how many rides, the last month, where it goes and how sure that is."""
    columns = (
        Column("intensity", "left", tone="strong"),
        Column("of FTP", "left", drop=2),
        Column("rides", drop=4),
        Column(LAST_MONTH, drop=1),
        Column("change", "left"),
    )
    rows = [
        (
            intensity(band.low_ftp, band.high_ftp),
            band.band,
            str(len(band.rows)),
            level(band.months[-1].share) if band.months else DASH,
            verdict(band),
        )
        for band in bands
    ]
    return Table(columns, rows, "Whether it changes, per power band", chosen)


def level(share: Share) -> str:
    """A mean of rides; how sure changes of it are is said once for all bands, and "±" of a ride's own error alone."""
    shown = reliable_share(share)
    return DASH if shown is None else number(shown[0], 1)


def verdict(band: BandTrend) -> str:
    """Where a band's share goes and how sure that is, or what it still needs."""
    if band.slope is None and len(band.rows) < LEAST_RIDES:
        return f"{count(len(band.rows), 'ride')}; {LEAST_RIDES} needed"
    if band.slope is None:
        over = band.rows[-1].started - band.rows[0].started
        return f"{count(over.days, 'day')}; {count(LEAST_DAYS // 7, 'week')} needed"
    return in_a_word(band.slope)


def answer_blocks(answer: MeterAnswer | None) -> Iterator[Block]:
    """What all rides on a meter say together: the one answer before those of single bands."""
    return (Paragraph(sentence, "strong") for sentence in answer_sentences(answer))


def answer_sentences(answer: MeterAnswer | None) -> Iterator[str]:
    """The same in sentences; none where there are too few rides."""
    if answer is None:
        return
    yield from map(of_unnoted, answer.unnoted)
    yield _of_course(answer)
    last = answer.last
    if last is not None and last.unusual:
        expected = f"{number(last.expected.low, 1)} to {number(last.expected.high, 1)}"
        yield f"The last ride is unusual: {number(last.left_percent, 1)} %, and not {expected} %."


def of_unnoted(change: UnnotedChange) -> str:
    """A step that nobody noted, and the question what it was."""
    where = "in every band alike" if change.every_band else "not in every band alike"
    return (
        f"About {day(change.day)} the left share changed, {where} ({sized(change.size)};"
        f" {days(change.first_day, change.last_day)}). What changed?"
    )


def _of_course(answer: MeterAnswer) -> str:
    since = f"All bands since {day(answer.since)}"
    if answer.plateau is not None:
        way = "up" if answer.slope.value > 0 else "down"
        plateau = answer.plateau
        return (
            f"{since}: {answer.verdict}: {way}, towards {number(plateau.value, 1)} % (90 %: {number(plateau.low, 1)} to"
            f" {number(plateau.high, 1)}), two thirds of the way in {count(round(answer.recovery_days or 0), 'day')}."
        )
    slope = answer.slope
    if answer.verdict != "unknown":
        return f"{since}: {sized(slope, 'points a month', 2)}."
    reach = f"{signed(slope.low, 2)} to {signed(slope.high, 2)} points a month"
    return f"{since}: not known yet{more_rides(answer.rides_needed, MOST_MORE)}: {reach}."


def months_table(bands: Sequence[BandTrend]) -> Table:
    """Months down, power bands across."""
    cells = [
        {(f"{month.first_day:%Y-%m}", ""): f"{level(month.share)} ({month.rides})" for month in band.months}
        for band in bands
    ]
    return _across("month", bands, cells, "Left share by month, % (rides)")


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
        [Column(heading, "left"), *(Column(intensity(band.low_ftp, band.high_ftp)) for band in bands)],
        [(key[0], *(of.get(key, DASH) for of in cells)) for key in sorted(set().union(*cells))],
        caption,
    )


def left_out(failed: Sequence[str], pending: int = 0, wrong: Sequence[str] = ()) -> Iterator[Block]:
    """Which rides are not counted: those that could not be read or whose meter looked wrong, by their ids; and how many
    are yet to be derived.
    """
    for rides, reason in ((failed, "that could not be read"), (wrong, "in which the meter looked wrong")):
        if rides:
            shown = ", ".join(rides[:_MOST_NAMED]) + (", …" if len(rides) > _MOST_NAMED else "")
            yield Paragraph(f"Not counted: {count(len(rides), 'ride')} {reason} ({shown}).", "quiet")
    if pending:
        yield Paragraph(f"{count(pending, 'ride')} not read yet: not counted here.", "quiet")


def of_trend(band: BandTrend) -> str:
    """What a band's rides say, or what they still need."""
    if band.slope is None or band.slope.certainty == "unknown":
        return verdict(band)
    return sized(band.slope, "points a month", 2)


def meter_head(
    meter: ComparisonKey, rides: int | None = None, joined: Sequence[JoinedName] = ()
) -> list[Block]:
    """Whose rides are compared, what their balance is worth, how many they are, and under which other names."""
    read_as = READ_AS.get(meter.reference, "")
    swapped = "; sides swapped, as you said" if meter.swapped else ""
    many = "" if rides is None else f"{count(rides, 'ride')}. "
    return [
        Heading(ForeignText(meter.meter or say("trend.no_name"))),
        Paragraph(f"{many}{quality_sentence(meter.balance)}{read_as}{swapped}.", "quiet"),
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
    return f"Changes {first} and {second} were made on the same days: which one it was is not known."


def change_blocks(report: ChangeReport) -> Iterator[Block]:
    """One change: which rides stand on each side, and per meter a table and a sentence on each power band."""
    change = report.change
    when = days(change.first_day, change.last_day)
    yield Heading(f"Change {change.number}, {when}, {change.kind}: {change.words}")
    for name, window in (("Before", report.before), ("After", report.after)):
        rides = f"rides of {days(*window)}" if window else "none: another change falls into these days"
        yield Paragraph(f"{name}: {rides}.")
    yield from (Paragraph(_of_two(change, other)) for other in report.together)
    yield from left_out((), wrong=report.meter_wrong)
    if report.before and report.after and not report.meters:
        yield Paragraph("No ride with a balance on any of these days.")
    for meter in report.meters:
        yield from meter_head(meter, joined=report.joined)
        yield from zeros_blocks(meter, report.zeros, report.joined)
        yield Paragraph(f"All bands: {of_effect(meter, over=report.over)}.", "strong")
        yield _effects_table(meter.bands)
        yield from tiring.change_blocks(meter.tiring)


def band_blocks(report: ChangeReport, meter: MeterTrend, band: BandTrend) -> Iterator[Block]:
    """What became of a change in one power band on one meter."""
    change = report.change
    when = days(change.first_day, change.last_day)
    yield Paragraph(f"{change.number}  {when}  {change.words}", "strong")
    effect = report.effect_on(meter, band)
    sentence = "no ride in this band around it" if effect is None else of_effect(effect, over=report.over)
    yield Paragraph(f"{capitalized(sentence)}.", indent=3)
    effects = (x for x in report.meters if x.comparison_key == meter.comparison_key)
    if (of_meter := next(effects, None)) is not None and of_meter.tiring is not None:
        yield Paragraph(tiring.of_tiring(of_meter.tiring), indent=3)
    yield from (Paragraph(_of_two(change, other), "quiet", 3) for other in report.together)


def _effects_table(bands: Sequence[BandEffect]) -> Table:
    has_size = any(x.difference is not None for x in bands)
    return Table(
        (
            Column("intensity", "left"),
            *map(Column, ("rides", "before %", "after %")),
            Column("pedalled", drop=2),
            *((Column("change", "left"),) if has_size else ()),
        ),
        [
            (
                intensity(x.low_ftp, x.high_ftp),
                f"{x.before.rides} / {x.after.rides}",
                level(x.before.share),
                level(x.after.share),
                f"{clock(x.before.share.seconds)} / {clock(x.after.share.seconds)}",
                *((DASH if x.difference is None else in_a_word(x.difference),) if has_size else ()),
            )
            for x in bands
        ],
    )


def of_effect(effect: BandEffect | MeterEffect, *, over: bool) -> str:
    """What before against after says: a change, none of a size that is worth it, or which rides are missing.

    Args:
        effect: of a band, or of all of them.
        over: whether no more rides can come to count.
    """
    if effect.difference is not None and effect.verdict != "unknown":
        return sized(effect.difference)
    if effect.difference is not None and effect.smallest is not None and effect.smallest <= WORTH_POINTS:
        shown = f"one of {points(effect.smallest)} would have shown four times out of five"
        return f"{sized(effect.difference)}; {shown}"
    before, after = (
        (effect.before, effect.after)
        if isinstance(effect, MeterEffect)
        else (effect.before.rides, effect.after.rides)
    )
    return not_shown(effect.difference, before, after, effect.needed, over=over)


def not_shown(
    effect: Effect | None, before: int, after: int, needed: int | None, *, over: bool = False
) -> str:
    """What a change that is not known yet may be, and which rides are missing; arguments as of its effect."""
    if before == 0:
        return "no ride before it to compare with"
    reach = "" if effect is None else f": {signed(effect.low)} to {signed(effect.high)} points"
    if needed is None:
        few = f"{count(before, 'ride')} before {'is' if before == 1 else 'are'} too few"
        return f"not known yet{reach} ({few})"
    missing = max(needed, 1)
    if over:
        return f"not known yet{reach} ({count(after, 'ride')} after it; about {missing} more were needed)"
    return f"not known yet{more_rides(missing)}{reach}"
