"""One model of a rider's days: what a meter's rides say together, however often they are asked.

The left share of a ride in a power band = level + the band's profile + steps at changes + a slow wander with a memory
+ the day + the ride's own error. The wander is an Ornstein-Uhlenbeck process in days, however irregularly the rider
rides; the day is new with each ride. A ride's bands are pooled into one share (`pool_bands`), which loses nothing: what
tells bands apart is the same whatever the day was.

How far days lie apart, how far the wander goes and how long it remembers differ by rider and are known from few rides
only. So they are not estimated and then believed: the fit is exact on a grid of them (`GRID`), a scalar Kalman filter
each, and every answer is the average over the grid by how well it foretold the rides. Its prior comes from real rides
(docs/trend.md).

Whether there is a change is told from Bayes factors with proper priors. For a rider who has not changed such a factor
is a nonnegative martingale: that its posterior odds ever reach 4, in whatever many askings, has at most a quarter of
the prior odds as its chance (Ville's inequality).
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import msgspec
import numpy as np

from legbal.analysis.pooled_rides import PooledRides
from legbal.analysis.posterior import Mixture, log_sum, normalised
from legbal.ride.view import Floats

# Points by which riders' levels lie apart, around 50. Of 15 riders' first rides the standard deviation is 2.1; after an
# injury a level may lie 10 points off and more, which no wander is to explain.
LEVEL_SD = 8.0


class Grid(msgspec.Struct, frozen=True):
    """Spreads to average over: points of day and wander, the wander's memory in days, log prior; shape (k,) each."""

    day: Floats
    wander: Floats
    memory: Floats
    log_prior: Floats


def _grid() -> Grid:
    day = (0.25, 0.4, 0.63, 1.0, 1.6, 2.5)
    day_prior = (0.08, 0.2, 0.27, 0.25, 0.14, 0.06)
    ratio, ratio_prior = (1.0, 2.0), (0.5, 0.5)  # wander over day
    memory, memory_prior = (4.0, 12.0, 40.0, 120.0), (0.16, 0.19, 0.325, 0.325)
    still = 0.6  # the prior that nothing wanders
    rows = [(d, 0.0, 1.0, p * still) for d, p in zip(day, day_prior, strict=True)]
    rows += [
        (d, d * r, m, p * q * o * (1 - still))
        for d, p in zip(day, day_prior, strict=True)
        for r, q in zip(ratio, ratio_prior, strict=True)
        for m, o in zip(memory, memory_prior, strict=True)
    ]
    table = np.array(rows)
    return Grid(table[:, 0], table[:, 1], table[:, 2], np.log(table[:, 3]))


GRID = _grid()


class Candidates(msgspec.Struct, frozen=True):
    """Columns of which one may be added to a fit, by what its rides say of each under each spread of the grid.

    Attributes:
        precision, score: of the coefficient, and precision × estimate, what the fit's own columns explain left to
            them; shape (k, q).
        shared: by how much the fit's coefficients fall where the column's is 1, shape (k, p + 1, q).
    """

    precision: Floats
    score: Floats
    shared: Floats

    def some(self, which: slice) -> "Candidates":
        """Those in some places."""
        return Candidates(self.precision[:, which], self.score[:, which], self.shared[:, :, which])

    def log_factors(self, sizes: Sequence[float]) -> Floats:
        """Log Bayes factors of a coefficient of one of some prior sizes against 0, shape (sizes, k, q)."""
        size = np.array(sizes)[:, None, None] ** 2
        gain = 1 + size * self.precision
        return 0.5 * (size * self.score**2 / gain - np.log(gain)) - math.log(len(sizes))

    def posterior(self, sizes: Sequence[float]) -> tuple[Floats, Floats]:
        """Mean and variance of each coefficient under each prior size, shape (sizes, k, q)."""
        precision = self.precision + np.array(sizes)[:, None, None] ** -2.0
        return self.score / precision, 1 / precision


class DaysFit:
    """The model fitted to pooled rides, given columns whose coefficients have normal priors around 0.

    Args:
        rides: which.
        columns: shape (n, p), beside the level's.
        prior_sd: of the columns' coefficients, points, shape (p,) or, by spread of the grid, (k, p).

    Attributes:
        columns: with the level's ones first, shape (n, p + 1); `prior_sd`: of all, points, (k, p + 1).
        log_evidence: of the rides under each spread of `GRID`, its prior counted in, shape (k,).
        mean, covariance: the coefficients' under each, the level (less 50) first, shapes (k, p + 1), (k, p + 1, p + 1).
    """

    def __init__(self, rides: PooledRides, columns: Floats, prior_sd: Floats) -> None:
        n, p = columns.shape
        self._days, self.columns = rides.days, np.column_stack([np.ones(n), columns])
        self._filter(rides)
        self.prior_sd = np.full((len(GRID.day), p + 1), LEVEL_SD)
        self.prior_sd[:, 1:] = prior_sd
        white, state = self._whitened(np.column_stack([rides.left - 50, self.columns]))
        self._y, x = (np.ascontiguousarray(white[:, :, part]) for part in (0, slice(1, None)))
        self._y_state, self._x_state, self._x = state[:, 0], state[:, 1:], x
        self._across = np.ascontiguousarray(x.transpose(0, 2, 1))
        self._prior = np.eye(p + 1) * self.prior_sd[:, None] ** -2
        gram = self._across @ x + self._prior
        self.covariance = np.linalg.inv(gram)
        score = (self._across @ self._y[:, :, None])[:, :, 0]
        self.mean = (self.covariance @ score[:, :, None])[:, :, 0]
        self._residual = self._y - (x @ self.mean[:, :, None])[:, :, 0]
        squares = (self._y**2).sum(1) - (score * self.mean).sum(1)
        self.log_evidence = (
            GRID.log_prior
            - 0.5 * (np.linalg.slogdet(gram)[1] + 2 * np.log(self.prior_sd).sum(1))
            - 0.5 * squares
            - 0.5 * np.log(self._variance).sum(1)
            - 0.5 * n * math.log(2 * math.pi)
        )

    def _filter(self, rides: PooledRides) -> None:
        """The Kalman filter's gains and innovation variances, which no column changes; shape (k, n)."""
        gaps = np.diff(rides.days, prepend=rides.days[:1])
        self._decay = np.exp(-gaps / GRID.memory[:, None])
        noise = GRID.day[:, None] ** 2 + rides.error**2
        wander = GRID.wander**2
        spread = wander
        self._gain, self._variance = np.empty_like(noise), np.empty_like(noise)
        for i in range(len(gaps)):
            decay = self._decay[:, i] ** 2
            spread = decay * spread + wander * (1 - decay)
            self._variance[:, i] = spread + noise[:, i]
            self._gain[:, i] = spread / self._variance[:, i]
            spread = spread * (1 - self._gain[:, i])
        self._spread = spread

    def _whitened(self, columns: Floats) -> tuple[Floats, Floats]:
        """Columns' innovations in standard deviations, shape (k, n, q), and the filter's last states, (k, q)."""
        innovations = np.zeros((len(GRID.day), *columns.shape))
        state = np.zeros((len(GRID.day), columns.shape[1]))
        scale = 1 / np.sqrt(self._variance)
        # Columns of later steps, to the right, are 0 so far and need nothing.
        begun = np.zeros(len(columns), int)
        np.maximum.at(begun, (columns != 0).argmax(0), np.arange(columns.shape[1]) + 1)
        begun = np.maximum.accumulate(begun)
        for i, row in enumerate(columns):
            now = state[:, : begun[i]]
            now *= self._decay[:, i, None]
            innovation = row[: begun[i]] - now
            now += self._gain[:, i, None] * innovation
            np.multiply(innovation, scale[:, i, None], out=innovations[:, i, : begun[i]])
        return innovations, state

    @cached_property
    def weight(self) -> Floats:
        """The posterior of each spread of `GRID`, shape (k,)."""
        return normalised(self.log_evidence)

    def candidates(self, columns: Floats) -> "Candidates":
        """What the rides say of one more column, of each of some, shape (n, q)."""
        white = self._whitened(columns)[0]
        crossed = self._across @ white
        shared = self.covariance @ crossed
        precision = np.einsum("knq,knq->kq", white, white) - (crossed * shared).sum(1)
        return Candidates(np.maximum(precision, 0.0), (self._residual[:, None] @ white)[:, 0], shared)

    def precisions(self, column: Floats) -> Callable[[int], Floats]:
        """Gives what the first so many rides alone say of one more column, shape (n,): its precision, shape (k,)."""
        white = self._whitened(column[:, None])[0]

        def of_first(rides: int) -> Floats:
            across, own = self._across[:, :, :rides], white[:, :rides]
            crossed = across @ own
            shared = np.linalg.inv(across @ self._x[:, :rides] + self._prior) @ crossed
            precision = np.einsum("knq,knq->kq", own, own) - (crossed * shared).sum(1)
            return np.asarray(np.maximum(precision[:, 0], 0.0), float)

        return of_first

    def log_factor(self, which: int) -> float:
        """The log Bayes factor of a column's coefficient being some against its being 0 (Savage and Dickey)."""
        mean, variance = self.mean[:, which], self.covariance[:, which, which]
        ratio = np.log(self.prior_sd[:, which]) - 0.5 * np.log(variance) - 0.5 * mean**2 / variance
        return -log_sum(np.log(np.maximum(self.weight, 1e-300)) + ratio)

    def spreads(self) -> tuple[float, float, float]:
        """Posterior means: points from day to day, points of the wander, days of its memory if there is one."""
        wandering = self.weight * (GRID.wander > 0)
        memory = math.exp(float(wandering @ np.log(GRID.memory) / wandering.sum()))
        return float(self.weight @ GRID.day), float(self.weight @ GRID.wander), memory

    def combined(self, row: Floats) -> Mixture:
        """The posterior of a sum of coefficients, the level's first, by their parts (p + 1,)."""
        variance = np.einsum("p,kpq,q->k", row, self.covariance, row)
        return Mixture(self.weight, self.mean @ row, np.sqrt(variance))

    def next_ride(self, day: float, row: Floats, error: float) -> Mixture:
        """What a ride on a later day will show if it is known to `error`, less 50; `row` (p + 1,) begins with a 1."""
        decay = np.exp(-(day - self._days[-1]) / GRID.memory)
        x = row - decay[:, None] * self._x_state
        mean = decay * self._y_state + (x * self.mean).sum(1)
        wander = decay**2 * self._spread + GRID.wander**2 * (1 - decay**2)
        variance = wander + GRID.day**2 + error**2 + np.einsum("kp,kpq,kq->k", x, self.covariance, x)
        return Mixture(self.weight, mean, np.sqrt(variance))
