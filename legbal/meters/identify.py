"""Which meter family fits what a meter says about itself."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from legbal.errors import DecodeError
from legbal.gatt import uuids
from legbal.gatt.characteristics import DISTRIBUTED, LONGEST_TEXT, Feature, decode_feature, decode_text
from legbal.meters.profile import UNLISTED, Patterns, Profile, Recognition, Side

_MODEL, _NAME, _MANUFACTURER, _SERVICE, _FEATURE = 400, 300, 200, 100, 50


def candidates(
    profiles: Iterable[Profile],
    *,
    name: str | None,
    services: Iterable[str] = (),
    manufacturer: str | None = None,
    model: str | None = None,
    features: int | None = None,
) -> tuple[Profile, ...]:
    """The profiles that fit best and equally well; none where nothing fits.

    Every way of recognition that holds adds to its profile's standing: a model says more than a name, a
    name more than a manufacturer, that more than a service; a longer pattern says more than a short one. Of
    profiles that stand equal, those that have a balance come first, as its absence shows itself; then the
    order is that of their ids, so the order of `profiles` does not matter. What offers trainer control (0x1826) is a
    trainer or a smart bike: only of families that are known by that.

    Args:
        profiles: the families to choose from.
        name: the advertised name, None where there was none.
        services: advertised service UUIDs, 16-bit or 128-bit, in hex.
        manufacturer: the manufacturer string of the Device Information service.
        model: its model number string.
        features: the value of 0x2A65.
    """
    advertised = frozenset(map(uuids.short_form, services))
    if uuids.FITNESS_MACHINE in advertised:  # a bike that is called as its maker's cranks are is not those
        profiles = [
            x for x in profiles if any(uuids.FITNESS_MACHINE in rule.services for rule in x.recognise)
        ]
    standing = [
        (
            sum(_points(rule, name, advertised, manufacturer, model, features) for rule in profile.recognise),
            profile,
        )
        for profile in profiles
    ]
    most = max((points for points, _ in standing), default=0)
    best = [profile for points, profile in standing if points == most > 0]
    return tuple(sorted(best, key=lambda profile: (not profile.has_balance, profile.id)))


def profile_by(profiles: Iterable[Profile], name: str | None, values: Mapping[str, bytes]) -> Profile:
    """Which of these families a meter of that name belongs to, by the values of its characteristics, too."""
    matches = candidates(
        profiles,
        name=name,
        services=(uuids.CYCLING_POWER,),
        manufacturer=decode_text(values[uuids.MANUFACTURER]) if uuids.MANUFACTURER in values else None,
        model=decode_text(values[uuids.MODEL]) if uuids.MODEL in values else None,
        features=features_of(values.get(uuids.FEATURES)),
    )
    return matches[0] if matches else UNLISTED


def features_of(octets: bytes | None) -> int | None:
    """The bits of a feature characteristic's value; None where it was not read or cannot be."""
    try:
        return None if octets is None else decode_feature(octets).bits
    except DecodeError:
        return None


def side_of(profile: Profile, name: str) -> Side | None:
    """Which half of a two-peripheral meter advertises this name; None where the profile cannot tell."""
    left, right = _fit(profile.left_names, name), _fit(profile.right_names, name)
    if left == right:
        return None
    return "left" if left > right else "right"


def _points(
    rule: Recognition,
    name: str | None,
    services: frozenset[str],
    manufacturer: str | None,
    model: str | None,
    features: int | None,
) -> int:
    """How much this way of recognition speaks for its profile; 0 where a condition does not hold."""
    feature = None if features is None else Feature(features)
    balance = None if feature is None else "balance" in feature.features
    distributed = None if feature is None else feature.distributed_system == DISTRIBUTED[2]
    # Of each condition what it is worth: 0 where it does not hold, None where it is not needed.
    worth = (
        _fit(rule.names, name, _NAME) if rule.names else None,
        _fit((rule.manufacturer,), manufacturer, _MANUFACTURER) if rule.manufacturer else None,
        _fit((rule.model,), model, _MODEL) if rule.model else None,
        _SERVICE * (not services.isdisjoint(map(uuids.short_form, rule.services))) if rule.services else None,
        _feature_worth(rule.balance, balance),
        _feature_worth(rule.distributed, distributed),
    )
    weights = [points for points in worth if points is not None]
    return sum(weights) if all(weights) else 0


def _feature_worth(needed: bool | None, stated: bool | None) -> int | None:
    return None if needed is None or stated is None else _FEATURE * (needed == stated)


def _fit(patterns: Patterns, text: str | None, weight: int = 0) -> int:
    """`weight` and one more than the literal characters of the most telling pattern that the text fits; else 0."""
    if text is None:
        return 0
    looked_at = text.strip("\0 ")[:LONGEST_TEXT].casefold()
    # To fnmatch a bracket would be more than itself.
    fitting = (x for x in patterns if fnmatchcase(looked_at, x.casefold().replace("[", "[[]")))
    return max((weight + 1 + len(x) - x.count("*") - x.count("?") for x in fitting), default=0)


def connecting_advice(families: Iterable[Profile]) -> list[str]:
    """What to know before connecting to a meter of one of these families: its sentences, each once.

    >>> connecting_advice([])
    []
    """
    return list(
        dict.fromkeys(x for family in families for x in re.split(r"(?<=[.!?]) ", family.connecting) if x)
    )
