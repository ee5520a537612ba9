"""One side of a pair: which leg it has, how far the crank has turned by its count, and with what work of that leg."""

import math
from collections import deque
from typing import Literal, NamedTuple

from legbal.gatt.fields import CRANK_TIME_PER_S
from legbal.meters.identify import side_of
from legbal.ride.inputs import Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.revolution import (
    HALF_A_WRAP_S,
    LONGEST_REVOLUTION_S,
    SHORTEST_REVOLUTION_S,
    STANDS_FOR_S,
    Revolution,
)

OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
_PLACES: dict[str, Side] = {
    "left crank": "left",
    "left pedal": "left",
    "right crank": "right",
    "right pedal": "right",
}
# Silence after which a side is missing: at one packet a second, one may be lost and the next a second late.
SILENT_S = 3.5
_DRIFT = 0.002  # of time: by how much a least delay is let go of, so that drifting clocks are followed
_LATEST_S = 3.0  # a new event that seems older tells that the relation to arrival is wrong
_MOST = 64  # spans that wait for the other side

News = Literal["still", "turned", "gap", "reset"]


def side_in(setup: Setup, name: str, place: str | None) -> Side | None:
    """Which leg the meter of this name has, where a ride's setup speaks of two meters; None: it is no half.

    The rider's word holds before the name, and that before where the meter says that it sits (0x2A5D).
    """
    side: Side | None = None
    if setup.pair is not None:
        side = named_side(setup.pair, name)
    elif setup.profile.peripherals == 2:
        side = side_of(setup.profile, name) or _PLACES.get(place or "")
    return OTHER[side] if side is not None and setup.swap_sides else side


def named_side(pair: tuple[str, str], name: str) -> Side | None:
    """The side on which the rider named this meter, in full or by how its name begins."""
    folded, left, right = name.casefold(), pair[0].casefold(), pair[1].casefold()
    if folded in (left, right):
        return "left" if folded == left else "right"
    if folded.startswith(left) == folded.startswith(right):
        return None
    return "left" if folded.startswith(left) else "right"


class CrankSpan(NamedTuple):
    """Some crank turning: from where to where (turns, or seconds without crank data), how long, what work."""

    begin: float
    end: float
    seconds: float
    work_j: float


class OneSided:
    """Follows one side of a pair.

    Attributes:
        meter: the device; it reads the packets and has the cadence.
        scale: what of its power is this leg's: half, where it sends the leg's power twice.
        last_packet_t: when its last packet arrived, ride seconds.
        moved_t: when the packet of its last new crank event arrived.
        turning_since: when that of the first event after its last standstill arrived.
        power_w: of this leg, as last stated.
        place: how far the crank has turned by its count; never falls.
        at: ride seconds of its last crank event, as well as that can be told.
        turn_s: how long its last revolution took; None: not known yet.
        spans: what it has told and the other side not yet, oldest first, without holes.
    """

    def __init__(self, meter: Meter, doubled: bool = False) -> None:
        self.meter = meter
        self.scale = 0.5 if doubled else 1.0
        self.last_packet_t = -math.inf
        self.power_w = self.place = 0.0
        self.at = self.moved_t = self.turning_since = 0.0
        self.turn_s: float | None = None
        self.spans: deque[CrankSpan] = deque(maxlen=_MOST)
        self._count: int | None = None  # as it last stated them; a packet may leave them out
        self._event = 0
        self._clock = self._offset = 0.0
        self._timed = False

    def is_gone(self, t: float) -> bool:
        """Whether it is silent, or its link lost, at ride second `t`."""
        return t - self.last_packet_t > SILENT_S or self.meter.device.lost

    def feed(self, t: float, revolution: Revolution | None, timed: bool) -> News:
        """Takes in one packet.

        Gives "turned" for a new span, "gap" where the crank has turned and nobody knows with what work,
        "reset" where the count says nothing of how far, "still" for a repeat and at rest.

        Args:
            t: ride seconds of arrival.
            revolution: that the packet tells anew, if it does.
            timed: places are ride seconds, for one of the two has no crank events.
        """
        before, self.last_packet_t, self.meter.device.lost = self.last_packet_t, t, False
        self.power_w = self.scale * self.meter.power_w
        if timed:
            return self._by_time(t, revolution)
        counter = self.meter.counter
        if counter.count is None:
            return "still"
        if self._timed:  # no more: whole turns are counted from here on
            self._timed, self._count, self.place = False, None, math.ceil(self.place)
        last, self._count = self._count, counter.count
        last_event, self._event = self._event, counter.event
        if last is None:
            return self._begin(t, "reset")
        turned = (counter.count - last) & 0xFFFF
        took = ((counter.event - last_event) & 0xFFFF) / CRANK_TIME_PER_S
        if took == 0.0:  # an SRM counts on while it stands still
            return self._begin(t, "reset") if turned else "still"
        if turned == 0:
            return "still"
        elapsed = t - before
        if turned * SHORTEST_REVOLUTION_S > elapsed + _LATEST_S:
            return self._begin(t, "reset")
        self.place += turned
        if elapsed > HALF_A_WRAP_S:
            return self._begin(t, "gap")
        return self._turned(t, revolution, turned, took, elapsed)

    def _turned(
        self, t: float, revolution: Revolution | None, turned: int, took: float, elapsed: float
    ) -> News:
        each = took / turned
        if each < SHORTEST_REVOLUTION_S:
            return self._begin(t, "reset")
        if each > LONGEST_REVOLUTION_S:
            return self._begin(t, "gap")
        self._clock += took
        delay = t - self._clock
        self._offset = min(self._offset + _DRIFT * elapsed, delay)
        if delay - self._offset > _LATEST_S:
            self._offset = delay
        self.at = self._clock + self._offset
        self.moved_t = t
        self.turn_s = each
        if revolution is None and self.power_w > 0:
            self.spans.clear()
            return "gap"
        turns: float = turned
        if took > STANDS_FOR_S:  # of the turns before the last one nothing is known
            self.spans.clear()
            took, turns = each, 1
        work = 0.0 if revolution is None else self.scale * revolution.work_j
        self.spans.append(CrankSpan(self.place - turns, self.place, took, work))
        return "turned"

    def _by_time(self, t: float, revolution: Revolution | None) -> News:
        """The span before a packet in ride seconds, whatever the crank says."""
        if not self._timed:
            self._timed, self.turn_s, self.place = True, 1.0, t
            return self._begin(t, "reset")
        waited = t - self.place
        if not 0 < waited <= LONGEST_REVOLUTION_S:
            self.place = t
            return self._begin(t, "gap") if waited else "still"
        if revolution is None and self.power_w > 0:
            return "still"  # a repeat: what it stands for comes with the next crank event
        self.spans.append(CrankSpan(self.place, t, waited, max(0.0, self.power_w) * waited))
        self.at = self.moved_t = self.place = t
        return "turned"

    def _begin(self, t: float, news: News) -> News:
        """Sets out anew from this packet: what came before it, and for how long, is not known."""
        self.spans.clear()
        self._clock, self._offset = 0.0, t
        self.at = self.moved_t = self.turning_since = t
        return news
