"""The meter over Bluetooth: find it, connect, subscribe, and come back after every drop.

Everything that touches bleak is in this room. Times are stamped in the radio's callbacks and nothing is
decoded there.
"""

from __future__ import annotations

from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.control import ZeroResult
from legbal.sources.bluetooth.scan import Found, find, watch
from legbal.sources.bluetooth.selection import Choose
from legbal.sources.bluetooth.source import BluetoothSource

__all__ = ["BluetoothSource", "Choose", "Found", "Timings", "ZeroResult", "find", "watch"]
