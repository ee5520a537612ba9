"""A meter's raw packets, kept in a file for a bug report, and the profile of an unknown meter drafted of them."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from legbal import config, paths
from legbal.app.meters import meter_named
from legbal.errors import CaptureError, DecodeError, ProfileError, SourceError, UsageError
from legbal.files import capture
from legbal.gatt.characteristics import clean_text, decode_text
from legbal.gatt.measurement import decode
from legbal.gatt.uuids import FEATURES, MANUFACTURER, MEASUREMENT, MODEL
from legbal.meters.probe import MeterProbe
from legbal.meters.profile import Profile, features_of
from legbal.meters.profile_file import parse
from legbal.present.profile_draft import draft
from legbal.present.text import printable
from legbal.ride.inputs import Input, Notification
from legbal.sources.replay import RecordedRide

MOST = 500_000  # 34 hours at 4 a second, a few minutes of a meter gone mad
NAMELESS = "meter"

# how a meter without a name is called: by its address, or on macOS by an identifier that the system made up
_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)


class Packets:
    """Notifications with seconds since the first one, and without addresses.

    Args:
        output: the file; None: one here that is named by meter and time.
        overwrite: whether a file that is there already may be replaced.

    Attributes:
        notifications: in order of arrival.

    Raises:
        CaptureError: the file could not be written: said before the recording, not after it.
    """

    def __init__(self, output: Path | None = None, *, overwrite: bool = False) -> None:
        if output is not None and output.exists() and not overwrite:
            raise CaptureError(
                f"{output} is there already", hint="Choose another name, or replace it with --overwrite."
            )
        if output is not None and not output.parent.is_dir():
            raise CaptureError(f"{output} cannot be written: there is no folder {output.parent}")
        self._output, self._overwrite = output, overwrite
        self.notifications: list[Notification] = []
        self._measurements = 0  # counted as they come: `text` is asked each second, in the radio's loop
        self._start = 0.0

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        others = len(self.notifications) - self._measurements
        return f"{self._measurements} measurements and {others} other packets in {seconds:.0f} s"

    @property
    def are_full(self) -> bool:
        """Whether no more are kept."""
        return len(self.notifications) >= MOST

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or self.are_full:
            return
        if not self.notifications:
            self._start = item.t
        self._measurements += item.uuid == MEASUREMENT
        self.notifications.append(
            msgspec.structs.replace(
                item,
                t=round(item.t - self._start, 6),
                meter=NAMELESS if _ADDRESS.fullmatch(item.meter) else item.meter,
            )
        )

    def write(self) -> Path:
        """Writes the file at once and whole; gives where. Raises SourceError where there is nothing to write."""
        if not self.notifications:
            raise SourceError(
                "nothing was recorded", hint="Turn the cranks to wake the meter, and try again."
            )
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.notifications[0].meter).strip("-") or NAMELESS
        path = self._output or Path(f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
        capture.write(path, self.notifications, overwrite=self._overwrite)
        return path


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
