"""The meter families that are known here: those of legbal and the rider's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from legbal import config
from legbal.meters.profile import Profile, parse
from legbal.ride import sender
from legbal.ride.inputs import Input


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile that is known here; of two with one id the later file's. Raises ProfileError."""
    parsed = (parse(text, name) for name, text in config.profile_texts().items())
    return tuple({profile.id: profile for profile in parsed}.values())


def profile_of(inputs: Sequence[Input]) -> Profile:
    """Which of all known families the meter belongs to that sent the last of these notifications."""
    return sender.profile_of(profiles(), inputs)
