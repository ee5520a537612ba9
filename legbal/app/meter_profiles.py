"""The meter families that are known here: those of legbal and the rider's own; and which of them sent some inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from legbal import config
from legbal.meters.identify import profile_by
from legbal.meters.profile import UNLISTED, Profile, parse
from legbal.ride.inputs import Input, Notification


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile that is known here; of two with one id the later file's. Raises ProfileError."""
    parsed = (parse(text, name) for name, text in config.profile_texts().items())
    return tuple({profile.id: profile for profile in parsed}.values())


def profile_of(inputs: Sequence[Input], families: Iterable[Profile] | None = None) -> Profile:
    """Which of these families the meter belongs to that sent the last of these notifications; None: of all known."""
    sent = [item for item in inputs if isinstance(item, Notification)]
    if not sent:
        return UNLISTED
    name = sent[-1].meter
    values = {item.uuid: item.data for item in sent if item.meter == name}
    return profile_by(profiles() if families is None else families, name or None, values)
