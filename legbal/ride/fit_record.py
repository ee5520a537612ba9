"""A record of a FIT file, read as a measurement."""

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.fields import BALANCE_PER_PERCENT, REFERENCE_LEFT
from legbal.gatt.measurement import Measurement


class FitRecord(msgspec.Struct, frozen=True, gc=False):
    """The values of one record of a FIT file that the fold reads, as the file holds them (FIT profile, message 20)."""

    power: int | None = None
    left_right_balance: int | None = None  # 0x7F percent, 0x80: of the right leg; 0xFF: none
    cadence: float | None = None

    @classmethod
    def decode(cls, data: bytes) -> "FitRecord":
        """The record that a JSON object holds; raises DecodeError."""
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise DecodeError("FIT record", 0, data, str(error)) from error

    def measurement(self) -> Measurement:
        """As a measurement tells power and left share; the reference bit is set where the file names the right leg."""
        power, octet = self.power or 0, self.left_right_balance
        if octet is None or octet & 0x7F > 100:
            return Measurement(0, power)
        percent = octet & 0x7F
        if octet & 0x80:
            return Measurement(REFERENCE_LEFT, power, BALANCE_PER_PERCENT * (100 - percent))
        return Measurement(0, power, BALANCE_PER_PERCENT * percent)
