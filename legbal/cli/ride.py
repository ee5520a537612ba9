"""`legbal ride`: the rider's own meter over Bluetooth."""

from __future__ import annotations

from typing import Any

import click

from legbal.cli.options import ride_options, settings


@click.command(
    name="ride", help="Ride with your power meter over Bluetooth: balance live, alerts, recording."
)
@click.option("--meter", metavar="NAME", help="Name or address of the meter, or how it begins.")
@ride_options
def command(headless: bool, events: bool, **options: Any) -> None:
    """Rides until Ctrl-C or `q`."""
    from legbal.cli.choose import Chooser, last_used, remember_meter
    from legbal.cli.keep import Keeping
    from legbal.cli.prepare import live, profiles
    from legbal.cli.run import lines_of, run, sound_of
    from legbal.companion import Companion
    from legbal.ride.ride import Ride
    from legbal.sources.bluetooth import BluetoothSource

    chosen = settings(options)
    silent = headless or events
    profiles()  # a bad one is said now, not in the first interval
    chooser = Chooser()
    source = BluetoothSource(meter=chosen.meter, remembered=last_used(), choose=None if events else chooser)
    kept = Keeping("ride")

    def keep(ride: Ride) -> None:
        kept.keep(ride)
        if source.found is not None:
            remember_meter(source.found, ride, options)

    companion = Companion(
        source,
        live(chosen, options),
        name="Bluetooth",
        live=True,
        record=kept.record,
        sound=sound_of(chosen, heard=not events),
        lines=lines_of(events),
        keep=keep,
    )
    run(companion, headless=silent, chooser=chooser)
