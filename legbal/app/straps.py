"""Heart-rate straps: which device is one, and which is connected beside the meter of a ride."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from legbal.app.question import Check
from legbal.gatt.uuids import CYCLING_POWER, HEART_RATE_SERVICE
from legbal.present.sentences import say

if TYPE_CHECKING:  # the radio, for which not every platform has a backend
    from legbal.sources.bluetooth.power_meter import PowerMeter

OFF: Final = "off"
_ANY: Final = "any"
_MOST_NAMED = 8  # a race start has dozens in range
NO_NAMES: Final = (OFF, _ANY)  # as the setting has them: a strap that is called so goes by its address


def is_strap(device: "PowerMeter") -> bool:
    """Whether it tells a heart rate, and no power."""
    return HEART_RATE_SERVICE in device.services and CYCLING_POWER not in device.services


def names_of(devices: "Sequence[PowerMeter]") -> str:
    """What some devices in range are called, as a list."""
    return ", ".join(device.label for device in devices[:_MOST_NAMED])


def straps_check(check: Check, straps: "Sequence[PowerMeter]", chosen: str) -> Check:
    """Which straps are in range, and whether the chosen one is; `chosen` as of the setting."""
    around = say("heart_rate.in_range", straps=names_of(straps)) if straps else ""
    name = chosen.casefold()
    if name == OFF:
        return check._replace(state="not applicable", text=say("heart_rate.off"), hint=around)
    meant = any(name == _ANY or own.startswith(name) for strap in straps for own in strap.names)
    code = "heart_rate.chosen" if meant else "heart_rate.away"
    return check._replace(text=say(code, strap=chosen), hint=around)
