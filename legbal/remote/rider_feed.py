"""What a broker tells of one rider.

Messages are only put aside as they come; what is shown is decoded, so that of many only the last costs anything.
"""

import math

import msgspec

from legbal.outlets.mqtt import schema
from legbal.outlets.mqtt.publisher import TWIN_S

STALE_S = 5.0  # five live messages that did not come: the numbers are no longer now


class RiderFeed(msgspec.Struct):
    """What a broker told of one rider.

    Attributes:
        online: whether the rider is there.
        payload: the newest live message, until it is decoded.
        arrived: when it came, by the monotonic clock; None: none has come.
        retained: the broker had kept it.
        live: the newest one that was understood.
        sent: when that was sent, by the monotonic clock.
        ids: of the ride of the newest message, and of the ride before.
        mixed_until: so long two rides go on under this name: their messages take turns.
    """

    online: bool = True
    payload: bytes = b""
    arrived: float | None = None
    retained: bool = False
    live: schema.Live | None = None
    sent: float = 0.0
    ids: tuple[str | None, str | None] = None, None
    mixed_until: float = -math.inf

    def put(self, payload: bytes, arrived: float, *, retained: bool) -> None:
        """Puts a live message aside; ValueError where it is longer than any."""
        if len(payload) > schema.LONGEST_MESSAGE:
            raise ValueError("too long for a message")
        self.payload, self.arrived, self.retained = payload, arrived, retained
        ride = None if retained else schema.ride_of(payload)
        newest, former = self.ids
        if ride is not None and ride != newest:
            self.ids = ride, newest
            if ride == former:
                self.mixed_until = arrived + TWIN_S

    def decode(self, now: float) -> schema.Live:
        """The live message that was put aside, at this Unix time; ValueError where it is none.

        Two clocks never agree, so what comes as it is sent counts from its arrival. Of what the broker had kept only
        the sender's clock tells, and that may be ahead.
        """
        payload, self.payload = self.payload, b""
        self.live = schema.read(schema.Live, payload)
        age = max(0.0, now - self.live.sent) if self.retained else 0.0
        self.sent = (self.arrived or 0.0) - age
        return self.live
