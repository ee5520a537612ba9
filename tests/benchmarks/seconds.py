"""A ride a row a second: as a head unit would keep it, as it really was, and the efforts in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from legbal.gatt.measurement import decode
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import SimulatedPedalling
from tests.sources.simulated import notifications

Floats = npt.NDArray[np.float64]

EFFORT_FTP = 0.75
_OVER_S = 15


def told(ride: SimulatedRide) -> tuple[Floats, Floats]:
    """Power in watts and left share in percent, of a meter that notifies once a second from one device."""
    meter = ride.devices[0].name
    values = [decode(one.data) for one in notifications(ride) if one.uuid == "2a63" and one.meter == meter]
    power, left = np.array([(v.power_w, v.balance_percent) for v in values], dtype=np.float64).T
    return power, left


def true_power(truth: SimulatedPedalling) -> Floats:
    """Watts at the pedals in each second of a simulated ride, 0 where they stood still."""
    clock = np.arange(0.0, truth.seconds)
    turn = np.minimum(np.searchsorted(truth.t, clock), truth.t.size - 1)
    turning = clock >= truth.t[turn] - truth.pedalled_s[turn]
    return np.where(turning, truth.power_w[turn], 0.0)


def efforts(power: Floats, ftp_w: float, least_s: int) -> list[tuple[int, int]]:
    """First second and the one after the last of each stretch with 15-s power above 0.75 FTP."""
    on = np.convolve(power, np.ones(_OVER_S) / _OVER_S, "same") > EFFORT_FTP * ftp_w
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(int), [0]))))
    bounds = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(start, stop) for start, stop in bounds if stop - start >= least_s]
