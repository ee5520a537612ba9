"""The seconds of a ride that teach what is usual, packed for `baseline_fit` at the end."""

import math
from array import array

import numpy as np

from legbal.ride.baseline import RideSample
from legbal.ride.revolution import Bin
from legbal.ride.view import Floats

_COLUMNS = 4


class TaughtSeconds:
    """Seconds that teach, in order of time; one after the other in one array, for it is filled second by second."""

    def __init__(self) -> None:
        self._values = array("d")  # of each second its time, watts, left percent and cadence; 0: unknown

    def __len__(self) -> int:
        return len(self._values) // _COLUMNS

    def append(self, second: Bin) -> None:
        """Adds the latest one."""
        self._values.extend((second.t, second.power_w, second.left_percent or 0.0, second.cadence_rpm or 0.0))

    def keep(self, since: float = 0.0, until: float = math.inf) -> None:
        """Only those from ride second `since` on and before `until` still count."""
        first, end = (_COLUMNS * int(i) for i in np.searchsorted(self._rows()[:, 0], (since, until)))
        del self._values[end:], self._values[:first]

    def sample(self) -> RideSample:
        """What they teach; one without power or the work of both legs teaches nothing."""
        rows = self._rows()
        _, watts, left, _ = rows.T
        t, watts, left, rpm = rows[(watts > 0) & (left > 0) & (left < 100)].T
        return RideSample(
            t.astype("<u4").tobytes(),
            np.minimum(watts, 65535).astype("<u2").tobytes(),
            np.rint(100 * left).astype("<u2").tobytes(),
            np.rint(np.minimum(rpm, 255)).astype("u1").tobytes(),
        )

    def _rows(self) -> Floats:
        """Shape (n, 4); none may be added while it is held."""
        return np.frombuffer(self._values).reshape(-1, _COLUMNS)
