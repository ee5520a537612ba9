"""Many riders in rows: who needs looking at first, and how old what is shown is."""

from typing import NamedTuple

from msgspec.structs import replace

from legbal.app.live import Status
from legbal.present.document import TextRun
from legbal.present.meter import NAME_COLUMNS, has_balance, ride_share
from legbal.present.numbers import ago, clock, count, number, signed
from legbal.present.sentences import alert_below, say
from legbal.present.text import SENTENCE_COLUMNS, clean, cut, width_of
from legbal.remote.rider_group import Choice, Order, RiderStatus
from legbal.tui.render.text_grid import ColumnLayout, ListColumn, TextGrid, on_grid


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
    right = f"{sound}{say(f'riders.choice_{values.choice}')}{part}, {say(f'riders.order_{values.order}')}"
    if x + 2 + width_of(right) < grid.width:
        end = grid.write_to(grid.width - 1, 0, right, "plain")
        grid.write(x + 2, 0, cut(clean(values.status.source, 60), end - x - 5), "quiet")
    choices = (
        (
            say("riders.opening", rider=clean(values.opening, NAME_COLUMNS)) if values.opening else "",
            "strong",
        ),
        (cut(values.trouble, grid.width - 2), "urgent"),
        ("" if values.riders else say("riders.none"), "plain"),
        (values.notice, "quiet"),
    )
    first = [(text, style) for text, style in choices if text][:1]
    grid.write_runs(1, 1, first)


def _left(rider: RiderStatus) -> str:
    if rider.row.one_leg is not None:
        return say("riders.alone", side=rider.row.one_leg)
    error = min(rider.share.standard_error or 0.0, 99.9)  # points; from a broker, and bounded
    return ride_share(replace(rider.share, standard_error=error), rider.row.balance)


def _alert(rider: RiderStatus) -> str | TextRun:
    alert = rider.alert
    if alert is None:
        return ""
    extent = f"{number(alert.points, 1)} {alert_below(alert.kind)} {clock(rider.row.t - alert.since)}"
    return TextRun({"left": "◀ left ", "right": "▶ right ", None: ""}[alert.side] + extent, "alert")


def _interval(rider: RiderStatus) -> str:
    running = rider.row.interval
    return "" if running is None else f"{running.number} · {clock(rider.row.t - running.start_s)}"


_LIST: ColumnLayout[RiderStatus] = ColumnLayout(
    (
        ListColumn("rider", 0, lambda rider: TextRun(rider.name, "strong")),
        ListColumn("left %", 12, _left),
        ListColumn(
            say("riders.usual"),
            12,
            lambda rider: signed(rider.above_usual if has_balance(rider.row.balance) else None),
        ),
        ListColumn(say("riders.alert"), 25, _alert),
        ListColumn("watts", 6, lambda rider: number(rider.row.power_w), least=96),
        ListColumn("rpm", 4, lambda rider: number(rider.row.cadence_rpm), least=112),
        ListColumn("interval", 12, _interval, least=112),
        ListColumn(
            "heard",
            10,
            lambda rider: "over" if rider.finished else ago(rider.ago_s) if rider.stale else "",
            least=80,
        ),
    ),
    gap=1,
    most_rest=NAME_COLUMNS,
    at_cursor="urgent",
    is_quiet=lambda rider: rider.stale,
)
headings, rows = _LIST.headings, _LIST.rows
