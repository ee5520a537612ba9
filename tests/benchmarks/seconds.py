"""A simulated ride as a head unit would keep it: a row a second."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from legbal.gatt.measurement import decode
from legbal.sources.simulator import SimulatedRide

Floats = npt.NDArray[np.float64]


def told(ride: SimulatedRide) -> tuple[Floats, Floats]:
    """Power in watts and left share in percent, of a meter that notifies once a second from one device."""
    meter = ride.devices[0].name
    values = [decode(one.data) for one in ride.notifications() if one.uuid == "2a63" and one.meter == meter]
    power, left = np.array([(v.power_w, v.balance_percent) for v in values], dtype=np.float64).T
    return power, left
