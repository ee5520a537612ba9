"""Rides without a radio: the demonstration, and recorded rides again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from legbal.analysis.learning import contribution, with_contributions
from legbal.app.companion import Companion
from legbal.app.meter_profiles import profiles
from legbal.app.ride_recording import Complain, RideRecording
from legbal.app.ride_setup import replay_setup
from legbal.config import Settings
from legbal.outlets.outlet import Outlet
from legbal.ride.inputs import Input, Setup
from legbal.sources.open_ride import Recorded
from legbal.sources.replay import Replay
from legbal.sources.simulator import demo
from legbal.sources.standard_input import from_thread

_EARLIER_RIDES = 3  # of the same rider: what is usual is known when the demonstration begins
_DEMO_METER = "favero-assioma-duo"


def demo_ride(
    settings: Settings,
    outlets: Sequence[Outlet],
    complain: Complain,
    *,
    seed: int,
    seconds: float | None,
    speed: float | None,
    aloud: bool,
) -> Companion:
    """A simulated rider, as strong as the rider and with the same weak leg, so that the story shows; it is recorded.

    Args:
        settings: what holds for the ride.
        outlets: take in the ride.
        complain: is told what goes wrong.
        seed: which rider, on which day.
        seconds: how long it lasts; None: to the end of its workout.
        speed: how fast time passes; None: as fast as it goes.
        aloud: what a screen would show by itself is told, too.
    """
    profile = next(x for x in profiles() if x.id == _DEMO_METER)
    setup = settings.setup(profile=profile)
    ride = demo(
        profile,
        seed,
        seconds=seconds,
        speed=speed,
        weak_leg="right" if setup.weak_leg == "right" else "left",
        ftp_w=setup.ftp_w,
    )

    def prepare(_inputs: Sequence[Input]) -> Setup:
        rides = [contribution(setup, earlier.timeline()) for earlier in ride.earlier(_EARLIER_RIDES)]
        return with_contributions(setup, rides)

    recording = RideRecording("demo", "Demonstration", complain=complain, aloud=aloud)
    return Companion(
        ride,
        prepare,
        name="demo",
        live=False,
        record=recording.record,
        outlets=outlets,
        tell=complain if aloud else lambda _: None,
        keep=recording.keep,
    )


def replayed_ride(
    recorded: Recorded,
    settings: Settings,
    options: Mapping[str, object],
    outlets: Sequence[Outlet],
    complain: Callable[[str], None],
    *,
    history: Path | None,
    plan: Path | None,
    speed: float | None,
    aloud: bool,
) -> Companion:
    """A recorded ride again; nothing is recorded. Arguments as of `ride_setup.replay_setup` and `demo_ride`."""
    inputs = recorded.inputs if recorded.more is None else from_thread(recorded.inputs, recorded.more)
    return Companion(
        Replay(inputs, speed=speed),
        replay_setup(recorded, settings, options, history, plan, complain),
        name="replay" if speed is None or speed == 1 else f"replay {speed:g}×",
        live=False,
        outlets=outlets,
        tell=complain if aloud else lambda _: None,
    )
