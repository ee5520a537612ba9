"""Who sent these inputs: the meter's family, from its name and what it said about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from legbal.errors import DecodeError
from legbal.gatt.characteristics import decode_feature, decode_text
from legbal.gatt.uuids import CYCLING_POWER, FEATURES, MANUFACTURER, MODEL
from legbal.meters.identify import identify
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import Input, Notification


def profile_of(profiles: Iterable[Profile], inputs: Sequence[Input]) -> Profile:
    """Which of these families the meter belongs to that sent the last of these notifications."""
    sent = [item for item in inputs if isinstance(item, Notification)]
    if not sent:
        return UNLISTED
    name = sent[-1].meter
    return profile_by(profiles, name or None, {item.uuid: item.data for item in sent if item.meter == name})


def profile_by(profiles: Iterable[Profile], name: str | None, values: Mapping[str, bytes]) -> Profile:
    """Which of these families a meter of that name belongs to, by the values of its characteristics, too."""
    return identify(
        profiles,
        name=name,
        services=(CYCLING_POWER,),
        manufacturer=decode_text(values[MANUFACTURER]) if MANUFACTURER in values else None,
        model=decode_text(values[MODEL]) if MODEL in values else None,
        features=features_of(values.get(FEATURES)),
    )


def features_of(octets: bytes | None) -> int | None:
    """The bits of a feature characteristic's value; None where it was not read or cannot be."""
    try:
        return None if octets is None else decode_feature(octets).bits
    except DecodeError:
        return None
