"""Which of the power meters in range is the rider's: the named, the usual, the only or the chosen one."""

from collections.abc import Awaitable, Callable, Sequence

from legbal.errors import BluetoothError
from legbal.meters.limits import Remark
from legbal.sources.bluetooth.discovery import PowerMeter

_MOST_LISTED = 8  # in an error message; a race start has dozens in range

Choose = Callable[[Sequence[PowerMeter]], Awaitable[PowerMeter]]
"""Asks the rider which of several meters it is."""


class MeterSelection:
    """What is looked for: the meter that the rider names, else the one used last, else the only one in range.

    Args:
        name: a name or address, or the beginning of one; None: not said.
        remembered: name or address of the meter that was used last; None: there is none.
        patience_s: how long the remembered one is waited for before another will do.
        choose: asks the rider which of several it is; without it several are an error.
        fold: takes out of the meters in range those that belong to another of them.
        as_typed: it is one side of a pair that the rider named: the ride calls it so, that it is known by that.

    Attributes:
        name: what is known of its name.
    """

    def __init__(
        self,
        name: str | None,
        remembered: str | None,
        patience_s: float,
        choose: Choose | None,
        fold: Callable[[Sequence[PowerMeter]], Sequence[PowerMeter]] = lambda meters: meters,
        *,
        as_typed: bool = False,
    ) -> None:
        self._typed, self._remembered = (name or "").strip(), (remembered or "").strip()
        self._patience_s, self._choose, self._fold, self._as_typed = patience_s, choose, fold, as_typed
        self.name = self._typed or self._remembered

    def label(self, meter: PowerMeter) -> str:
        """How the ride calls it: by its own name; else, for an address of a pair, by what was typed."""
        own = meter.label.casefold().startswith(self.name.casefold()) or not self._as_typed
        return meter.label if own else self.name

    def is_clear(self, meter: PowerMeter) -> bool:
        """Whether no other meter can be meant. Some send their name later than their address: wait for it."""
        return self.name != "" and meter.name is not None and is_named(meter, self.name)

    async def single(self, meters: Sequence[PowerMeter], waited_s: float) -> PowerMeter | None:
        """The one that is meant, after so many seconds of looking; None while it is not there.

        Raises:
            BluetoothError: AMBIGUOUS, if several may be meant and nobody can choose.
        """
        usual = [meter for meter in meters if self._remembered and is_named(meter, self._remembered)]
        if self._remembered and not self._typed and (usual or waited_s < self._patience_s):
            return await single(usual, self._choose)
        return await single(self._fold(named(meters, self._typed)), self._choose)

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none yet, and what to do."""
        if not self.name:
            return Remark("link.none_in_range")
        if not meters:
            return Remark("link.not_in_range", {"meter": self.name})
        return Remark(
            "link.others_in_range",
            {"meter": self.name, "others": tuple(meter.label for meter in meters[:3])},
        )


def is_named(meter: PowerMeter, name: str) -> bool:
    """Whether the meter's name or address is exactly `name`, in any case of letters."""
    return name.casefold() in _names(meter)


def named(meters: Sequence[PowerMeter], name: str) -> list[PowerMeter]:
    """The meters that `name` may mean: those of that name or address, else those that begin so; all for ""."""
    exact = [meter for meter in meters if is_named(meter, name)]
    start = name.casefold()
    return exact or [meter for meter in meters if any(own.startswith(start) for own in _names(meter))]


async def single(meters: Sequence[PowerMeter], choose: Choose | None) -> PowerMeter | None:
    """The only one of these, or the one that is chosen; None where there is none.

    Raises:
        BluetoothError: AMBIGUOUS, listing them, if there are several and nobody to choose.
    """
    if len(meters) <= 1:
        return meters[0] if meters else None
    if choose is not None:
        return await choose(meters)
    listed = ", ".join(f"{meter.label} ({meter.address})" for meter in meters[:_MOST_LISTED])
    more = f" and {len(meters) - _MOST_LISTED} more" if len(meters) > _MOST_LISTED else ""
    raise BluetoothError(
        f"{len(meters)} power meters are in range: {listed}{more}",
        reason="several meters",
        hint="Say which one with --meter NAME; the beginning of its name or its address will do.",
    )


def _names(meter: PowerMeter) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (meter.name, meter.label, meter.address) if name)
