"""How numbers, times and dates are written. A dash stands where there is nothing to say; a minus is U+2212."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what has no ride to tell of loads none of it
    from legbal.ride.share import Share

DASH = "—"
MINUS = "\N{MINUS SIGN}"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# below so many seconds, a unit of so many, and its name
_AGO = ((60, 1, "s"), (3600, 60, "min"), (2 * 86_400, 3600, "h"), (math.inf, 86_400, "days"))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def rounded(value: Any, digits: int = 3) -> Any:
    """A value of JSON with all its numbers rounded.

    >>> rounded({"t": 57.58479201770893, "at": [0.1, 7]})
    {'t': 57.585, 'at': [0.1, 7]}
    """
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, dict):
        return {name: rounded(x, digits) for name, x in value.items()}
    return [rounded(x, digits) for x in value] if isinstance(value, list | tuple) else value


def number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """A number with its unit.

    >>> number(264.6), number(-1.25, 1), number(91, unit=" rpm"), number(-0.2), number(None, unit=" W")
    ('265', '−1.2', '91 rpm', '0', '—')
    """
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:.{digits}f}"
    if value < 0:
        text = text.removeprefix("-") if float(text) == 0 else text.replace("-", MINUS)
    return text + unit


def signed(value: float | None, digits: int = 1, error: float | None = None) -> str:
    """A difference with its sign, and its standard error where one is given.

    >>> signed(0.44), signed(-1.2), signed(-0.04), signed(None), signed(-1.23, 2, 0.5)
    ('+0.4', '−1.2', '0.0', '—', '−1.23 ± 0.50')
    """
    text = number(value, digits)
    if text == DASH or value is None:
        return DASH
    sign = "+" if value > 0 and float(text) != 0 else ""
    return f"{sign}{text}" if error is None else f"{sign}{text} {plus_minus(error, digits)}"


def plus_minus(error: float, digits: int = 1) -> str:
    """A standard error, as it stands behind its number.

    >>> plus_minus(1.38)
    '± 1.4'
    """
    return f"± {number(error, digits)}"


def share(percent: float | None) -> str:
    """A leg's share by itself, in percent; without decimals where one leg does everything.

    >>> share(47.25), share(100.0), share(None)
    ('47.2', '100', '—')
    """
    return number(percent, 0 if percent in (0, 100) else 1)


def reliable_share(of: Share) -> tuple[float, float] | None:
    """The left percent and its standard error, points; None where too little stands behind them to say or draw them.

    Fewer revolutions than `Share.rests_on` wants are too little; where nobody counted them the error alone decides.

    >>> from legbal.ride.share import Share
    >>> reliable_share(Share(47.0, 1.4, revolutions=15)), reliable_share(Share(47.0, 1.4, revolutions=14))
    ((47.0, 1.4), None)
    """
    left, error = of.left_percent, of.standard_error
    if left is None or error is None or not math.isfinite(left + error):
        return None
    return (left, error) if of.revolutions is None or of.rests_on() else None


def share_error(of: Share) -> str:
    """A left share with its standard error, or a dash: a share is never said without how sure it is.

    >>> from legbal.ride.share import Share
    >>> share_error(Share(47.04, 0.51, revolutions=400)), share_error(Share(47.0, 1.4, revolutions=12))
    ('47.0 ± 0.5', '—')
    """
    shown = reliable_share(of)
    return DASH if shown is None else f"{shown[0]:.1f} ± {shown[1]:.1f}"  # neither is below 0


def leg_watts(of: Share) -> tuple[float | None, float | None]:
    """The left and the right leg's watts, which are the share in other words: None wherever that is a dash.

    >>> from legbal.ride.share import Share
    >>> leg_watts(Share(45.0, 0.5, revolutions=400, power_w=200.0)), leg_watts(Share(45.0, 2.0, 0, 12, 200.0))
    ((90.0, 110.0), (None, None))
    """
    return (of.left_w, of.right_w) if reliable_share(of) else (None, None)


def halves(value: float | None) -> float | None:
    """A share or a distance rounded to half a point, as it is shown big.

    >>> halves(47.3), halves(None)
    (47.5, None)
    """
    return None if value is None else round(value * 2) / 2


def brief(value: float, unit: str = "") -> str:
    """A number with one decimal, or none where that is 0.

    >>> brief(172.5, " mm"), brief(0.96), brief(50.0, " %")
    ('172.5 mm', '1', '50 %')
    """
    return f"{number(value, 1).removesuffix('.0')}{unit}"


def watts(value: float | None) -> str:
    """Power.

    >>> watts(264.6), watts(None)
    ('265 W', '—')
    """
    return number(value, 0, " W")


def points(value: float) -> str:
    """A distance between shares.

    >>> points(1.04), points(0.8)
    ('1 point', '0.8 points')
    """
    text = brief(value)
    return f"{text} point" if text == "1" else f"{text} points"


def depth(value: float) -> str:
    """How deep a drop-off was, with the digits that tables have.

    >>> depth(7.04), depth(0.96)
    ('7.0 points', '1.0 points')
    """
    return number(value, 1, " points")


def count(number: int, thing: str, things: str = "") -> str:
    """How many of something; `things` is the plural where that is not `thing` and an s.

    >>> count(1, "ride"), count(0, "ride"), count(1234, "pass", "passes")
    ('1 ride', '0 rides', '1234 passes')
    """
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def clock(seconds: float | None, *, hours: bool = False) -> str:
    """A time of the ride or a duration, to the nearest second, half a second up.

    Args:
        seconds: below 0 is 0.
        hours: whether they stand there from the beginning, for columns and axes of long rides.

    >>> clock(59.4), clock(59.6), clock(3723), clock(352, hours=True), clock(None)
    ('0:59', '1:00', '1:02:03', '0:05:52', '—')
    """
    if seconds is None or not math.isfinite(seconds):
        return DASH
    minutes, second = divmod(max(0, math.floor(seconds + 0.5)), 60)
    if hours or minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02}:{second:02}"
    return f"{minutes}:{second:02}"


def duration(seconds: float | None) -> str:
    """How long something has held: seconds below a hundred of them, then a clock.

    >>> duration(38.4), duration(138), duration(99.7)
    ('38 s', '2:18', '1:40')
    """
    whole = None if seconds is None else max(0, math.floor(seconds + 0.5))
    return number(whole, 0, " s") if whole is None or whole < 100 else clock(whole)


def hours(seconds: float) -> str:
    """How long a ride was, roughly.

    >>> hours(4560), hours(2400), hours(31)
    ('1 h 16', '40 min', '31 s')
    """
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes} min" if seconds >= 60 else duration(seconds)


def ago(seconds: float) -> str:
    """How long ago something was.

    >>> ago(3), ago(125), ago(3 * 3600), ago(3 * 86_400)
    ('3 s ago', '2 min ago', '3 h ago', '3 days ago')
    """
    unit_s, unit = next((unit_s, unit) for below_s, unit_s, unit in _AGO if seconds < below_s)
    return f"{min(max(0, seconds) // unit_s, 9999):.0f} {unit} ago"


def day(when: date) -> str:
    """A day, as sentences and charts say it; tables that are sorted or typed back have `timestamp`.

    >>> day(date(2026, 3, 1))
    '1 Mar 2026'
    """
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def recent_day(when: date, today: date) -> str:
    """A day, whose year is said only where it is not this one.

    >>> recent_day(date(2026, 10, 20), date(2026, 12, 1)), recent_day(date(2025, 10, 20), date(2026, 12, 1))
    ('20 Oct', '20 Oct 2025')
    """
    return day(when).removesuffix(f" {today.year}")


def weekday(when: datetime) -> str:
    """When a ride began, for a heading.

    >>> weekday(datetime(2026, 3, 1, 7, 5))
    'Sun 1 Mar 2026, 07:05'
    """
    return f"{_DAYS[when.weekday()]} {day(when)}, {when:%H:%M}"


def timestamp(when: datetime) -> str:
    """When something began, for tables: in order where it is sorted, and as commands take it.

    >>> timestamp(datetime(2026, 3, 1, 7, 5, 9))
    '2026-03-01 07:05'
    """
    return f"{when:%Y-%m-%d %H:%M}"


def days(first: date, last: date) -> str:
    """One day or several.

    >>> days(date(2026, 3, 1), date(2026, 3, 1)), days(date(2026, 3, 1), date(2026, 4, 2))
    ('1 Mar 2026', '1 Mar 2026 to 2 Apr 2026')
    """
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def meter_names(names: Iterable[str]) -> str:
    """The meters that a ride is ridden with.

    >>> meter_names(["ASSIOMA17039L", "ASSIOMA17039R"])
    'ASSIOMA17039L + ASSIOMA17039R'
    """
    return " + ".join(names)


def listed(parts: Sequence[str]) -> str:
    """Several things in a sentence.

    >>> listed(["left"]), listed(["a", "b", "c"])
    ('left', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
