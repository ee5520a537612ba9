"""A day as riders write it: 2026-08-01, 1 Aug 2026, Aug 1, 13/08/2026, yesterday. What is ambiguous is refused."""

import re
from datetime import date, timedelta

from legbal.errors import UsageError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AGO = {"today": 0, "yesterday": 1}
# years that may be meant: before 1970 nobody recorded, and 2099 is as far as a clock that runs wrong is believed
_FIRST_YEAR, _LAST_YEAR = 1970, 2099


def parse_day(typed: str, today: date, *, month: bool = False) -> date:
    """The day that was typed.

    Numbers with dots are day.month.year; with slashes, either order is read where only one is a day. Without a year
    the last such day up to today is meant.

    Args:
        typed: what the rider wrote.
        today: the day it is where the rider is.
        month: whether a month without a day, as 2026-05 or May 2026, is its first day.

    Raises UsageError, which says how to write it.
    """
    text = " ".join(typed.casefold().replace(",", " ").split())
    if text in _AGO:
        return today - timedelta(days=_AGO[text])
    days = _days(text, today, month=month)
    if len(days) > 1:
        one, other = days
        raise UsageError(
            f"{typed!r} may be {one.day} {one:%B} or {other.day} {other:%B}", hint=f"Write {one} or {other}."
        )
    if not days:
        or_month = f", {today:%Y-%m}" if month else ""
        raise UsageError(
            f"{typed[:20]!r} is not a date",
            hint=f"Write it as {today}{or_month}, {today.day} {today:%b %Y} or yesterday.",
        )
    if not _FIRST_YEAR <= days[0].year <= _LAST_YEAR:
        raise UsageError(f"{days[0]} lies before {_FIRST_YEAR} or after {_LAST_YEAR}")
    return days[0]


def _days(text: str, today: date, *, month: bool) -> list[date]:
    """The days that a text may mean; there is none that means more than two."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return _day(*match.groups())
    if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        return _day(match[3], match[2], match[1])
    if match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text):
        either = _day(match[3], match[2], match[1]) + _day(match[3], match[1], match[2])
        return list(dict.fromkeys(either))
    if month and (match := re.fullmatch(r"(\d{4})-(\d{1,2})", text)):
        return _day(match[1], match[2], "1")
    return _named(text, today, month=month)


def _named(text: str, today: date, *, month: bool) -> list[date]:
    """Of a month by its name: 1 Aug 2026, 1st August, Aug 1 2026, August 2026."""
    name = re.search(r"[a-z]{3,}", text)
    number = name and next((i for i, each in enumerate(_MONTHS, 1) if name[0].startswith(each)), None)
    if not name or not number:
        return []
    rest = f"{text[: name.start()]} {text[name.end() :]}".replace(".", " ").split()
    days = [match[1] for word in rest if (match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word))]
    years = [word for word in rest if re.fullmatch(r"\d{4}", word)]
    if len(days) + len(years) < len(rest) or len(days) > 1 or len(years) > 1 or not (days or month):
        return []
    day = days[0] if days else "1"
    if years:
        return _day(years[0], number, day)
    this_year = _day(today.year, number, day)
    return [x for x in this_year if x <= today] or _day(today.year - 1, number, day)


def _day(year: str | int, month: str | int, day: str | int) -> list[date]:
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:  # no such day
        return []
