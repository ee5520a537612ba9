"""The draft of a meter's profile, from what a recorded meter sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from legbal import paths
from legbal.errors import DecodeError, ProfileError, SourceError, UsageError
from legbal.gatt.characteristics import clean_text, decode_text
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import FEATURES, MANUFACTURER, MEASUREMENT, MODEL
from legbal.meters.identify import features_of
from legbal.meters.probe import MeterProbe
from legbal.present.profile import draft as written
from legbal.present.text import printable
from legbal.ride.inputs import Notification


def of_one_meter(
    sent: Sequence[Notification], meter: str | None, complain: Callable[[str], None]
) -> list[Notification]:
    """What one of the recorded meters sent: that of this name, else the one that sent most measurements."""
    counts = Counter(item.meter for item in sent if item.uuid == MEASUREMENT)
    names = ", ".join(printable(name) or "(no name)" for name in counts)
    if not counts:
        raise SourceError("no power meter's measurements were recorded")
    if meter is not None and meter not in counts:
        raise UsageError(f"no measurements of {meter!a} were recorded", hint=f"There are those of: {names}.")
    chosen = counts.most_common(1)[0][0] if meter is None else meter
    if meter is None and len(counts) > 1:
        complain(f"this is a draft for {printable(chosen)}; --meter names another of: {names}")
    return [item for item in sent if item.meter == chosen]


def draft_profile(sent: Sequence[Notification], complain: Callable[[str], None]) -> str:
    """The draft for the one meter that sent these."""
    observer, unreadable = MeterProbe(), 0
    values: dict[str, bytes] = {}
    for item in sent:
        values[item.uuid] = item.data
        if item.uuid == MEASUREMENT:
            try:
                observer.feed(item.t, decode(item.data))
            except DecodeError:
                unreadable += 1
    if unreadable:
        complain(f"measurements that cannot be decoded and were passed over: {unreadable}")
    return written(
        observer.seen(),
        advertised=clean_text(sent[0].meter),
        manufacturer=decode_text(values.get(MANUFACTURER, b"")),
        model=decode_text(values.get(MODEL, b"")),
        features=features_of(values.get(FEATURES)),
    )


def save_draft(profile_id: str, text: str) -> Path:
    """Puts a draft into the rider's folder, never over a file that is there; gives its path."""
    path = paths.profiles_folder() / f"{profile_id}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise ProfileError(
            f"{path} is there already", hint="Move it away, or draft without --save."
        ) from error
    except OSError as error:
        raise ProfileError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
