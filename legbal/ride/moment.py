"""What the alert kinds are told of one input."""

from typing import NamedTuple

import msgspec

from legbal.ride.power_source import PowerSource
from legbal.ride.revolution import Bin, Revolution


class FreshStart(NamedTuple):
    """The meter is right now, and this ride's level so many points of left share above the baseline.

    Seconds before `teaches_from_s` teach nothing, beside those in which it was known to be wrong.
    """

    teaches_from_s: float
    level: float


class Moment(msgspec.Struct, gc=False):
    """What an alert kind is told of one input.

    Attributes:
        t: ride seconds, never falling.
        power_w: of both legs, as stated; 0 in silence.
        revolution: what the input told anew, with a share where it is of both legs; None: nothing.
        in_interval: whether the rider is at work.
        source: whose measurements they are, for the cadence.
        measured: False while the balance has turned out to be no measurement: nothing may be told of it.
        ended: where the latest interval ended, ride seconds (back-dated); negative where none has.
        stated: the revolution with its share as the meter stated it, one leg's, too.
        alone: one leg pedals alone, so there is nothing to compare, and nothing to be heard.
        input: the number of the input in the ride, from 1 on.
        second: what this input closes of about a second; None: nothing.
        pauses: the rider pauses with it: what holds ends here, for nothing counts until the ride goes on.
        wrong_since: since when the meter looks wrong, so that nothing may be told of the legs; None: it does not.
        fresh_start: the meter has just turned out to be right again, or to have been wrong until now.
    """

    t: float
    power_w: float
    revolution: Revolution | None
    in_interval: bool
    source: PowerSource
    measured: bool = True
    ended: float = -1.0
    alone: bool = False
    stated: Revolution | None = None
    input: int = 0
    second: Bin | None = None
    pauses: bool = False
    wrong_since: float | None = None
    fresh_start: FreshStart | None = None
