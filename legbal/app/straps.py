"""Heart-rate straps: which device is one, and which is connected beside the meter of a ride."""

from typing import TYPE_CHECKING, Final

from legbal.config import Settings
from legbal.gatt.uuids import CYCLING_POWER, HEART_RATE_SERVICE

if TYPE_CHECKING:  # the radio, for which not every platform has a backend
    from legbal.sources.bluetooth.accessory import Accessory
    from legbal.sources.bluetooth.power_meter import PowerMeter

OFF: Final = "off"
NO_NAMES: Final = (OFF, "any")  # as the setting has them: a strap that is called so goes by its address


def is_strap(device: "PowerMeter") -> bool:
    """Whether it tells a heart rate, and no power."""
    return HEART_RATE_SERVICE in device.services and CYCLING_POWER not in device.services


def accessories(settings: Settings) -> "list[Accessory]":
    """What the rider wants to be connected beside the meter."""
    from legbal.sources.bluetooth.accessory import STRAP, Accessory  # see above
    from legbal.sources.bluetooth.connection import Timings

    if settings.heart_rate.casefold() == OFF:
        return []
    return [Accessory(STRAP, settings.heart_rate, Timings(), settings.adapter)]
