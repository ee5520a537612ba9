"""The rider's heart rate, from a strap beside the meter: recorded and shown, and no part of anything else.

No clock of the ride, no balance and no alert rests on it, so that a strap that is lost, or goes mad, costs the ride
nothing.
"""

from array import array
from typing import Final

from legbal.errors import DecodeError
from legbal.gatt.heart_rate import decode
from legbal.ride.inputs import Notification

# seconds: straps send once a second; some only with each beat, or every other second
FRESH_S: Final = 5.0
MOST_BPM: Final = 250  # more is no heart's


class HeartRateReadings:
    """What a ride's strap said.

    Attributes:
        times: ride seconds of the readings, never falling.
        bpm: beats a minute; 0 where it had none to tell, as without skin contact.
    """

    def __init__(self) -> None:
        self.times, self.bpm = array("d"), array("H")

    def feed(self, item: Notification) -> None:
        """Takes in a 0x2A37 notification; octets that cannot be read tell nothing."""
        try:
            measurement = decode(item.data)
        except DecodeError:
            return
        self.add(item.t, 0 if measurement.contact is False else measurement.bpm)

    def add(self, t: float, bpm: float) -> None:
        """Takes in what was told at ride second `t`; what no heart can do is none."""
        before = self.times[-1] if self.times else 0.0
        self.times.append(t if t > before else before)
        self.bpm.append(round(bpm) if 0 < bpm <= MOST_BPM else 0)

    def latest(self, t: float) -> int | None:
        """The newest at ride second `t`, beats a minute; None where it told none, or is older than `FRESH_S`."""
        if not self.times or t - self.times[-1] > FRESH_S:
            return None
        return self.bpm[-1] or None
