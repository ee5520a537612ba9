"""`legbal ride`: the rider's own meter over Bluetooth."""

from __future__ import annotations

from typing import Any

import click

from legbal.cli.options import pair_options, ride_options, settings
from legbal.cli.shell_values import meters


@click.command(
    name="ride", help="Ride with your power meter over Bluetooth: balance live, alerts, recording."
)
@click.option(
    "--meter", metavar="NAME", shell_complete=meters, help="Name or address of the meter, or how it begins."
)
@ride_options
@pair_options
def command(headless: bool, events: bool, **options: Any) -> None:
    """Rides until Ctrl-C or `q`."""
    from legbal.app.companion import Companion
    from legbal.app.meter_choice import Chooser, last_used, remember_meter, with_pair
    from legbal.app.meter_profiles import profiles
    from legbal.app.ride_recording import Keeping
    from legbal.app.ride_setup import live
    from legbal.cli.prompt import choose
    from legbal.cli.run import outlets_of, run
    from legbal.cli.stdio import complain
    from legbal.ride.ride import Ride
    from legbal.sources.bluetooth import BluetoothSource

    chosen = with_pair(settings(options), options)
    silent = headless or events
    families = profiles()  # a bad one is said now, not in the first interval
    chooser = Chooser(choose)
    source = BluetoothSource(
        meter=chosen.meter,
        remembered=last_used(complain),
        choose=None if events else chooser,
        pair=chosen.pair,
        profiles=families,
    )
    kept = Keeping("ride", complain=complain, aloud=silent)

    def keep(ride: Ride) -> None:
        kept.keep(ride)
        for found in (source.partner, source.found):  # the first one is the one used last
            if found is not None:
                remember_meter(found, ride, options, complain)

    async def zero() -> str:
        if source.partner is None:
            return f"{(await source.zero()).text}."
        both = (source.found, source.partner)
        return " ".join([f"{x.label}: {(await source.zero(x)).text}." for x in both if x is not None])

    outlets = outlets_of(chosen, options, heard=not events, events=events, live=True)
    companion = Companion(
        source,
        live(chosen, options),
        name="Bluetooth",
        live=True,
        record=kept.record,
        outlets=outlets,
        tell=complain if silent else lambda _: None,
        keep=keep,
        zero=zero,
    )
    run(companion, chosen, options, outlets, headless=silent, chooser=chooser)
