"""How long the Bluetooth source waits for what, with the reason beside each."""

from __future__ import annotations

import msgspec


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """All waits of the Bluetooth source, in seconds."""

    # meters advertise every 0.1 to 1 s when awake; five seconds see every one in the room, weak signals too
    scan_s: float = 5.0
    # so long the usual meter is waited for before the only other one is taken: time to get on the bike
    remembered_s: float = 15.0
    # a meter that listens answers within seconds, through other traffic too; bleak's own 30 s is a long stare
    connect_s: float = 20.0
    # one read takes two connection events, under 0.2 s; a meter that takes longer will not answer at all
    read_s: float = 3.0
    # a control point request: the procedures of the Cycling Power Service have as long as an ATT transaction
    answer_s: float = 30.0
    # the local Bluetooth service answers within milliseconds; after this long it hangs
    service_s: float = 10.0
    # pedalling meters send once a second or faster; ten seconds of silence after power are a dead link
    stall_s: float = 10.0
    # silence with no power before it is mostly rest: some meters send only while the crank turns, and a
    # dead link looks the same. Each reconnection that brings nothing makes the next wait longer, so that a
    # long break does not cost the meter's battery; the last repeats
    rest_s: tuple[float, ...] = (60.0, 120.0, 300.0, 600.0)
    # before the next attempt: at once after a short drop, slower while the meter is away, and never so slow
    # that a rider back from a break waits; the last repeats
    retry_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
    # closing a link takes under 2 s; the rider who pressed Ctrl-C does not wait longer than this
    close_s: float = 3.0
