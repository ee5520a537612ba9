"""How even two legs are, in the indices that clinicians read, and which difference between two rides is no noise.

Both indices are the left share of power in other words, so their 95 % ranges are those of its bounds:

- symmetry index (R. O. Robinson, W. Herzog & B. M. Nigg, J Manipulative Physiol Ther 10, 1987): right less left, as a
  part of the mean of both, percent. 0 is even; above 0 the right leg gives more.
- limb symmetry index (F. R. Noyes, S. D. Barber & R. E. Mangine, Am J Sports Med 19, 1991): the involved leg as a part
  of the other, percent. 100 is even.

Smallest detectable change: 1.96 · √2 · standard error of measurement (H. C. W. de Vet et al., J Clin Epidemiol 59,
2006). That error is of one ride in one power band: its own, and by how much days differ.
"""

import math

import msgspec
import numpy as np

from legbal.analysis.meter_days import days_of
from legbal.analysis.months import MeterRides
from legbal.analysis.pooled_rides import arrays, pool_bands, share_table
from legbal.analysis.posterior import CredibleInterval
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD, VarianceComponents
from legbal.analysis.rider_answers import BandLevel, RiderAnswers
from legbal.analysis.summary import Summary
from legbal.ride.inputs import Side
from legbal.ride.share import Z_95, Share
from legbal.ride.view import Floats

# so many differences of successive rides count as much as what is assumed of how days differ
_ASSUMED_DIFFERENCES = 4
_LEAST_BETWEEN_SD = 0.1  # points: no two days of anybody are quite the same


class SymmetryRow(msgspec.Struct, frozen=True, kw_only=True):
    """Both legs at one intensity.

    Attributes:
        band: the power band with its level; None: all of them, or `sprints` of 5 to 20 s.
        left: the left share, percent, with its 95 % range; `standard_error` in points.
        symmetry, limb_symmetry: both indices, percent.
        detectable: points of left share by which another such ride must differ; None where that is not known.
        rides: behind it; `seconds` of pedalling and mean `power_w` of one ride, 0 and None of several.
    """

    band: BandLevel | None
    sprints: bool = False
    left: CredibleInterval
    standard_error: float
    symmetry: CredibleInterval
    limb_symmetry: CredibleInterval
    detectable: float | None = None
    rides: int = 1
    seconds: float = 0.0
    power_w: float | None = None


class SymmetryReport(msgspec.Struct, frozen=True, kw_only=True):
    """The rows, that of all intensities first.

    Attributes:
        involved: the leg that the limb symmetry index is of; `stated`: as the rider says, else the one that gives less.
        scatter_rides: rides that tell how days differ; 0: that is assumed (`ASSUMED_BETWEEN_SD`).
    """

    involved: Side
    stated: bool
    rows: tuple[SymmetryRow, ...]
    scatter_rides: int = 0


def symmetry_index(left: CredibleInterval) -> CredibleInterval:
    """(right − left) / ½ (right + left) · 100, of a left share in percent.

    >>> symmetry_index(CredibleInterval(47.0, 46.0, 48.0))
    CredibleInterval(value=12.0, low=8.0, high=16.0, probability=0.95)
    """
    value, high, low = (2 * (100 - 2 * x) for x in (left.value, left.low, left.high))
    return CredibleInterval(value, low, high, left.probability)


def limb_symmetry_index(left: CredibleInterval, involved: Side) -> CredibleInterval:
    """Involved leg / other leg · 100, of a left share in percent; infinite where the other gives nothing.

    >>> limb_symmetry_index(CredibleInterval(50.0, 45.0, 60.0), "left")
    CredibleInterval(value=100.0, low=81.81818181818181, high=150.0, probability=0.95)
    """
    if involved == "right":
        left = CredibleInterval(100 - left.value, 100 - left.high, 100 - left.low, left.probability)
    return CredibleInterval(_ratio(left.value), _ratio(left.low), _ratio(left.high), left.probability)


def _ratio(part: float) -> float:
    return max(part, 0.0) / (100 - part) * 100 if part < 100 else math.inf


def smallest_detectable_change(scatter: VarianceComponents) -> float:
    """Points by which one of 20 pairs of rides of a rider who does not change differ at least."""
    return Z_95 * math.sqrt(2) * math.hypot(scatter.within_se, scatter.between_sd)


def day_scatter(left: Floats, error: Floats) -> VarianceComponents:
    """How rides scatter, by what successive ones differ (J. von Neumann, Ann Math Stat 12, 1941); slow change is none.

    What is assumed of days is drawn towards what these rides say as they become more. One ride's error is the median.

    Args:
        left, error: of rides at one intensity, the earliest first, percent and points, shape (n,).
    """
    apart = (np.diff(left) ** 2 - error[1:] ** 2 - error[:-1] ** 2) / 2
    variance = (_ASSUMED_DIFFERENCES * ASSUMED_BETWEEN_SD**2 + float(apart.sum())) / (
        _ASSUMED_DIFFERENCES + len(apart)
    )
    return VarianceComponents(
        within_se=float(np.median(error)) if len(error) else 0.0,
        between_sd=math.sqrt(max(variance, _LEAST_BETWEEN_SD**2)),
        rides=len(left) if len(apart) else 0,
    )


def symmetry_of_ride(
    summary: Summary, weak: Side | None = None, others: MeterRides | None = None
) -> SymmetryReport | None:
    """The indices of one ride; None without a balance that can be believed.

    Args:
        summary: of the ride.
        weak: the leg that the rider calls the weak one.
        others: the rides that it can be compared with, itself among them; they tell how days differ.
    """
    ride = summary.ride
    whole = _interval(ride.share)
    if whole is None or summary.meter_wrong or ride.balance in ("constant", "absent"):
        return None
    involved = weak or _lesser(whole)
    scatter = {} if others is None else {x.band: day_scatter(*arrays(x.rows)) for x in others.bands}
    rows = [_of_share(None, ride.share, whole, involved)]
    for band in summary.bands:
        left = _interval(band.share)
        if left is None:
            continue
        own = VarianceComponents(within_se=band.share.standard_error or 0.0)
        days = scatter.get(band.name)
        if days is not None:
            own = msgspec.structs.replace(own, between_sd=days.between_sd, rides=days.rides)
        level = BandLevel(band.name, band.low_ftp, band.high_ftp, left)
        rows.append(_of_share(level, band.share, left, involved, smallest_detectable_change(own)))
    sprints = None if summary.efforts is None else summary.efforts.sprints
    if sprints is not None and (left := _interval(sprints)) is not None:
        row = _of_share(None, sprints, left, involved)
        rows.append(msgspec.structs.replace(row, sprints=True))
    return SymmetryReport(
        involved=involved,
        stated=weak is not None,
        rows=tuple(rows),
        scatter_rides=max((x.rides for x in scatter.values()), default=0),
    )


def symmetry_of_months(meter: MeterRides, answers: RiderAnswers, weak: Side | None = None) -> SymmetryReport:
    """The indices as of the last ride on a meter, by all of its rides.

    Args:
        meter: its rides in bands, with those of the answers.
        answers: what they say.
        weak: the leg that the rider calls the weak one.
    """
    involved = weak or _lesser(answers.size.level)
    rides, table = share_table(meter)
    pooled = pool_bands(days_of(rides), *table)
    whole = day_scatter(pooled.left, pooled.error)
    rows = [_of_level(None, answers.size.level, involved, answers.rides, whole)]
    by_band = {x.band: x.rows for x in meter.bands}
    for level in answers.where.bands:
        of_band = by_band[level.band]
        rows.append(_of_level(level, level.level, involved, len(of_band), day_scatter(*arrays(of_band))))
    if answers.where.sprints is not None:
        row = _of_level(None, answers.where.sprints, involved, answers.where.sprint_rides)
        rows.append(msgspec.structs.replace(row, sprints=True))
    return SymmetryReport(
        involved=involved, stated=weak is not None, rows=tuple(rows), scatter_rides=whole.rides
    )


def _lesser(left: CredibleInterval) -> Side:
    return "left" if left.value <= 50 else "right"


def _interval(share: Share) -> CredibleInterval | None:
    """A share with its 95 % range; None where too little stands behind it."""
    left, error = share.left_percent, share.standard_error
    if left is None or error is None or not (share.revolutions is None or share.rests_on()):
        return None
    return CredibleInterval(left, max(0.0, left - Z_95 * error), min(100.0, left + Z_95 * error))


def _of_share(
    band: BandLevel | None,
    share: Share,
    left: CredibleInterval,
    involved: Side,
    detectable: float | None = None,
) -> SymmetryRow:
    return SymmetryRow(
        band=band,
        left=left,
        standard_error=share.standard_error or 0.0,
        symmetry=symmetry_index(left),
        limb_symmetry=limb_symmetry_index(left, involved),
        detectable=detectable,
        seconds=share.seconds,
        power_w=share.power_w,
    )


def _of_level(
    band: BandLevel | None,
    left: CredibleInterval,
    involved: Side,
    rides: int,
    scatter: VarianceComponents | None = None,
) -> SymmetryRow:
    return SymmetryRow(
        band=band,
        left=left,
        standard_error=(left.high - left.low) / 2 / Z_95,
        symmetry=symmetry_index(left),
        limb_symmetry=limb_symmetry_index(left, involved),
        detectable=None if scatter is None else smallest_detectable_change(scatter),
        rides=rides,
    )
