"""Many riders in rows: who needs looking at first, and how old what is shown is."""

from typing import NamedTuple

from msgspec.structs import replace

from legbal.app.live import Status
from legbal.present.document import TextRun
from legbal.present.meter import NAME_COLUMNS, has_balance
from legbal.present.numbers import ago, clock, count, number, share_error, signed
from legbal.present.sentences import alert_below, say
from legbal.present.text import SENTENCE_COLUMNS, clean, cut, width_of
from legbal.remote.rider_group import Choice, Order, RiderStatus
from legbal.tui.render.text_grid import ColumnLayout, ListColumn, TextGrid, on_grid

_MOST_ERROR = 99.9  # points; from a broker, and bounded


class CoachHead(NamedTuple):
    """What is told of all riders together."""

    riders: list[RiderStatus]
    order: Order
    choice: Choice
    part: str
    muted: bool
    status: Status
    notice: str
    opening: str = ""

    @property
    def trouble(self) -> str:
        """What is wrong with the broker."""
        return clean(self.status.trouble or self.status.error, SENTENCE_COLUMNS)


@on_grid
def head(grid: TextGrid, values: CoachHead) -> None:
    """Where from, how many, in which order; below it what is wrong."""
    alerts = sum(not x.stale and x.alert is not None for x in values.riders)
    stale = sum(x.stale for x in values.riders)
    x = grid.write(1, 0, count(len(values.riders), "rider"), "strong")
    counts = (
        (f" {say('riders.in_alert', riders=alerts)} " if alerts else "", "alert"),
        (say("riders.stale", riders=stale) if stale else "", "quiet"),
    )
    x = grid.write_runs(x, 0, counts, 2)
    sound = f"{say('sound.muted')}   " if values.muted else ""
    part = f', "{values.part}"' if values.part else ""
    right = f"{sound}{values.choice}{part}, {values.order}"
    if x + 2 + width_of(right) < grid.width:
        end = grid.write_to(grid.width - 1, 0, right, "plain")
        grid.write(x + 2, 0, cut(clean(values.status.source, 60), end - x - 5), "quiet")
    nobody = "" if values.riders else say("riders.none")
    choices = (
        (
            say("riders.opening", rider=clean(values.opening, NAME_COLUMNS)) if values.opening else "",
            "strong",
        ),
        (cut(values.trouble, grid.width - 2), "urgent"),
        (nobody, "plain"),
        (values.notice, "quiet"),
    )
    first = [(text, style) for text, style in choices if text][:1]
    grid.write_runs(1, 1, first)


def _left(rider: RiderStatus) -> TextRun:
    if not has_balance(rider.row.balance):
        return TextRun(say("share.no_balance"), "plain")
    error = min(rider.share.standard_error or 0.0, _MOST_ERROR)
    return TextRun(share_error(replace(rider.share, standard_error=error)), "plain")


def _against_usual(rider: RiderStatus) -> TextRun:
    return TextRun(signed(rider.above_usual if has_balance(rider.row.balance) else None), "plain")


def _alert(rider: RiderStatus) -> TextRun:
    alert = rider.alert
    if alert is None:
        return TextRun("", "plain")
    arrow = "◀" if alert.side == "left" else "▶"
    held = clock(rider.row.t - alert.since)
    return TextRun(
        f"{arrow} {alert.side} {number(alert.points, 1)} {alert_below(alert.kind)} {held}", "alert"
    )


def _interval(rider: RiderStatus) -> TextRun:
    running = rider.row.interval
    return TextRun(
        "" if running is None else f"{running.number} · {clock(rider.row.t - running.start_s)}", "plain"
    )


def _freshness(rider: RiderStatus) -> TextRun:
    return TextRun("over" if rider.finished else ago(rider.ago_s) if rider.stale else "", "plain")


_LIST: ColumnLayout[RiderStatus] = ColumnLayout(
    (
        ListColumn("rider", 0, lambda rider: TextRun(rider.name, "strong")),
        ListColumn("left %", 12, _left),
        ListColumn(say("riders.usual"), 9, _against_usual),
        ListColumn(say("riders.alert"), 25, _alert),
        ListColumn("watts", 6, lambda rider: TextRun(number(rider.row.power_w), "plain"), least=96),
        ListColumn("rpm", 4, lambda rider: TextRun(number(rider.row.cadence_rpm), "plain"), least=112),
        ListColumn("interval", 12, _interval, least=112),
        ListColumn("heard", 10, _freshness, least=80),
    ),
    gap=1,
    most_rest=NAME_COLUMNS,
    at_cursor="urgent",
    is_quiet=lambda rider: rider.stale,
)
headings, rows = _LIST.headings, _LIST.rows
