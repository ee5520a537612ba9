"""What a change says, by the rides before and after it; the same on the command line and on the screen.

Shares are the left leg's. "±" is one standard error, "95 %" an interval; a minus sign is U+2212.
"""

from collections.abc import Iterator, Sequence

from legbal.analysis.change import WORTH_POINTS, BandEffect, ChangeReport
from legbal.analysis.trend import BandTrend, MeterTrend
from legbal.present.document import Block, Column, Heading, Paragraph, Table
from legbal.present.numbers import count, days, points, share_error
from legbal.present.tables import estimate, with_error
from legbal.present.trend import meter_head, of_many, of_two


def change_blocks(report: ChangeReport) -> Iterator[Block]:
    """One change: which rides stand on each side, and per meter a table and a sentence on each power band."""
    change = report.change
    when = days(change.first_day, change.last_day)
    yield Heading(f"Change {change.number}, {when}, {change.kind}: {change.words}")
    for name, window in (("Before", report.before), ("After", report.after)):
        rides = f"rides of {days(*window)}" if window else "none, for another change reaches into these days"
        yield Paragraph(f"{name}: {rides}.")
    yield from (Paragraph(of_two(change, other)) for other in report.together)
    if report.before and report.after and not report.meters:
        yield Paragraph("No ride with a balance on any of these days.")
    for meter in report.meters:
        yield from meter_head(meter)
        yield _effects_table(meter.bands)
        for band in meter.bands:
            yield Paragraph(f"{band.band}: {of_effect(band, over=report.over)}.")
        yield from of_many(sum(band.difference is not None for band in meter.bands))


def band_blocks(report: ChangeReport, meter: MeterTrend, band: BandTrend) -> Iterator[Block]:
    """What became of a change in one power band on one meter."""
    change = report.change
    when = days(change.first_day, change.last_day)
    yield Paragraph(f"{change.number}  {when}  {change.words}", "strong")
    effect = report.effect_on(meter, band)
    sentence = "no ride in this band around it" if effect is None else of_effect(effect, over=report.over)
    yield Paragraph(f"{sentence[0].upper()}{sentence[1:]}.", indent=3)
    yield from (Paragraph(of_two(change, other), "quiet", 3) for other in report.together)


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
    missing = max(effect.needed, 1)
    if over:
        return f"too few rides: about {missing} more after it would have been needed {to_show}{so_far}"
    if after == 0:
        return f"no ride after it yet: needs about {missing} {to_show}"
    return f"too few rides yet: needs about {missing} more {to_show}{so_far}"
