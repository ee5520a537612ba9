"""What a FIT file says once, and no record of it does: what kind of ride it was, and which power meter, by numbers."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from legbal.ride.inputs import FIT_FILE, Input, Notification

# FIT profile, sub_sport: spin, indoor cycling, virtual activity
_INDOORS = (5, 6, 58)
# road, mountain, downhill, cyclocross, BMX, gravel, e-bike on mountains, commuting, mixed surface
_OUTDOORS = (7, 8, 9, 11, 29, 46, 47, 48, 49)
# An ANT+ device's number is the lower 16 bits of its serial number, unless its maker chose otherwise.
ANT_NUMBERS = 1 << 16


class FitFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the file says; numbers as of the FIT profile.

    Attributes:
        sport, sub_sport: of the session.
        has_position: it has a position, so that a satellite receiver was on.
        trainer: a trainer took part.
        manufacturer, serial_number, ant_device_number: of the power meter.
        ftp_w: functional threshold power as the head unit had it, watts.
        turns: of the cranks, as it counted them over the ride.
        laps: from when until when each was, ride seconds, by whatever ended it.
        standing: from when until when the rider was out of the saddle, ride seconds, where a meter noticed that.
    """

    sport: int | None = None
    sub_sport: int | None = None
    has_position: bool = False
    trainer: bool = False
    manufacturer: int | None = None
    serial_number: int | None = None
    ant_device_number: int | None = None
    ftp_w: int | None = None
    turns: int | None = None
    laps: tuple[tuple[float, float], ...] = ()
    standing: tuple[tuple[float, float], ...] = ()

    @property
    def names_meter(self) -> bool:
        """Whether it says anything of a power meter."""
        return any((self.manufacturer, self.serial_number, self.ant_device_number))

    @property
    def indoors(self) -> bool | None:
        """Whether it was ridden indoors; None where the file does not say. A receiver can be off outdoors, too.

        >>> FitFile(sub_sport=6).indoors, FitFile(sub_sport=7).indoors, FitFile(sub_sport=0).indoors
        (True, False, None)
        """
        if self.sub_sport in _INDOORS or self.trainer:
            return True
        return False if self.has_position or self.sub_sport in _OUTDOORS else None


def encode(file: FitFile) -> bytes:
    """What a file says as `Notification.data` of a "fit:file"."""
    return msgspec.json.encode(file)


def find_file(inputs: Iterable[Input]) -> FitFile:
    """What the file says among a ride's inputs, of which the first will do; of another ride nothing."""
    return decode(next((x.data for x in inputs if isinstance(x, Notification) and x.uuid == FIT_FILE), None))


def decode(data: bytes | None) -> FitFile:
    """The inverse of `encode`; what cannot be read says nothing."""
    try:
        return msgspec.json.decode(data, type=FitFile) if data else FitFile()
    except msgspec.DecodeError:
        return FitFile()
