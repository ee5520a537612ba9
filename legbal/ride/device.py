"""The device behind a meter: what it says of itself at each connection, and the link to it."""

import msgspec

from legbal.gatt import characteristics, uuids
from legbal.meters.limits import Remark
from legbal.ride.inputs import Link, Notification
from legbal.ride.view import LinkView

CHARACTERISTICS = (uuids.FEATURES, uuids.LOCATION, uuids.BATTERY_LEVEL)
_LOW_PERCENT = 15  # of a battery


class Device(msgspec.Struct):
    """What a meter says of itself, and the link to it.

    Attributes:
        link: as the screen shows it.
        lost: whether the link was lost since the meter sent last.
        place: where the meter says that it sits (0x2A5D).
        has_balance: whether its features (0x2A65) say that it can send one; None: not read.
    """

    link: LinkView
    lost: bool = False
    place: str | None = None
    has_balance: bool | None = None

    def follow(self, link: Link) -> bool:
        """Takes over the state of the link; says whether it changed (a new signal strength is no change)."""
        self.lost |= link.state in ("lost", "stalled", "ended")
        changed = (link.state, link.remark) != (self.link.state, self.link.remark)
        self.link = LinkView(
            self.link.meter,
            link.state,
            link.t if changed else self.link.since,
            link.remark,
            link.rssi,
            self.link.battery_percent,
        )
        return changed

    def learn(self, item: Notification) -> Remark | None:
        """Takes in one of `CHARACTERISTICS`; tells when the battery has just become low. Raises DecodeError."""
        if item.uuid == uuids.FEATURES:
            self.has_balance = "balance" in characteristics.decode_feature(item.data).features
        elif item.uuid == uuids.LOCATION:
            self.place = characteristics.decode_location(item.data)
        else:
            was, now = self.link.battery_percent, characteristics.decode_battery_level(item.data)
            self.link = msgspec.structs.replace(self.link, battery_percent=now)
            if now <= _LOW_PERCENT and (was is None or was > _LOW_PERCENT):
                return Remark("battery.low", {"percent": now})
        return None
