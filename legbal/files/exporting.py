"""A ride in every format that it can be written in, by the format's name."""

import csv
import io
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import IO, Any, Literal, get_args

import msgspec

from legbal.analysis import fit_dynamics
from legbal.analysis.fit_file import FitFile, find_file
from legbal.analysis.retrospect import in_retrospect
from legbal.files import capture
from legbal.files.parquet import parquet_table
from legbal.meters.limits import RemarkOrText
from legbal.ride.alerts import KINDS
from legbal.ride.events import Alert, Lap, ended_alerts
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup
from legbal.ride.resample import ResampledRide, resample
from legbal.ride.view import RideView

Format = Literal["fit", "csv", "parquet", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)

Dynamics = Mapping[int, fit_dynamics.FitDynamics]

# column → the type of its values, as `parquet_table` takes it
COLUMNS: dict[str, type | Literal["int32"]] = {
    "second": "int32",
    "time": datetime,
    "power_w": float,
    "cadence_rpm": float,
    "left_percent": float,
    "interval": "int32",
    **dict.fromkeys(fit_dynamics.COLUMNS, float),
    "right_percent": float,
    "left_w": float,
    "right_w": float,
    "usual_percent": float,
    "alert": str,
    "alert_side": str,
    "lap": "int32",
    "note": str,
    "heart_rate_bpm": "int32",
}


def steps(kind: Format, inputs: Sequence[Input]) -> int:
    """How often about `write` will call `tell`: once a second for folding, for FIT once more for writing."""
    seconds = int(inputs[-1].t) + 1 if inputs else 1
    return {"jsonl": 1, "fit": 2 * seconds}.get(kind, seconds)


def write(
    file: IO[bytes],
    kind: Format,
    inputs: Sequence[Input],
    setup: Setup,
    started: datetime,
    tell: Callable[[int], None] = lambda _: None,
    later: Sequence[tuple[float, str]] = (),
) -> tuple[RemarkOrText, ...]:
    """Writes a ride: its raw packets (jsonl; what the rider pressed has no place in a capture), or its seconds.

    Gives what bounds the numbers written, as the ride's summary has it.

    Args:
        file: where to, binary.
        kind: the format.
        inputs: of the whole ride, in order.
        setup: what it was ridden with; a capture needs none.
        started: its second 0, aware.
        tell: is called with 1 for each step done, for a progress bar.
        later: notes that were made after the ride, ride seconds and texts.

    Raises:
        FileFormatError: the format cannot hold the ride, or what writes it is not installed.
    """
    if kind == "jsonl":
        file.writelines(capture.line(item) for item in inputs if isinstance(item, Notification))
        if os.utime in os.supports_fd:
            with suppress(OSError, ValueError):  # standard output, or a file that has no descriptor
                file.flush()
                ended = (started + timedelta(seconds=inputs[-1].t if inputs else 0.0)).timestamp()
                os.utime(file.fileno(), (ended, ended))  # only there can a capture say when it was ridden
        return ()
    whole = resample(setup, inputs, tell)
    ride = only_recorded(whole, inputs)
    dynamics = fit_dynamics.by_second(inputs, swap_sides=setup.swap_sides)
    notes = sorted([*whole.view.notes, *later])
    match kind:
        case "fit":
            # Its library takes 90 ms to load, which other formats need not wait for.
            from legbal.files.fit import writing

            writing.write(
                file,
                ride,
                started,
                ride.view.meter_name,
                dynamics,
                writing.recorded_spans(inputs, ride.segments[-1].end, ride.view.pauses),
                tell,
                about=_about(inputs, setup),
                notes=notes,
                alerts=_alerts_by_second(ride),
            )
        case "csv":
            write_csv(file, rows(ride, started, dynamics, notes))
        case "parquet":
            write_parquet(file, rows(ride, started, dynamics, notes), ride.view)
    return in_retrospect(whole.view, whole.events, [x.power_w or 0.0 for x in whole.seconds])


def _about(inputs: Sequence[Input], setup: Setup) -> FitFile:
    """What the head unit said of the whole ride; its FTP is the one that holds for it."""
    ftp_w = setup.stated_ftp_w
    return msgspec.structs.replace(find_file(inputs), ftp_w=None if ftp_w is None else round(ftp_w))


def only_recorded(ride: ResampledRide, inputs: Sequence[Input]) -> ResampledRide:
    """A ride of a FIT file with the seconds that its head unit recorded; any other with all.

    Some leave out seconds in which little changes. What would stand in them until the next is not what was recorded.
    """
    recorded = {ceil(x.t) for x in inputs if isinstance(x, Notification) and x.uuid == FIT_RECORD}
    if not recorded:
        return ride
    return msgspec.structs.replace(ride, seconds=[x for x in ride.seconds if x.t in recorded])


def rows(
    ride: ResampledRide, started: datetime, dynamics: Dynamics, notes: Sequence[tuple[float, str]] = ()
) -> Iterator[dict[str, Any]]:
    """The seconds of a ride, column → value, None where nothing is known.

    A second belongs to the interval, the lap and the alert in which it ends, and a note to the second in which it was
    made, or the next that is there. Each leg's watts are its share of the power of both; `usual_percent` is the left
    share that is usual at that power.

    Args:
        ride: every second of it.
        started: its second 0, aware; times are in UTC.
        dynamics: by ride second, where a FIT file told them.
        notes: ride seconds, and what the rider wrote.
    """
    noted = _notes_by_second(ride, notes)
    number = {
        t: segment.number for segment in ride.segments for t in range(segment.start + 1, segment.end + 1)
    }
    laps, held = [x.t for x in ride.events if isinstance(x, Lap)], _alerts_by_second(ride)
    first = started.astimezone(UTC).replace(microsecond=0)
    for x in ride.seconds:
        alert = held.get(x.t)
        right = None if x.left_percent is None else 100 - x.left_percent
        values: dict[str, float | str | None] = {
            "power_w": x.power_w,
            "cadence_rpm": x.cadence_rpm,
            "left_percent": x.left_percent,
            "interval": number.get(x.t),
            **{name: dynamics.get(x.t, {}).get(name) for name in fit_dynamics.COLUMNS},
            "right_percent": right,
            "left_w": _part_of(x.power_w, x.left_percent),
            "right_w": _part_of(x.power_w, right),
            "usual_percent": x.usual_percent,
            "alert": None if alert is None else alert.kind,
            "alert_side": None if alert is None else alert.side,
            "lap": bisect_left(laps, x.t) + 1 if laps else None,
            "note": noted.get(x.t),
            "heart_rate_bpm": None if x.heart_rate_bpm is None else round(x.heart_rate_bpm),
        }
        rounded = {name: round(v, 2) if isinstance(v, float) else v for name, v in values.items()}
        yield {"second": x.t, "time": first + timedelta(seconds=x.t), **rounded}


def _notes_by_second(ride: ResampledRide, notes: Sequence[tuple[float, str]]) -> dict[int, str]:
    """What was noted, by the second that is there; several of one second together."""
    seconds, noted = [x.t for x in ride.seconds], dict[int, str]()
    for t, text in notes if seconds else ():
        second = seconds[min(bisect_left(seconds, t), len(seconds) - 1)]
        noted[second] = "; ".join(filter(None, (noted.get(second), text)))
    return noted


def _part_of(power_w: float | None, percent: float | None) -> float | None:
    return None if power_w is None or percent is None else power_w * percent / 100


def _alerts_by_second(ride: ResampledRide) -> dict[int, Alert]:
    """The alert that holds as a second ends; of several that of the kind with the lowest rank, as on the screen."""
    held: dict[int, Alert] = {}
    ended = ended_alerts(ride.events)
    for alert, clear in sorted(ended, key=lambda x: KINDS[x[0].kind].rank, reverse=True):
        end_s = ride.view.t if clear is None else clear.over_s
        held |= dict.fromkeys(range(ceil(alert.t), floor(end_s) + 1), alert)
    return held


def write_csv(file: IO[bytes], seconds: Iterable[dict[str, Any]]) -> None:
    """Writes `rows` to a binary file as comma-separated values, UTF-8; what is not known is left empty."""
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    lines.writerows(
        row | {"time": f"{row['time']:%Y-%m-%dT%H:%M:%SZ}", "note": _no_formula(row["note"])}
        for row in seconds
    )
    text.detach()


def _no_formula(text: str | None) -> str | None:
    """A note, which may come from a broker, as no spreadsheet works it out."""
    return f"'{text}" if text and text[0] in "=+-@" else text


def write_parquet(file: IO[bytes], seconds: Iterable[dict[str, Any]], view: RideView) -> None:
    """Writes `rows` to a binary file as a Parquet table; what is not known is null.

    Its metadata say what the balance is (`balance`, `reference`) and on which meter (`meter`).

    Raises:
        FileFormatError: pyarrow is missing.
    """
    about = {"balance": view.balance, "reference": view.reference, "meter": view.meter_name}
    with parquet_table(file, COLUMNS, about) as put:
        put(seconds)
