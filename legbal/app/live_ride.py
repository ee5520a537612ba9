"""A ride on the rider's own meter, over Bluetooth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from legbal.app.companion import Companion
from legbal.app.meter_choice import Chooser, last_used, remember_meter
from legbal.app.meter_profiles import profiles
from legbal.app.ride_recording import Complain, RideRecording
from legbal.app.ride_setup import live_setup
from legbal.config import Settings
from legbal.outlets.outlet import Outlet
from legbal.present.meter import zero_offset
from legbal.ride.ride import Ride
from legbal.sources.bluetooth import BluetoothSource, Found


def live_ride(
    settings: Settings,
    options: Mapping[str, object],
    outlets: Sequence[Outlet],
    chooser: Chooser | None,
    complain: Complain,
    *,
    aloud: bool,
) -> Companion:
    """The ride, not yet begun; it is recorded, and its meter is remembered. Raises ProfileError.

    Args:
        settings: what holds for it, a pair of meters included.
        options: what was typed, by a setting's name.
        outlets: take in the ride.
        chooser: asks which of several meters it is; None: nobody can be asked.
        complain: is told what goes wrong.
        aloud: it is told also what a screen would show by itself.
    """
    families = profiles()  # a bad one is said now, not in the first interval
    source = BluetoothSource(
        meter=settings.meter,
        remembered=last_used(complain),
        choose=chooser,
        pair=settings.pair,
        profiles=families,
    )
    recording = RideRecording("ride", complain=complain, aloud=aloud)

    def keep(ride: Ride) -> None:
        recording.keep(ride)
        for found in (source.partner, source.found):  # the first one is the one used last
            if found is not None:
                remember_meter(found, ride, options, complain)

    async def zero() -> str:
        async def zero_of(meter: Found | None) -> str:
            result = await source.zero(meter)
            return f"{zero_offset(result.offset_raw, result.measures)}."

        if source.partner is None:
            return await zero_of(source.found)
        both = (source.found, source.partner)
        return " ".join([f"{x.label}: {await zero_of(x)}" for x in both if x is not None])

    return Companion(
        source,
        live_setup(settings, options),
        name="Bluetooth",
        live=True,
        record=recording.record,
        outlets=outlets,
        tell=complain if aloud else lambda _: None,
        keep=keep,
        zero=zero,
    )
