"""Whether a change is another in one power band than in the next: bands as deviations from the one answer of a meter.

Within a ride, whatever the day was is the same in all bands; what differs between them is judged by itself. One
question is asked of all bands together, and their deviations are drawn towards none.
"""

import math

import msgspec
import numpy as np

from legbal.analysis.pooled_rides import PROFILE_SD, PooledRides
from legbal.analysis.posterior import Answer, Mixture
from legbal.ride.view import Floats

BAND_STEP_SD = 0.5  # points by which a change differs between bands, if it does
_ODDS = 0.05  # prior, that bands differ in a change


class BandDeviations(msgspec.Struct, frozen=True):
    """How far the change in each band lies from the meter's, if they differ: points, shape (b,).

    `probability` is that they differ.
    """

    probability: float
    mean: Floats
    sd: Floats

    def answer(self, pooled: Answer, band: int) -> Answer:
        """The change in one band, by the meter's answer and this."""
        mean, sd = float(self.mean[band]), float(self.sd[band])
        changes, differs = pooled.any_probability, self.probability
        parts = (
            (changes * (1 - differs), pooled.if_any),
            (changes * differs, pooled.if_any.shifted(mean, sd)),
            ((1 - changes) * differs, Mixture(np.ones(1), np.array([mean]), np.array([sd]))),
        )
        either = changes + differs - changes * differs
        mixture = Mixture(
            np.concatenate([weight / either * part.weight for weight, part in parts]),
            np.concatenate([part.mean for _, part in parts]),
            np.concatenate([part.sd for _, part in parts]),
        )
        return Answer.of(either, mixture)


def weigh_residuals(rides: PooledRides) -> tuple[Floats, Floats]:
    """What is left of each ride in each band, 0 where it was not ridden, and its weight, 1/points²; shapes (n, b)."""
    present = ~np.isnan(rides.residual)
    residual = np.where(present, rides.residual, 0.0)
    weights = np.where(present, 1 / np.where(present, rides.residual_error, 1.0) ** 2, 0.0)
    n, b = residual.shape
    # Bands that scatter more than they should have wider errors; never narrower ones.
    freedom = max(int(present.sum()) - n - b, 1)
    weights /= max(1.0, float((weights * residual**2).sum()) / freedom)
    return residual, weights


def band_deviations(rides: PooledRides, column: Floats, size: float) -> BandDeviations:
    """How a change differs between bands.

    Args:
        rides: which.
        column: the change's part in each ride, shape (n,).
        size: points by which bands' changes differ, if they do (prior standard deviation).
    """
    residual, weights = weigh_residuals(rides)
    b = residual.shape[1]
    total = weights.sum(1)

    def normal(by: Floats) -> Floats:
        """Σ over rides of the bands' weights with the ride's own level taken out."""
        scaled = weights * by[:, None]
        return np.asarray(np.diag(scaled.sum(0)) - (weights / total[:, None]).T @ scaled, float)

    profile = normal(np.ones(len(residual))) + np.eye(b) / PROFILE_SD**2
    crossed = normal(column)
    score = (weights * residual).sum(0) - rides.profile / PROFILE_SD**2
    left = np.linalg.solve(profile, np.column_stack([crossed, score]))
    precision = normal(column**2) - crossed.T @ left[:, :b]
    covariance = np.linalg.inv(precision + np.eye(b) / size**2)
    toward = (weights * residual * column[:, None]).sum(0) - crossed.T @ left[:, b]
    mean = covariance @ toward
    log_odds = (
        math.log(_ODDS) + 0.5 * float(toward @ mean) + 0.5 * float(np.linalg.slogdet(covariance / size**2)[1])
    )
    probability = 1 / (1 + math.exp(-max(-700.0, min(log_odds, 700.0))))
    return BandDeviations(probability, mean, np.sqrt(np.diag(covariance)))
