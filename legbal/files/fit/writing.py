"""A ride as a FIT activity file: records once a second, a lap for each segment, balance as head units write it.

A record holds whole percents of the right leg with its flag set; laps and session hold work-weighted hundredths. Where
nobody knows which leg a meter names, the flag stays clear, so that no reader takes the number for more than it is.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import IO, Any, NamedTuple

from legbal import __version__
from legbal.analysis.fit_dynamics import FIELDS, FitDynamics
from legbal.analysis.fit_file import FitFile
from legbal.files.fit import developer
from legbal.files.fit.messages import Message, encode_file, from_datetime
from legbal.files.fit.notes import marker, memos
from legbal.ride.events import Alert, Lap
from legbal.ride.inputs import FIT_RECORD, Input, is_measured
from legbal.ride.resample import ResampledRide, Second, Segment, segment_of
from legbal.ride.share import Period

# FIT profile: file, manufacturer, sport, event, event_type, lap_trigger, session_trigger, intensity, source_type.
_IS_ACTIVITY, _DEVELOPMENT, _CYCLING = 4, 255, 2
_TIMER, _ON_SESSION, _ON_LAP, _ON_ACTIVITY = 0, 8, 9, 26
_START, _STOP, _STOP_ALL = 0, 1, 4
_MANUAL, _SESSION_END, _ACTIVITY_END = 0, 7, 0
# event, rider_position_change; event_type, marker; rider_position_type: standing, then seated
_POSITION_CHANGE, _MARKER, _POSITIONS = 44, 3, (1, 0)
_ACTIVE, _REST = 0, 1
_BLUETOOTH, _BIKE_POWER = 3, 11

_RIGHT, _RIGHT_100 = 0x80, 0x8000
_FASTEST_RPM = 254

# A head unit records every second, also while the cranks rest, unless it is paused. One that leaves out the seconds in
# which little changes ("smart recording") leaves out no more than these.
_EACH_SECOND_S, _SMART_S = 3.0, 30.0

_NO_FILE = FitFile()
_NO_ALERTS: Mapping[int, Alert] = {}


class RecordedSpan(NamedTuple):
    """A span without a pause, in whole ride seconds; one at which only one record lies has no length."""

    start: int
    stop: int


def recorded_spans(
    inputs: Iterable[Input], end: int, pauses: Iterable[Period] = ()
) -> tuple[RecordedSpan, ...]:
    """The spans of a ride in which its power was recorded, in order; of a ride without any, all of it.

    Args:
        inputs: of the whole ride, in order.
        end: of the ride, whole seconds.
        pauses: the rider's own, in order: what was recorded in them is left out.
    """
    spans = _without_silence(inputs, end)
    for pause in pauses:
        over = end if pause.until_s is None else math.ceil(pause.until_s)
        spans = [part for run in spans for part in _without(run, math.ceil(pause.since_s), over)]
    return tuple(spans) or (RecordedSpan(0, 0),)


def _without(run: RecordedSpan, begin: int, over: int) -> list[RecordedSpan]:
    """What a pause leaves of a span; one within a second all of it."""
    if over <= begin or over <= run.start or run.stop <= begin:
        return [run]
    return [x for x in (RecordedSpan(run.start, begin), RecordedSpan(over, run.stop)) if x.start < x.stop]


def _without_silence(inputs: Iterable[Input], end: int) -> list[RecordedSpan]:
    measurements = list(filter(is_measured, inputs))
    if not measurements:
        return [RecordedSpan(0, end)]
    longest = 60.0  # a meter may be silent on a descent, or out of reach for a moment: the rider rides on
    first_second: Callable[[float], int] = math.floor
    if any(x.uuid == FIT_RECORD for x in measurements):
        steps = sorted(after.t - before.t for before, after in pairwise(measurements))
        is_smart = bool(steps) and steps[int(0.9 * len(steps))] > 1
        longest, first_second = _SMART_S if is_smart else _EACH_SECOND_S, math.ceil
    start = 0 if measurements[0].t <= longest else first_second(measurements[0].t)
    spans: list[RecordedSpan] = []
    for before, after in pairwise(x.t for x in measurements):
        if after - before > longest:
            spans.append(RecordedSpan(start, min(end, math.ceil(before))))
            start = first_second(after)
    last = measurements[-1].t
    spans.append(RecordedSpan(start, end if end - last <= longest else math.ceil(last)))
    return spans


def _timed_s(timer: Sequence[RecordedSpan], start: int, stop: int) -> int:
    return sum(max(0, min(stop, run.stop) - max(start, run.start)) for run in timer)


def write(
    file: IO[bytes],
    ride: ResampledRide,
    started: datetime,
    meter: str,
    dynamics: Mapping[int, FitDynamics],
    timer: Sequence[RecordedSpan],
    tell: Callable[[int], None] = lambda _: None,
    *,
    about: FitFile = _NO_FILE,
    notes: Sequence[tuple[float, str]] = (),
    alerts: Mapping[int, Alert] = _NO_ALERTS,
) -> None:
    """Writes a ride to a binary file.

    Args:
        file: where to.
        ride: its seconds, all or those that were recorded; each stands for those before it that are not there.
        started: its second 0, aware.
        meter: what the power meter is called.
        dynamics: by ride second, where another FIT file told them; they are written as they were read.
        timer: when it ran, in order: at least once. Between its spans nothing is written.
        tell: is called with 1 for each second, for a progress bar.
        about: FTP, and what the head unit that recorded it said of the whole ride.
        notes: ride seconds, in order, and what the rider wrote.
        alerts: by ride second, the one that holds as it ends.

    Raises:
        FileFormatError: a value or the date cannot be told in a FIT file.
    """
    first = from_datetime(started)
    last = first + ride.segments[-1].end
    messages: list[tuple[str, Message]] = []

    def put(name: str, **fields: Any) -> None:
        messages.append((name, fields))

    right = ride.view.reference != "unknown"
    ran = {second for run in timer for second in range(run.start, run.stop + 1)}
    # what would stand until the next revolution does not stand through a pause
    seconds = [x if x.t in ran else Second(x.t, None, None, None) for x in ride.seconds]
    starts, stops = {run.start for run in timer}, {run.stop for run in timer[:-1]}
    weights = {x.t: 1 if x.t in starts else x.t - before.t for before, x in pairwise(seconds)}
    _head(put, first, meter)
    moments = _moments(about, notes, first)
    for second in seconds:
        while moments and moments[-1]["timestamp"] < first + second.t:
            put("event", **moments.pop())
        if second.t in starts:
            put("event", timestamp=first + second.t, event=_TIMER, event_type=_START)
        if second.power_w is not None:
            put(
                "record",
                timestamp=first + second.t,
                **_record(second, right, dynamics.get(second.t, {})),
                **{developer.DEVELOPER: developer.values(second, alerts.get(second.t))},
            )
        if second.t in stops:
            put("event", timestamp=first + second.t, event=_TIMER, event_type=_STOP_ALL)
        tell(1)
    for moment in reversed(moments):
        put("event", **moment)
    put("event", timestamp=first + timer[-1].stop, event=_TIMER, event_type=_STOP_ALL)
    for memo in memos(text for _, text in notes):
        put("memo_glob", **memo)
    laps, pressed = _laps(ride, about)
    for index, segment in enumerate(laps):
        put(
            "lap",
            message_index=index,
            timestamp=first + segment.end,
            start_time=first + segment.start,
            event=_ON_LAP,
            event_type=_STOP,
            lap_trigger=_SESSION_END if segment is laps[-1] else _MANUAL if segment.end in pressed else None,
            intensity=_REST if segment.number is None and any(x.number for x in laps) else _ACTIVE,
            sport=_CYCLING,
            **_summary(seconds, weights, segment, timer, right),
        )
    put(
        "session",
        message_index=0,
        timestamp=last,
        start_time=first,
        event=_ON_SESSION,
        event_type=_STOP,
        trigger=_ACTIVITY_END,
        sport=_CYCLING,
        sub_sport=about.sub_sport,
        threshold_power=about.ftp_w,
        total_cycles=about.turns,
        first_lap_index=0,
        num_laps=len(laps),
        **_summary(seconds, weights, Segment(0, last - first, None, ride.view.ride), timer, right),
    )
    put(
        "activity",
        timestamp=last,
        local_timestamp=last + round((started.utcoffset() or timedelta()).total_seconds()),
        total_timer_time=_timed_s(timer, 0, last - first),
        num_sessions=1,
        type=0,
        event=_ON_ACTIVITY,
        event_type=_STOP,
    )
    file.write(encode_file(messages))


def _laps(ride: ResampledRide, about: FitFile) -> tuple[Sequence[Segment], set[int]]:
    """The laps to write, and when lap was pressed, ride seconds.

    They are those of the head unit that recorded it. Of a ride without any, or with one alone, they are its intervals
    and what lies between them; where no head unit's records tell them, or a plan drew them, it is as if lap had been
    pressed for each, so that they are intervals again.
    """
    pressed = {round(x.t) for x in ride.events if isinstance(x, Lap)}
    planned = any(x.by == "plan" for x in ride.view.intervals)
    if len(about.laps) > 1 and not planned:
        return [segment_of(ride.rows, round(start), round(end)) for start, end in about.laps], pressed
    laps = []
    for whole in ride.segments:
        inner = sorted(t for t in pressed if whole.start < t < whole.end)
        bounds = [whole.start, *inner, whole.end]
        laps += [segment_of(ride.rows, a, b, whole.number) for a, b in pairwise(bounds)] if inner else [whole]
    return laps, pressed if about.laps and not planned else {x.end for x in laps}


def _moments(about: FitFile, notes: Sequence[tuple[float, str]], first: int) -> list[Message]:
    """Events that lie in between: the rider stands or sits, something was noted; the last first."""
    stands = [(t, position) for span in about.standing for t, position in zip(span, _POSITIONS, strict=True)]
    moments = [
        {
            "timestamp": first + round(t),
            "event": _POSITION_CHANGE,
            "event_type": _MARKER,
            "data": position,
        }
        for t, position in stands
    ]
    moments += [marker(first + round(t)) for t, _ in notes]
    return sorted(moments, key=itemgetter("timestamp"))[::-1]


def _head(put: Callable[..., None], first: int, meter: str) -> None:
    version = [int(part) for part in __version__.split(".")[:2]]
    put(
        "file_id",
        type=_IS_ACTIVITY,
        manufacturer=_DEVELOPMENT,
        product=0,
        time_created=first,
        product_name="legbal",
    )
    put("file_creator", software_version=100 * version[0] + version[1])
    developer.describe(put)
    put(
        "device_info",
        timestamp=first,
        device_index=0,
        manufacturer=_DEVELOPMENT,
        product=0,
        product_name="legbal",
        software_version=version[0] + version[1] / 100,
    )
    # on one line, and in UTF-8 no more than 60 octets
    octets = "".join(filter(str.isprintable, meter)).encode("utf-8", "ignore")[:60]
    name = octets.decode("utf-8", "ignore").strip()
    if name:
        put(
            "device_info",
            timestamp=first,
            device_index=1,
            device_type=_BIKE_POWER,
            source_type=_BLUETOOTH,
            product_name=name,
        )


def _record(second: Second, right: bool, by_column: FitDynamics) -> Message:
    """A record's values; power cannot be negative, and a cadence that it cannot hold is none.

    Of its cycling dynamics a phase is a tuple of its start and end, of which a FIT file never has only one.
    """
    rpm = second.cadence_rpm
    stated = {field: columns for field, columns in FIELDS.items() if columns[0] in by_column}
    return {
        "power": round(max(second.power_w or 0.0, 0.0)),
        "cadence": None if rpm is None or rpm > _FASTEST_RPM else round(rpm),
        "left_right_balance": _balance(second.left_percent, right, 1, _RIGHT),
        "heart_rate": None if second.heart_rate_bpm is None else round(second.heart_rate_bpm),
        **{field: itemgetter(*columns)(by_column) for field, columns in stated.items()},
    }


def _balance(left: float | None, right: bool, per_percent: int, flag: int) -> int | None:
    """A balance in whole numbers, so many a percent; flagged where the number is known to be the right leg's."""
    if left is None:
        return None
    return flag | round(per_percent * (100 - left)) if right else round(per_percent * left)


def _summary(
    seconds: list[Second],
    weights: Mapping[int, int],
    segment: Segment,
    timer: Sequence[RecordedSpan],
    right: bool,
) -> Message:
    within = [second for second in seconds if segment.start < second.t <= segment.end]
    work = {x.t: max(x.power_w, 0.0) * weights.get(x.t, 1) for x in within if x.power_w is not None}
    timed = sum(weights.get(t, 1) for t in work)
    turning = [second.cadence_rpm for second in within if second.cadence_rpm]
    rpm = round(sum(turning) / len(turning)) if turning else None
    bpm = [second.heart_rate_bpm for second in within if second.heart_rate_bpm is not None]
    return {
        "total_elapsed_time": float(segment.end - segment.start),
        "total_timer_time": float(_timed_s(timer, segment.start, segment.end)),
        "avg_power": round(sum(work.values()) / timed) if timed else None,
        "max_power": max((round(max(x.power_w, 0.0)) for x in within if x.power_w is not None), default=None),
        "avg_cadence": rpm if rpm is None or rpm <= _FASTEST_RPM else None,
        "avg_heart_rate": round(sum(bpm) / len(bpm)) if bpm else None,
        "max_heart_rate": round(max(bpm)) if bpm else None,
        "total_work": round(sum(work.values())),
        "left_right_balance": _balance(segment.share.left_percent, right, 100, _RIGHT_100),
    }
