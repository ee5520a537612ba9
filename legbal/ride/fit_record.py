"""A record of a FIT file, read as a measurement."""

from typing import Any

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.fields import BALANCE_PER_PERCENT, REFERENCE_LEFT
from legbal.gatt.measurement import Measurement
from legbal.ride.revolution import cadence_of


class FitRecord(msgspec.Struct, frozen=True, gc=False):
    """The values of one record of a FIT file that the fold reads, as the file holds them (FIT profile, message 20)."""

    power: float | None = None
    left_right_balance: float | None = None  # 0x7F percent, 0x80: of the right leg; 0xFF: none
    cadence: float | None = None
    heart_rate: Any = None  # of which nothing depends: a record with an odd one is read all the same

    @classmethod
    def decode(cls, data: bytes) -> "FitRecord":
        """The record that a JSON object holds; raises DecodeError."""
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise DecodeError("FIT record", 0, data, str(error)) from error

    @property
    def cadence_rpm(self) -> float | None:
        """The cadence; None where it is not stated, or is none that a crank can have."""
        return cadence_of(self.cadence)

    @property
    def heart_rate_bpm(self) -> float | None:
        """Beats a minute; None where none is stated."""
        return self.heart_rate if type(self.heart_rate) in (int, float) else None

    def measurement(self) -> Measurement:
        """As a measurement tells power and left share; the reference bit is set where the file names the right leg."""
        power, stated = round(self.power or 0), self.left_right_balance
        # some write it as a signed number, or in a type that holds more than the octet that it is
        octet = int(stated) & 0xFF if stated is not None and -128 <= stated <= 0xFF else 0xFF
        percent = octet & 0x7F
        if percent > 100:
            return Measurement(0, power)
        if octet & 0x80:
            return Measurement(REFERENCE_LEFT, power, BALANCE_PER_PERCENT * (100 - percent))
        return Measurement(0, power, BALANCE_PER_PERCENT * percent)
