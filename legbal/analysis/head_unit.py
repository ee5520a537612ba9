"""What a head unit wrote of a ride beside its records, with the shares of it: laps, seated and standing, turns."""

from collections.abc import Iterable, Iterator

import numpy as np

from legbal.analysis.fit_file import FitFile, decode
from legbal.analysis.summary import HeadUnitSummary, LapShare
from legbal.ride.balance import Tally
from legbal.ride.inputs import FIT_FILE, Input, Notification
from legbal.ride.view import Floats


class HeadUnit:
    """Takes in, as it passes, what a file says as a whole."""

    def __init__(self) -> None:
        self._file = FitFile()

    def listen(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """The same inputs."""
        for item in inputs:
            if isinstance(item, Notification) and item.uuid == FIT_FILE:
                self._file = decode(item.data)
            yield item

    def summarise(self, rows: Floats, step: float) -> HeadUnitSummary | None:
        """What it wrote, with the shares; None of a ride that no head unit recorded.

        Args:
            rows: the ride's revolutions, shape (n, 5), columns as in `COLUMNS`.
            step: in which shares come, percent; 0: not rounded.
        """
        file, t = self._file, rows[:, 0]
        if file == FitFile():
            return None
        laps = file.laps if len(file.laps) > 1 else ()
        stands = np.zeros(len(t), bool)
        for start, end in file.standing:
            stands |= (t > start) & (t <= end)
        return HeadUnitSummary(
            laps=tuple(
                LapShare(start, end, Tally(step).add_rows(rows[(t > start) & (t <= end)]).share())
                for start, end in laps
            ),
            seated=Tally(step).add_rows(rows[~stands]).share() if file.standing else None,
            standing=Tally(step).add_rows(rows[stands]).share() if file.standing else None,
            turns=file.turns,
            indoors=file.indoors,
            ftp_w=file.ftp_w,
        )
