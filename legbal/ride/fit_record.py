"""One record of a FIT file as the fold reads it: a JSON object of the record's own values (FIT profile, message 20)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from legbal.errors import DecodeError

_NO_BALANCE = 0xFF
_RIGHT, _PERCENT = 0x80, 0x7F


class FitRecord(msgspec.Struct, frozen=True, gc=False):
    """The values that the fold reads, as the file holds them."""

    power: int | None = None
    left_right_balance: int | None = None  # 0x7F percent, 0x80: of the right leg; 0xFF: none
    cadence: float | None = None

    @property
    def share(self) -> tuple[int, bool] | None:
        """Whole percents, and whether they are the right leg's; None where there is no balance."""
        octet = self.left_right_balance
        if octet is None or octet == _NO_BALANCE or octet & _PERCENT > 100:
            return None
        return octet & _PERCENT, octet & _RIGHT != 0


_decoder = msgspec.json.Decoder(FitRecord)
_encoder = msgspec.json.Encoder()


def encode(values: Mapping[str, object]) -> bytes:
    """All values of a record that are to be kept, by their names in the FIT profile."""
    return _encoder.encode(values)


def decode(data: bytes) -> FitRecord:
    """What the fold reads of it; raises DecodeError."""
    try:
        return _decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise DecodeError("FIT record", 0, data, str(error)) from error
