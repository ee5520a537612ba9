"""With what a ride is ridden: settings, the meter's profile, what is remembered of it, and the rider's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from legbal import config
from legbal.config import Settings
from legbal.errors import DecodeError
from legbal.gatt import feature
from legbal.gatt.device_information import text
from legbal.library.meters import KnownMeter, known_meters
from legbal.meters.identify import identify
from legbal.meters.profile import Profile, parse
from legbal.ride.inputs import Input, Notification, PlannedStep, Setup

_MANUFACTURER, _MODEL, _FEATURES = "2a29", "2a24", "2a65"


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile that is known here; of two with one id the later file's. Raises ProfileError."""
    parsed = (parse(text, name) for name, text in config.profile_texts().items())
    return tuple({profile.id: profile for profile in parsed}.values())


def profile_of(inputs: Sequence[Input]) -> Profile:
    """Which family the meter belongs to that sent the last of these notifications."""
    sent = [item for item in inputs if isinstance(item, Notification)]
    if not sent:
        return identify(profiles(), name=None)
    name = sent[-1].meter
    values = {item.uuid: item.data for item in sent if item.meter == name}
    return identify(
        profiles(),
        name=name or None,
        services=("1818",),
        manufacturer=text(values[_MANUFACTURER]) if _MANUFACTURER in values else None,
        model=text(values[_MODEL]) if _MODEL in values else None,
        features=_features(values.get(_FEATURES)),
    )


def _features(octets: bytes | None) -> int | None:
    try:
        return None if octets is None else feature.decode(octets).value
    except DecodeError:
        return None


def setup_for(settings: Settings, inputs: Sequence[Input], plan: tuple[PlannedStep, ...] = ()) -> Setup:
    """The setup of a ride on the meter that sent `inputs`, with what the rider once said of that meter."""
    profile = profile_of(inputs)
    meter = next((item.meter for item in reversed(inputs) if isinstance(item, Notification)), "")
    known = remembered(meter)
    setup = settings.setup(profile=profile, plan=plan)
    if known is None:
        return setup
    choices = known.choices
    if choices.reference == "right":
        setup = msgspec.structs.replace(setup, profile=msgspec.structs.replace(profile, reference="right"))
    return msgspec.structs.replace(
        setup,
        swap_sides=setup.swap_sides or choices.swap_sides,
        assume_left=setup.assume_left or choices.reference == "left",
    )


def remembered(meter: str) -> KnownMeter | None:
    """What is known of the meter of this name. Raises LibraryError."""
    return next((known for known in known_meters() if meter and known.answers_to(meter)), None)


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
    return msgspec.structs.replace(setup, threshold=msgspec.structs.replace(setup.threshold, **rule), **own)
