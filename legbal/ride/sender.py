"""Who sent these inputs: the meter's family, from its name and what it said about itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from legbal.errors import DecodeError
from legbal.gatt import device_information, feature
from legbal.meters.identify import identify
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import Input, Notification

_MANUFACTURER, _MODEL, _FEATURES = "2a29", "2a24", "2a65"


def profile_of(profiles: Iterable[Profile], inputs: Sequence[Input]) -> Profile:
    """Which of these families the meter belongs to that sent the last of these notifications."""
    sent = [item for item in inputs if isinstance(item, Notification)]
    if not sent:
        return UNLISTED
    name = sent[-1].meter
    values = {item.uuid: item.data for item in sent if item.meter == name}
    return identify(
        profiles,
        name=name or None,
        services=("1818",),
        manufacturer=device_information.decode(values[_MANUFACTURER]) if _MANUFACTURER in values else None,
        model=device_information.decode(values[_MODEL]) if _MODEL in values else None,
        features=features_of(values.get(_FEATURES)),
    )


def features_of(octets: bytes | None) -> int | None:
    """The bits of a feature characteristic's value; None where it was not read or cannot be."""
    try:
        return None if octets is None else feature.decode(octets).bits
    except DecodeError:
        return None
