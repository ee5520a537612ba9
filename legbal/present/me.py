"""The six answers of a rider, a sentence or two each: how sure, then size and range, and which command shows more."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from legbal.analysis.outlook import MOST_MORE
from legbal.analysis.posterior import CredibleInterval
from legbal.analysis.rider_answers import MOST_MONTHS, BandLevel, ChangeAnswer, MeterShows, RiderAnswers
from legbal.analysis.trend import LEAST_DAYS, LEAST_RIDES
from legbal.present.balance_remarks import quality_word
from legbal.present.certainty import WORDS, at_most, bounds, more_rides, sized
from legbal.present.document import Block, ForeignText, Heading, Paragraph
from legbal.present.intensity import at, intensity
from legbal.present.numbers import (
    MONTHS,
    count,
    day,
    days,
    duration,
    listed,
    number,
    points,
    signed,
)
from legbal.present.objects import plain
from legbal.present.sentences import say
from legbal.present.tiring import tiring_sentence
from legbal.present.trend import not_shown, of_unnoted

_MOST_CHANGES = 3  # the latest, in sentences
_TOO_LARGE = 6.0  # points of a lasting change: that so many rides show it says nothing


class AnswerText(msgspec.Struct, frozen=True):
    """An answer as it is read, and the command that shows why."""

    question: str
    answer: str
    command: str


def answer_texts(answers: RiderAnswers) -> list[AnswerText]:
    """The six, in order."""
    side = answers.tiring.side if answers.tiring is not None else answers.size.weak
    return [
        AnswerText("How large is it?", _size(answers), "legbal trend"),
        AnswerText("Where?", _where(answers), "legbal trend"),
        AnswerText(
            f"How fast does the {side or 'weak'} leg tire?",
            tiring_sentence(answers.tiring),
            "legbal me --rides",
        ),
        AnswerText("Is it getting better?", " ".join(_course(answers)), "legbal trend"),
        AnswerText("What did each change do?", " ".join(_changes(answers)), "legbal change report"),
        AnswerText(
            "What can this meter show?",
            " ".join(_shows(answers.shows)),
            f"legbal profiles show {answers.shows.profile.id}",
        ),
    ]


def me_blocks(
    answers: RiderAnswers, others: Sequence[RiderAnswers] = (), *, typed: bool = False
) -> Iterator[Block]:
    """The answers of one meter, and which others have rides; `typed`: where commands are, with those that show why."""
    yield Heading(ForeignText(answers.meter or say("trend.no_name")))
    since = days(answers.first_day, answers.last_day)
    yield Paragraph(f"{count(answers.rides, 'ride')}, {since}; {quality_word(answers.balance)}.", "quiet")
    for text in answer_texts(answers):
        yield Heading(text.question)
        yield Paragraph(text.answer, "strong")
        if typed:
            yield Paragraph(f"Why: `{text.command}`", "quiet")
    if others:
        names = listed([f"{x.meter or say('trend.no_name')} ({count(x.rides, 'ride')})" for x in others])
        yield Paragraph(f"Other meters, with --meter: {names}.", "quiet")


def with_answers(answers: RiderAnswers) -> dict[str, Any]:
    """The answers of one meter as JSON has them, with what they say in `answers`."""
    fields: dict[str, Any] = plain(answers)
    fields["shows"]["profile"] = answers.shows.profile.id
    return fields | {"answers": plain(answer_texts(answers))}


def without_balance(shows: MeterShows) -> Iterator[Block]:
    """What is answered to who has no ride with a balance: whether the meter is worth unlocking."""
    unlock = shows.profile.unlock
    yield Paragraph(say("trend.no_rides"), "strong")
    if unlock:
        yield Heading(f"Is it worth unlocking? {shows.profile.name}")
        yield Paragraph(f"{unlock} {' '.join(_shows(shows))}")
    else:
        yield Paragraph(say("trend.begin"))


def _size(answers: RiderAnswers) -> str:
    size, level = answers.size, answers.size.level
    share = f"{number(level.value, 1)} %, {bounds(level)}"
    if size.certainty == "unknown":
        return f"Not known yet{more_rides(size.more, MOST_MORE)}: left {share}."
    if size.weak is None:
        return f"{WORDS[size.certainty]}: even to within a point. Left {share}."
    if size.weak == "right":
        own = CredibleInterval(100 - level.value, 100 - level.high, 100 - level.low)
        share = f"{number(own.value, 1)} %, {bounds(own)}"
    return f"{WORDS[size.certainty]}: the {size.weak} leg gives less, {share}."


def _word(band: BandLevel) -> str:
    return intensity(band.low_ftp, band.high_ftp)


def _where(answers: RiderAnswers) -> str:
    where = answers.where
    word = WORDS[where.certainty]
    if where.least is not None and where.most is not None and where.apart is not None:
        weak, strong = _word(where.least), _word(where.most)
        left = f"left {number(where.least.level.value, 1)} %", f"{number(where.most.level.value, 1)} %"
        apart = f"{points(where.apart.value)} apart, {bounds(where.apart)}"
        answer = f"{word}: most {at(weak)} ({left[0]}), least {at(strong)} ({left[1]}); {apart}."
    elif where.alike:
        answer = f"{word}: alike at every intensity."
    elif len(where.bands) < 2:
        only = listed([_word(x) for x in where.bands])
        answer = f"Not known yet: all of it was {only}; ride at another intensity too."
    else:
        answer = f"{word}{more_rides(where.more, MOST_MORE)}."
    if where.sprints is None:
        return f"{answer} No sprint of 5 to 20 s so far."
    sprints = f"left {number(where.sprints.value, 1)} %, {bounds(where.sprints)}"
    return f"{answer} Sprints of 5 to 20 s: {sprints} ({count(where.sprint_rides, 'ride')})."


def _course(answers: RiderAnswers) -> Iterator[str]:
    course = answers.course
    if course is None:
        span = (answers.last_day - answers.first_day).days
        rides = f"{count(answers.rides, 'ride')} in {count(span, 'day')}"
        yield f"Not known yet: {rides}; {LEAST_RIDES} in {count(LEAST_DAYS // 7, 'week')} needed."
        return
    slope, word = course.slope, WORDS[course.verdict]
    if course.verdict == "unknown":
        reach = f"left {signed(slope.low)} to {signed(slope.high)} points a month"
        more = more_rides(course.rides_needed, MOST_MORE)
        yield f"Not known yet{more}: {reach} since {day(course.since)}."
        return
    better = (slope.value > 0) == (answers.size.level.value < 50.0)
    way = "more even" if better else "less even"
    if course.plateau is not None:
        plateau = course.plateau
        yield (
            f"{word}: {way}, towards left {number(plateau.value, 1)} % ({bounds(plateau)}), two thirds of the way in"
            f" {count(round(course.recovery_days or 0), 'day')}."
        )
        return
    low, high = sorted((abs(slope.low), abs(slope.high)))
    reach = at_most(low if slope.low * slope.high > 0 else 0.0, high)
    yield f"{word}: {way}, by {number(abs(slope.value), 1)} points a month, {reach}."
    if answers.until_even is not None:
        soonest, mean, latest = answers.until_even
        until = (
            f"not before {_month(soonest)}" if latest is None else f"{_month(soonest)} to {_month(latest)}"
        )
        yield f"Even about {_month(mean)}, {until}, at this rate."
    elif better:
        yield f"At this rate not even within {number(MOST_MONTHS / 12)} years."


def _month(when: date) -> str:
    return f"{MONTHS[when.month - 1]} {when.year}"


def _changes(answers: RiderAnswers) -> Iterator[str]:
    changes, unnoted = answers.changes, () if answers.course is None else answers.course.unnoted
    shown = changes[-_MOST_CHANGES:]
    yield from (f"{x.change.words} ({day(x.change.first_day)}): {_change(x)}." for x in shown)
    if len(changes) > len(shown):
        yield f"And {count(len(changes) - len(shown), 'earlier one')}."
    yield from map(of_unnoted, unnoted)
    if not changes:
        yield 'None noted. Add one with `legbal change add "left cleat 2° in" --date 2026-05-01`.'


def _change(answer: ChangeAnswer) -> str:
    if answer.effect is not None and answer.effect.certainty != "unknown":
        return f"{sized(answer.effect)} of left share"
    return not_shown(answer.effect, answer.before, answer.after, answer.more)


def _shows(shows: MeterShows) -> Iterator[str]:
    delays = [f"{points(depth)} within {duration(s)}" for depth, s in shows.delays if s is not None]
    missed = [points(depth) for depth, s in shows.delays if s is None]
    whose = "" if shows.own_noise else ", for a typical rider"
    if delays:
        yield f"It notices half of all sudden drops of {listed(delays)}{whose}."
    if missed:
        yield f"Drops of {missed[0]} are mostly missed."
    if lasting := of_lasting(shows):
        yield lasting


def of_lasting(shows: MeterShows) -> str:
    """Which lasting change more rides would show; nothing where that says nothing."""
    if shows.lasting is None or shows.lasting >= _TOO_LARGE:
        return ""
    return f"Ten more rides would show a lasting change of {points(shows.lasting)}."
