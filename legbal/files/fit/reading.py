"""FIT activity files as rides: every record becomes a notification that carries the record's own values.

Times are seconds since the first record. A file that ends early or is damaged is read as far as it goes, and says so.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import msgspec

from legbal.analysis.fit_dynamics import FIELDS, have_dynamics, lap_values
from legbal.analysis.fit_file import encode
from legbal.errors import FileFormatError
from legbal.files.fit import octets_of
from legbal.files.fit.columns import record_columns
from legbal.files.fit.messages import Message, Messages, is_date, is_time, name_of, read_messages, to_datetime
from legbal.files.fit.notes import MEMO_FIELDS, notes_in
from legbal.files.fit.records import NUMBERS, POSITION, Record, RecordReader, in_order, moments
from legbal.files.fit.whole_file import describe_device, meter_of, spans, whole_file, zone_of
from legbal.gatt.uuids import MANUFACTURER, MODEL
from legbal.ride.inputs import (
    FIT_FILE,
    FIT_LAP,
    FIT_RECORD,
    Input,
    Mark,
    Notification,
    PlannedStep,
    join_steps,
)

# FIT profile: sport.
_CYCLING = (2, 21)
_MAY_BE_CYCLING = (*_CYCLING, None, 0, 4, 10)
# FIT profile, sub_sport: of those that may be, what is none: on foot, rowing machine, elliptical, stairs, yoga …
_NO_CYCLING = (1, 2, 3, 4, 14, 15, 16, 17, 18, 19, 20, 26, 27, 43, 44, 45)

_MOST_SESSIONS = 100  # a triathlon has five
_MOST_A_SECOND = 10  # records, of which a head unit writes up to five
_DAY_S, _MOST_DAYS = 24 * 3600, 4

_AVERAGES = ("avg_power", "avg_cadence", *(f"avg_{name}" for name in FIELDS))
_FIELD_NAMES = {
    "file_id": ("manufacturer", "product", "product_name"),
    "device_info": (
        "device_index",
        "device_type",
        "manufacturer",
        "product",
        "product_name",
        "serial_number",
        "ant_device_number",
        "source_type",
    ),
    "workout_step": ("message_index", "intensity"),
    "record": ("timestamp", POSITION, *NUMBERS, *FIELDS),
    "lap": ("timestamp", "start_time", "lap_trigger", "wkt_step_index", *_AVERAGES),
    "session": (
        "timestamp",
        "start_time",
        "sport",
        "sub_sport",
        "start_position_lat",
        "threshold_power",
        "total_cycles",
        *_AVERAGES,
    ),
    "activity": ("timestamp", "local_timestamp"),
    "event": ("timestamp", "event", "data"),
    "memo_glob": MEMO_FIELDS,
    "zones_target": ("functional_threshold_power",),
}

# what a rider knows a field by
_IN_WORDS = {"power": "power", "left_right_balance": "balance", "cadence": "cadence"}


class FitRide(msgspec.Struct, frozen=True):
    """A ride read from a FIT file.

    Attributes:
        started: when, aware: in the zone of the file's own clock, or of this machine's where it names none. None where
            that clock was never set.
        meter: the power meter's label, or the head unit's where the file names no power meter.
        inputs: in order of time. First what the file says of the meter's maker and model, as device information.
        plan: the work steps of the workout that was ridden, in ride seconds.
    """

    started: datetime | None
    meter: str
    inputs: tuple[Input, ...]
    plan: tuple[PlannedStep, ...] = ()


def read(path: Path, complain: Callable[[str], None]) -> FitRide:
    """The ride in a FIT activity file.

    Args:
        path: the file, at most 64 MiB unpacked.
        complain: is told, in a sentence, what of the file could not be read, or is not in it; the rest is given.

    Raises:
        FileFormatError: the file cannot be read, is no FIT file, or holds no record of cycling or no power.
    """
    reader = RecordReader()
    messages, damage, unreadable, is_odd, files = read_messages(
        path, octets_of(path), _FIELD_NAMES, {"record": reader.read}, {"record": record_columns(reader)}
    )
    timeline = in_order(messages["record"], one_clock=files == 1)
    records, others = _cycling_records(path, messages, timeline.records)
    if not records:
        timeless = _count(timeline.left_out) + " without a time" if timeline.left_out else ""
        reasons = "; ".join(filter(None, (damage, timeless)))
        reason = f": {reasons}" if reasons else ", so it is no recorded ride"
        raise FileFormatError(
            f"{path}: holds no record of a ride{reason}", reason="damaged" if reasons else "no ride"
        )
    days = (records[-1].time - records[0].time) / _DAY_S
    if days > _MOST_DAYS:
        raise FileFormatError(f"{path}: its records lie {days:.0f} days apart, so they are of no one ride")
    in_time = list(moments(records))
    unread = _unread(unreadable + reader.unreadable, is_odd=is_odd)
    with_power = [record for _, record in in_time if (record.power_w or 0) > 0]
    if not with_power:
        reasons = "; ".join(filter(None, (damage, unread)))
        raise FileFormatError(
            f"{path}: has no power, so it says nothing about the legs{reasons and f' ({reasons})'}",
            reason="no power",
            hint="It takes a ride on a bicycle with a power meter.",
        )
    never_both = any(x.has_balance for x in records) and not any(x.has_balance for x in with_power)
    start, end = records[0].time, records[-1].time
    before, after, left_out = map(_count, (timeline.before, timeline.after, timeline.left_out))
    still = sum(n for n in Counter(record.time for _, record in in_time).values() if n > _MOST_A_SECOND)
    whole = "1 record is" if len(records) == 1 else f"{len(records)} records are"
    for holds, sentence in (
        (damage, f"{damage}; its {whole} read"),
        (others, f"left out {_count(len(timeline.records) - len(records))} of {others}"),
        (timeline.left_out, f"left out {left_out} whose time cannot be of this ride"),
        (timeline.before, f"its clock was set on the way, so {before} from before are read as just before"),
        (timeline.after, f"its clock was lost on the way, so {after} from after are read as just after"),
        (not is_date(start), "its clock was never set, so the file's own date is taken for the ride's end"),
        (still, f"its clock stood still for {_count(still)}, so how long they took is not known"),
        (unread, unread),
        (never_both, "holds balance only where it holds no power, so there is no share"),
    ):
        if holds:
            complain(f"{path}: {sentence}")
    device = meter_of(messages)
    cycling = [session for session in messages["session"] if _may_be_cycling(session)]
    label, maker, model = describe_device(device)
    label = label or "FIT file"
    # of several sessions nobody can tell whose record a position is
    has_position = reader.has_position and len(messages["session"]) <= 1
    about = whole_file(messages, cycling, device, start, end, has_position=has_position)
    plan = _plan(messages, start)
    notifications = [
        Notification(max(at - start, 0.0), record.data, FIT_RECORD, label) for at, record in in_time
    ]
    inputs: list[Input] = [
        # by which the meter's family is known
        *(
            Notification(0.0, text.encode(), uuid, label)
            for uuid, text in ((MANUFACTURER, maker), (MODEL, model))
            if text
        ),
        Notification(0.0, encode(about), FIT_FILE, label),
        *notifications,
        *_of_laps(messages, notifications, start, label),
        *_laps(messages, start, end, planned=bool(plan)),
        *notes_in(messages, start, end),
    ]
    inputs.sort(key=lambda item: item.t)
    started = to_datetime(start).astimezone(zone_of(messages)) if is_date(start) else None
    return FitRide(started, label, tuple(inputs), plan)


def _cycling_records(path: Path, messages: Messages, records: list[Record]) -> tuple[list[Record], str]:
    """The records of cycling: of a triathlon its bicycle part, of a run nothing; and what the others are, if any.

    Raises FileFormatError.
    """
    sessions = messages["session"]
    if len(sessions) > _MOST_SESSIONS:  # each record is looked for in each
        raise FileFormatError(f"{path}: holds more than {_MOST_SESSIONS} activities, which no ride does")
    cycling = [session for session in sessions if _may_be_cycling(session)]
    if sessions and not cycling:
        raise FileFormatError(f"{path}: holds no cycling, but {_sports(sessions)}", reason="no cycling")
    certain = [session for session in cycling if session.get("sport") in _CYCLING] or cycling
    stretches = list(spans(certain))
    if len(sessions) <= 1 or not stretches:  # of several, nobody can tell which record belongs to which
        return records, ""
    of_cycling = [r for r in records if any(start <= r.time <= end for start, end, _ in stretches)]
    others = [session for session in sessions if session not in certain]
    return of_cycling, "" if len(of_cycling) == len(records) else _sports(others) if others else "no session"


def _may_be_cycling(session: Message) -> bool:
    sport, kind = session.get("sport"), session.get("sub_sport")
    return sport in _CYCLING or (sport in _MAY_BE_CYCLING and kind not in _NO_CYCLING)


def _sports(sessions: list[Message]) -> str:
    *first, last = sorted({_sport(session).replace("_", " ") for session in sessions})
    return f"{', '.join(first)} and {last}" if first else last


def _sport(session: Message) -> str:
    """What was done, as the FIT profile names it: by the kind of a sport where the sport itself is as good as none."""
    table, number = "sport", session.get("sport")
    if number in _MAY_BE_CYCLING:
        table, number = "sub_sport", session.get("sub_sport")
    name = name_of(table, number)
    return "another sport" if name in ("", "all") else name


def _count(records: int) -> str:
    return "1 record" if records == 1 else f"{records} records"


def _unread(unreadable: Counter[tuple[str, str]], *, is_odd: bool) -> str | None:
    """That fields cannot be read, in a rider's words; which, where the share rests on them."""
    places = [
        f"its {word} in {_count(unreadable['record', name])}"
        for name, word in _IN_WORDS.items()
        if unreadable["record", name]
    ]
    if places or unreadable or is_odd:
        return f"{' and '.join(places) or 'some of its fields'} cannot be read; all else was read"
    return None


def _of_laps(
    messages: Messages, notifications: list[Notification], start: int, meter: str
) -> list[Notification]:
    """The cycling dynamics of the laps, or else of the session, where the records themselves have none."""
    last = notifications[-1].t
    for kind in ("lap", "session"):
        averages = []
        for start_time, end_time, lap in spans(messages[kind]):
            first, end = float(max(start_time - start, 0)), min(float(end_time - start), last)
            data = lap_values(lap, first, end) if first < end else None
            if data is not None:
                averages.append(Notification(end, data, FIT_LAP, meter))
        if averages:  # only now: most files have none, and looking through the records takes its time
            return [] if have_dynamics(notifications) else averages
    return []


def _laps(messages: Messages, start: int, end: int, *, planned: bool) -> Iterator[Mark]:
    """A mark where the rider pressed lap; those that the steps of a plan drew are in the plan."""
    for lap in messages["lap"][:-1]:  # the last ends with the ride
        at = lap.get("timestamp")
        pressed = lap.get("lap_trigger") == 0  # FIT profile: manual
        of_plan = planned and lap.get("wkt_step_index") is not None
        if pressed and not of_plan and is_time(at) and start <= at <= end:
            yield Mark(float(at - start), "lap")


def _plan(messages: Messages, start: int) -> tuple[PlannedStep, ...]:
    """The workout's work steps, when they were ridden: a head unit ends a lap with each step."""
    intensity = {
        step["message_index"]: step.get("intensity")
        for step in messages["workout_step"]
        if isinstance(step.get("message_index"), int)
    }
    laps = [
        # FIT profile, intensity: active, interval
        (start_time, end_time, intensity[lap["wkt_step_index"]] in (0, 5))
        for start_time, end_time, lap in spans(messages["lap"])
        if isinstance(lap.get("wkt_step_index"), int) and lap["wkt_step_index"] in intensity
    ]
    in_order = all(a[1] <= b[0] for a, b in pairwise(laps)) and all(begins < ends for begins, ends, _ in laps)
    if not in_order or all(work for _, _, work in laps):
        return ()  # steps that are all work say nothing about intervals
    return join_steps(
        PlannedStep(float(max(begins - start, 0)), float(ends - start))
        for begins, ends, work in laps
        if work and ends > start
    )
