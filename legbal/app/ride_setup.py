"""With what a ride is ridden: settings, the meter's profile, what is remembered of it, and what earlier rides teach.

Those say what is usual, and what their power says of FTP.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import compress, islice
from operator import itemgetter
from pathlib import Path

import msgspec

from legbal.app.derivation import Derivation, DerivedValue, LibraryRide
from legbal.app.meters import profile_of, remembered_meter
from legbal.config import Settings
from legbal.errors import FileFormatError, LegbalError, LibraryError
from legbal.gatt import uuids
from legbal.library.derived import names_left, version
from legbal.library.rides import Library, RideRow
from legbal.library.same_meters import names_of
from legbal.present.sentences import say
from legbal.ride.baseline import RideSample
from legbal.ride.baseline_fit import learn
from legbal.ride.ftp import FtpContribution, estimate_from_power, from_rides
from legbal.ride.inputs import Input, Notification, Setup, Side, is_heart_rate
from legbal.ride.meter_fault import level_of
from legbal.ride.one_sided import named_side
from legbal.ride.ride import Ride
from legbal.ride.share import at_most_common_level
from legbal.sources.recorded_ride import RecordedRide, open_ride

# 0x2A65 of a device that says that it is one of a pair, and has no balance
_HALF = (2 << 20).to_bytes(4, "little")
MOST_RIDES = 20
"""So many earlier rides teach, the newest; what a leg did a year ago is not usual any more."""


def live_setup(settings: Settings, options: Mapping[str, object], inputs: Sequence[Input]) -> Setup:
    """The setup of a ride on the meter that sends, but for its history.

    Args:
        settings: what holds for every ride.
        options: what was typed for this one, by a setting's name: it goes before what is remembered of the meter; and
            `headless` and `events`.
        inputs: what the meter sent up to its first measurement.
    """
    setup = _of_meter(settings, options, inputs)
    setup = msgspec.structs.replace(setup, share_shown=_share_shown(settings, options))
    return setup if settings.pair is None else paired(setup, settings.pair, inputs)


def _share_shown(settings: Settings, options: Mapping[str, object]) -> bool | None:
    """Whether the rider sees the share; None where a program that reads the ride may show it, or nobody said."""
    if options.get("events") or "headless" not in options:
        return None
    if not options["headless"]:
        return True
    return False if settings.mqtt.url is None and settings.page == "off" else None


def with_history(setup: Setup, inputs: Sequence[Input]) -> Setup:
    """The setup of `live_setup` for these inputs, with what the earlier rides in the library teach."""
    try:
        with Library() as library:
            return learn_from_library(library, _meter(inputs), datetime.now(UTC), setup)
    except LibraryError:  # the recorder meets it too, and tells; a ride needs no history
        return setup


def replay_setup(
    recorded: RecordedRide,
    settings: Settings,
    options: Mapping[str, object],
    folder: Path | None,
    plan: Path | None,
    complain: Callable[[str], None],
    inputs: Sequence[Input],
) -> Setup:
    """The setup that a recorded ride was ridden with, but for what was typed now.

    Args:
        recorded: the ride.
        settings: what holds where neither the ride nor its sidecar says otherwise.
        options: what was typed, by a setting's name.
        folder: the rider's history; None: the one that the ride was ridden with.
        plan: the workout that was ridden.
        complain: is told of files that cannot be read.
        inputs: its own, or the first of them up to a measurement.
    """
    setup = recorded.setup_for(_of_meter(settings, options, inputs), inputs)
    setup = overridden(setup, options)
    if setup.pair is not None and options.get("left_meter") is not None:
        setup = paired(setup, setup.pair, inputs)
    if plan is not None:
        from legbal.files.workout import read_plan  # with XML, which few rides need

        try:
            setup = msgspec.structs.replace(setup, plan=read_plan(plan, setup.stated_ftp_w, complain))
        except FileFormatError as error:
            complain(say("plan.left_out", problem=error, hint=f" {error.hint}" if error.hint else ""))
            setup = msgspec.structs.replace(setup, plan=())
    return setup if folder is None else learn_from_folder(folder, setup, complain)


def _of_meter(settings: Settings, options: Mapping[str, object], inputs: Sequence[Input]) -> Setup:
    """The setup on the meter that sent `inputs`, with what the rider once said of that meter.

    What is typed now about its sides stands in place of that.
    """
    profile = profile_of(inputs)
    remembered = remembered_meter(_meter(inputs))
    setup = settings.setup(profile=profile)
    if options.get("swap_sides") is None:
        setup = msgspec.structs.replace(setup, swap_sides=setup.swap_sides or remembered.swap_sides)
    if options.get("assume_left") is None and profile.reference == "flag":
        if remembered.reference == "right":
            profile = msgspec.structs.replace(profile, reference="right")
        setup = msgspec.structs.replace(
            setup, profile=profile, assume_left=setup.assume_left or remembered.reference == "left"
        )
    return setup


def paired(setup: Setup, pair: tuple[str, str], inputs: Sequence[Input]) -> Setup:
    """The setup with two one-sided meters, and which of them double their leg, as far as `inputs` and names tell."""
    doubled: list[Side] = []
    sides: tuple[Side, Side] = ("left", "right")
    for side, typed in zip(sides, pair, strict=True):
        values = [x for x in inputs if isinstance(x, Notification) and named_side(pair, x.meter) == side] or [
            Notification(0.0, b"", meter=typed)
        ]
        family = profile_of(values)
        if family.peripherals == 1:  # of families that share a name, a half is one without a balance
            family = profile_of([Notification(0.0, _HALF, uuids.FEATURES, values[0].meter), *values])
        if family.kind == "doubled":
            doubled.append(side)
    return msgspec.structs.replace(setup, pair=pair, doubled=tuple(doubled))


def _meter(inputs: Sequence[Input]) -> str:
    sent = (x for x in reversed(inputs) if isinstance(x, Notification) and not is_heart_rate(x))
    return next((item.meter for item in sent), "")


_OF_SETUP = {
    "ftp": "ftp_w",
    "weak_leg": "weak_leg",
    "sensitivity": "sensitivity",
    "swap_sides": "swap_sides",
    "assume_left": "assume_left",
}
_OF_RULE = {
    "target": "target_percent",
    "margin": "margin_points",
    "window": "window_s",
    "threshold_when": "when",
}


def overridden(setup: Setup, options: Mapping[str, object]) -> Setup:
    """A kept ride's own setup, but for what was typed now."""
    typed = {name: value for name, value in options.items() if value is not None}
    rule = {field: typed[name] for name, field in _OF_RULE.items() if name in typed}
    own = {field: typed[name] for name, field in _OF_SETUP.items() if name in typed}
    if "left_meter" in typed and "right_meter" in typed:
        own["pair"] = (typed["left_meter"], typed["right_meter"])
    threshold = msgspec.structs.replace(setup.threshold, **rule)
    # where nobody stated how far a leg may be below when the alert goes, that follows the margin
    stated = setup.threshold.clear_points != setup.threshold.margin_points / 3
    clear = min(threshold.clear_points, threshold.margin_points) if stated else threshold.margin_points / 3
    threshold = msgspec.structs.replace(threshold, clear_points=clear)
    return msgspec.structs.replace(setup, threshold=threshold, **own)


class RideContribution(msgspec.Struct, frozen=True):
    """What one ride teaches: its pedalling without its drop-offs, and what its power says of FTP."""

    sample: RideSample
    ftp: FtpContribution


def contribution(setup: Setup, inputs: Iterable[Input]) -> RideContribution:
    """What one ride teaches; judged without history, so that order does not matter."""
    ride = Ride(msgspec.structs.replace(setup, baseline=None, earlier_ftp_w=None))
    for item in inputs:
        ride.feed(item)
    return RideContribution(ride.usual.taught.sample(), ride.intervals.estimate.contribution)


def with_contributions(
    setup: Setup,
    rides: Sequence[RideContribution],
    started: Sequence[datetime | None] = (),
    last_stated_w: float | None = None,
) -> Setup:
    """The setup with what these rides teach.

    Args:
        setup: of the ride that asks.
        rides: before it.
        started: when each of them was ridden; where that is not known of all they come in order, the newest last.
        last_stated_w: FTP as it was stated last, on whatever meter; None: never, or only on these rides.
    """
    shown = [x.ftp for x in _by_date(rides, started)]
    if last_stated_w is not None:
        shown.append(FtpContribution(last_stated_w, 0.0, None))
    teaches = at_most_common_level([level_of(x.sample) for x in rides])
    samples = list(compress([x.sample for x in rides], teaches))
    # it takes 3 rides of half an hour to doubt a stated FTP
    earlier = from_rides(shown) if setup.stated_ftp_w is None else estimate_from_power(shown, 3)
    return msgspec.structs.replace(
        setup,
        # at another level than the others the meter was wrong throughout, which that ride alone does not show
        baseline=learn(samples, setup.stated_ftp_w or earlier, _ages(list(compress(started, teaches)))),
        earlier_ftp_w=earlier,
    )


def _by_date(
    rides: Sequence[RideContribution], started: Sequence[datetime | None]
) -> Sequence[RideContribution]:
    """The earliest first."""
    dated = [x for x in started if x is not None]
    if not dated or len(dated) < len(rides):
        return rides
    return [ride for _, ride in sorted(zip(dated, rides, strict=True), key=itemgetter(0))]


def _ages(started: Sequence[datetime | None]) -> list[float] | None:
    """How many days ago rides were, the day after the newest of them."""
    dated = [x for x in started if x is not None]
    if not dated or len(dated) < len(started):
        return None
    return [1 + (max(dated) - x) / timedelta(days=1) for x in dated]


CONTRIBUTION = DerivedValue[RideContribution](
    "contribution",
    lambda ride: contribution(ride.setup, ride.inputs()),
    msgspec.msgpack.encode,
    msgspec.msgpack.Decoder(RideContribution).decode,
    "lesson",
)


def learn_from_folder(folder: Path, setup: Setup, complain: Callable[[str], None]) -> Setup:
    """The setup with what the captures and FIT files of a folder teach.

    Args:
        folder: its files *.jsonl and *.fit are one ride each.
        setup: of the ride that asks; a capture's sidecar overrides its FTP and plan for that capture.
        complain: is told of files that cannot be read; the others are used.
    """
    rides, started = [], []
    for path in sorted(x for x in folder.iterdir() if x.suffix.lower() in (".jsonl", ".fit")):
        try:
            recorded = open_ride(str(path), complain)
            inputs = list(recorded.inputs)
            rides.append(contribution(recorded.setup_for(setup, inputs), inputs))
            started.append(recorded.started)
        except LegbalError as error:
            complain(str(error))
    return with_contributions(setup, rides, started)


def _alike(library: Library, meter: str, before: datetime, setup: Setup) -> Iterator[RideRow]:
    """The newest rides on a meter that may teach, under whichever of its names, newest first.

    Of those under another name only the ones whose share is certainly the left leg's.
    """
    alike = (
        ride
        for ride in _earlier(library, names_of(library.path, meter), before)
        if ride.source != "demo"
        and library.setup(ride).swap_sides == setup.swap_sides
        and (meter in ride.meters or names_left(library.derived(ride, "bands")))
    )
    return islice(alike, MOST_RIDES)


def _earlier(library: Library, names: Collection[str], before: datetime) -> Iterator[RideRow]:
    """As of `Library.earlier`, of which few need be read: so that long histories are not, unless they are asked for.

    Each reading takes three times as many as all before it and some, for SQLite passes over those again.
    """
    taken = 0
    while rides := library.earlier(names, before, 2 * MOST_RIDES + 3 * taken, taken):
        yield from rides
        taken += len(rides)


def learn_from_library(
    library: Library, meter: str, before: datetime, setup: Setup, *, folds: int = 1
) -> Setup:
    """The setup with what the rider's earlier rides on this meter teach.

    Demonstrations teach nothing. Neither do rides in which the rider's word on exchanged sides was another one:
    nobody knows whether that was so then, or was only found out later.

    Args:
        library: where the rides are.
        meter: its name.
        before: aware; only rides that started earlier count.
        setup: of the ride that asks.
        folds: how many rides may be folded for it now; one takes up to a second, and a ride that is about to begin
            cannot wait. Contributions are otherwise kept when a ride has ended, and again with its summary.
    """
    rides, started, newer = list[RideContribution](), list[datetime](), None
    for ride in _alike(library, meter, before, setup):
        ended = ride.started + timedelta(seconds=ride.duration_s)
        if newer is not None and newer.meters != ride.meters and ended > newer.started:
            continue  # the same ride, which another device recorded too
        then = msgspec.structs.replace(library.setup(ride), profile=setup.profile)
        taught = CONTRIBUTION.read(
            library.derived(ride, "contribution", version("contribution", then.profile))
        )
        if taught is None and folds:
            folds -= 1
            taught = Derivation(then, in_library=LibraryRide(library, ride)).get_and_save(CONTRIBUTION)
        if taught is not None:
            rides.append(taught)
            started.append(ride.started)
            newer = ride
    return with_contributions(setup, rides, started, library.stated_ftp(before))
