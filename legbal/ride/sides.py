"""Which leg a meter has, where a ride's setup speaks of two."""

from legbal.meters.identify import side_of
from legbal.ride.inputs import Setup, Side

OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
_PLACES: dict[str, Side] = {
    "left crank": "left",
    "left pedal": "left",
    "right crank": "right",
    "right pedal": "right",
}


def side_in(setup: Setup, name: str, place: str | None) -> Side | None:
    """Which leg the meter of this name has, where a ride's setup speaks of two meters; None: it is no half.

    The rider's word holds before the name, and that before where the meter says that it sits (0x2A5D).
    """
    side: Side | None = None
    if setup.pair is not None:
        side = named_side(setup.pair, name)
    elif setup.profile.peripherals == 2:
        side = side_of(setup.profile, name) or _PLACES.get(place or "")
    return OTHER[side] if side is not None and setup.swap_sides else side


def named_side(pair: tuple[str, str], name: str) -> Side | None:
    """The side on which the rider named this meter, in full or by how its name begins."""
    folded, left, right = name.casefold(), pair[0].casefold(), pair[1].casefold()
    if folded in (left, right):
        return "left" if folded == left else "right"
    if folded.startswith(left) == folded.startswith(right):
        return None
    return "left" if folded.startswith(left) else "right"
