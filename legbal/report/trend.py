"""The report of months of rides: per meter and power band every ride, its months, and the line through them."""

from collections.abc import Sequence

from legbal.analysis.months import Change
from legbal.analysis.trend import LEAST_DAYS, LEAST_RIDES, MeterTrend, Trend
from legbal.present.document import Paragraph, section
from legbal.present.html import Markup, document, join, tag
from legbal.present.months import changes_blocks, meter_head
from legbal.present.numbers import count, day
from legbal.present.trend import WORTH, bands_table, left_out, months_table, rides_table
from legbal.report.chart import Group
from legbal.report.page import page
from legbal.report.trend_charts import meter_charts


def trend_page(trend: Trend) -> bytes:
    """The page in UTF-8. The same trend gives the same octets."""
    rides = {ride: started for meter in trend.meters for ride, started in meter.rides.items()}
    groups: list[Group] = []
    not_counted = document(left_out(trend.failed, trend.pending))
    if rides:
        about = (
            f"{count(len(rides), 'ride')} from {day(min(rides.values()))} to {day(max(rides.values()))}. "
            "Only like is compared with like: one meter, one power band."
        )
        meters = [_meter(f"m{i}", x, trend.changes, groups) for i, x in enumerate(trend.meters)]
        worth = section("What the numbers are worth", map(Paragraph, WORTH))
        parts = [
            tag("p", about, class_="about"),
            *meters,
            tag("section", document(changes_blocks(trend.changes))),
            not_counted,
            tag("section", document(worth), class_="worth"),
        ]
    else:
        parts = [tag("p", "No ride with a balance is in it yet."), not_counted]
    return page("Trend of the left share", join(parts), groups, count(len(rides), "ride"))


def _meter(name: str, meter: MeterTrend, changes: Sequence[Change], groups: list[Group]) -> Markup:
    """One meter's charts and tables; where every band has too few rides for a trend they are told one by one."""
    charts = meter_charts(name, meter, changes, hinted=not groups)
    if charts is None:
        needs = (
            f"Too few rides yet: a trend needs {LEAST_RIDES} in a power band, "
            f"over {LEAST_DAYS // 7} weeks or more."
        )
        return tag("section", document([*meter_head(meter), Paragraph(needs), rides_table(meter.bands)]))
    drawn, group = charts
    groups.append(group)
    return tag(
        "section", document([*meter_head(meter), drawn, bands_table(meter.bands), months_table(meter.bands)])
    )
