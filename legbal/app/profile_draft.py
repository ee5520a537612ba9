"""The profile of a meter that legbal does not know yet, drafted of a ride on it and kept."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from legbal import config, paths
from legbal.app.meters import meter_named
from legbal.errors import DecodeError, ProfileError, SourceError, UsageError
from legbal.gatt.characteristics import clean_text, decode_text
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import FEATURES, MANUFACTURER, MEASUREMENT, MODEL
from legbal.meters.identify import features_of
from legbal.meters.probe import MeterProbe
from legbal.meters.profile import Profile
from legbal.meters.profile_file import parse
from legbal.present.profile_draft import draft
from legbal.present.text import printable
from legbal.ride.inputs import Notification
from legbal.sources.replay import RecordedRide


def draft_profile(recorded: RecordedRide, meter: str | None, complain: Callable[[str], None]) -> str:
    """The draft's text, of what the meter was seen to do.

    Args:
        recorded: the ride, whole.
        meter: the rider's name for the meter; None: the one that sent most.
        complain: is told which other meters there are, and what was passed over.

    Raises:
        SourceError: no power meter was recorded.
        UsageError: not that one; or the ride comes in as it goes.
    """
    if recorded.more is not None:
        raise UsageError("a draft is written of a whole ride", hint="Save standard input to a file first.")
    named = None if meter is None else meter_named(meter, config.load())
    notifications = [x for x in recorded.inputs if isinstance(x, Notification)]
    sent = _of_one_meter(notifications, named, complain)
    probe, unreadable = MeterProbe(), 0
    values = {item.uuid: item.data for item in sent}
    for item in sent:
        if item.uuid == MEASUREMENT:
            try:
                probe.feed(item.t, decode(item.data))
            except DecodeError:
                unreadable += 1
    if unreadable:
        complain(f"measurements that cannot be decoded and were passed over: {unreadable}")
    return draft(
        probe.report(),
        advertised=clean_text(sent[0].meter),
        manufacturer=decode_text(values.get(MANUFACTURER, b"")),
        model=decode_text(values.get(MODEL, b"")),
        features=features_of(values.get(FEATURES)),
    )


def _of_one_meter(
    sent: Sequence[Notification], meter: str | None, complain: Callable[[str], None]
) -> list[Notification]:
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


def save_profile(text: str) -> tuple[Path, Profile]:
    """Keeps a draft among the rider's own profiles, where it holds at once; ProfileError where it cannot be."""
    profile = parse(text, "the draft")
    path = paths.profiles_folder() / f"{profile.id}.toml"
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
    return path, profile
