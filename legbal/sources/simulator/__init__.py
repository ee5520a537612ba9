"""A seeded rider on a seeded meter who emits the bytes that such a meter would send."""

from legbal.sources.simulator.meter import Device
from legbal.sources.simulator.ride import SimulatedRide, demo
from legbal.sources.simulator.rider import Drop, Fade, Pedalling, Rider, Scatter
from legbal.sources.simulator.workout import Step, Workout, demonstration

__all__ = [
    "Device",
    "Drop",
    "Fade",
    "Pedalling",
    "Rider",
    "Scatter",
    "SimulatedRide",
    "Step",
    "Workout",
    "demo",
    "demonstration",
]
