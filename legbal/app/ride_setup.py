"""With what a ride is ridden: settings, the meter's profile, what is remembered of it, and the rider's history."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from legbal.app.learning import learn_from_folder, learn_from_library
from legbal.app.meters import profile_of, remembered_meter
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.gatt import uuids
from legbal.library.rides import Library
from legbal.ride.inputs import Input, Notification, Setup, Side
from legbal.ride.one_sided import named_side
from legbal.sources.replay import RecordedRide

# 0x2A65 of a device that says that it is one of a pair, and has no balance
_HALF = (2 << 20).to_bytes(4, "little")


def live_setup(settings: Settings, options: Mapping[str, object], inputs: Sequence[Input]) -> Setup:
    """The setup of a ride on the meter that sends, but for its history.

    Args:
        settings: what holds for every ride.
        options: what was typed for this one, by a setting's name: it goes before what is remembered of the meter.
        inputs: what the meter sent up to its first measurement.
    """
    setup = _of_meter(settings, options, inputs)
    if settings.pair is not None:
        setup = paired(setup, settings.pair, inputs)
    return setup


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
    setup = recorded.setup or recorded.setup_for(_of_meter(settings, options, inputs))
    setup = overridden(setup, options)
    if setup.pair is not None and options.get("left_meter") is not None:
        setup = paired(setup, setup.pair, inputs)
    if plan is not None:
        from legbal.files.workout import read_plan  # with XML, which few rides need

        setup = msgspec.structs.replace(setup, plan=read_plan(plan, setup.ftp_w))
    if folder is not None:
        setup = learn_from_folder(folder, setup, complain)
    return setup


def _of_meter(settings: Settings, options: Mapping[str, object], inputs: Sequence[Input]) -> Setup:
    """The setup on the meter that sent `inputs`, with what the rider once said of that meter.

    What is typed now about its sides stands in place of that.
    """
    profile = profile_of(inputs)
    remembered = remembered_meter(_meter(inputs))
    setup = settings.setup(profile=profile)
    if remembered is None:
        return setup
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
    return next((item.meter for item in reversed(inputs) if isinstance(item, Notification)), "")


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
    return msgspec.structs.replace(setup, threshold=msgspec.structs.replace(setup.threshold, **rule), **own)
