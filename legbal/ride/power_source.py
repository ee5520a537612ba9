"""What a ride is ridden on: one meter, or two that are one; the fold does not tell them apart."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from legbal.meters.balance_octet import ConstantBalance, Reference
from legbal.meters.limits import Remark
from legbal.ride.events import Defect
from legbal.ride.inputs import Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.pair import Pair
from legbal.ride.revolution import Reading, Revolution
from legbal.ride.share import BalanceQuality
from legbal.ride.view import Counts


class PowerSource(Protocol):
    """Whose measurements are ridden on: gives power, revolutions, and what its balance is worth.

    `constant` says whether the balance stands still while power moves; `revolutions` and `without_balance` count
    what became of the crank's turns.
    """

    constant: ConstantBalance
    revolutions: int
    without_balance: int

    @property
    def name(self) -> str:
        """As the source of notifications calls it."""

    @property
    def meters(self) -> tuple[Meter, ...]:
        """The meters that it is made of, as far as they were heard."""

    @property
    def skipped(self) -> int:
        """Revolutions that no notification told."""

    @property
    def cadence_rpm(self) -> float | None:
        """Revolutions a minute; None: not known yet."""

    @property
    def pedalling(self) -> bool:
        """Whether the cranks turn under power."""

    @property
    def balance(self) -> BalanceQuality:
        """What its balance is worth."""

    @property
    def reference(self) -> Reference:
        """Which leg its balance names."""

    @property
    def one_sided(self) -> Side | None:
        """The only one of two sides that is heard now; None otherwise."""

    def takes(self, meter: Meter) -> bool:
        """Whether this meter's measurements belong to it."""

    def feed(self, t: float, meter: Meter, revolution: Revolution | None) -> Reading:
        """Takes in what a packet of one of its meters told at ride second `t`, and gives what that settles."""

    def advance(self, t: float) -> None:
        """Time has passed in silence, until ride second `t`."""

    def name_reference(self, right: bool) -> None:
        """The rider said which leg the balance names."""

    def limits(self) -> tuple[Remark, ...]:
        """What it can and cannot know, the most important first."""

    def news(self) -> Remark | None:
        """What has just turned out about its balance, once."""


def source_for(setup: Setup, meter: Meter, t: float) -> PowerSource | None:
    """What a ride is ridden on whose first measurement, at ride second `t`, is of this meter.

    None where the rider named two meters, and this is neither.
    """
    pair = Pair(setup, t)
    if pair.takes(meter):
        return pair
    return meter if setup.pair is None else None


def mean_since(powers: deque[tuple[float, float]], since: float) -> float | None:
    """The mean of the watts stated after ride second `since`; None where none were. Asked for every second of a ride.

    Args:
        powers: when each was stated, and what, the earliest first.
        since: ride seconds.
    """
    watts = []
    for t, power_w in reversed(powers):
        if t <= since:
            break
        watts.append(power_w)
    return sum(watts) / len(watts) if watts else None


def count(meters: Iterable[Meter], sources: Iterable[PowerSource], unusable: int) -> Counts:
    """What arrived from these meters, and what became of it where the fold reads them as these sources."""
    meters, sources = tuple(meters), tuple(sources)
    return Counts(
        notifications=sum(m.notifications for m in meters),
        repeats=sum(m.counter.repeats for m in meters),
        undecodable=sum(m.undecodable for m in meters),
        revolutions=sum(m.revolutions for m in sources),
        not_seen=sum(m.skipped for m in sources),
        without_balance=sum(m.without_balance for m in sources),
        unusable=unusable,
    )


def unusable(meters: Iterable[Meter], failures: Mapping[Defect, int]) -> list[Remark]:
    """What of a ride could not be used: where this code failed, how often, and what was cut short on its way."""
    missing = dict.fromkeys(m.device.missing for m in meters if m.device.missing)
    return [
        *(Remark(f"ride.{code}", {"times": times}) for code, times in failures.items()),
        *(Remark("cut_short", {"missing": fields}) for fields in missing),
    ]
