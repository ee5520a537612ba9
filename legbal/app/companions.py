"""A companion for each kind of ride: on the rider's own meter, with a simulated rider, and of a recorded ride.

Of the first two every input is kept while the ride runs, and its summary when it has ended.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from legbal.app import outgoing
from legbal.app.companion import Companion
from legbal.app.meters import Chooser, profiles, remember_meter
from legbal.app.ride_setup import contribution, live_setup, replay_setup, with_contributions, with_history
from legbal.app.straps import OFF
from legbal.app.zero_ledger import keep_unridden
from legbal.config import Settings
from legbal.errors import LibraryError, reason
from legbal.library.recorder import Recorder, RecorderStatus
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideSource
from legbal.outlets import Outlet
from legbal.present.sentences import say
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.sources.recorded_ride import RecordedRide
from legbal.sources.replay import Replay
from legbal.sources.simulator import demo

_EARLIER_RIDES = 3  # of the same rider: what is usual is known when the demonstration begins


class Complain(Protocol):
    """Is told what goes wrong and, where that is known, what to do."""

    def __call__(self, text: str, hint: str | None = None, /) -> None:
        """Takes in one trouble."""


class RideRecording:
    """Records one ride and its summary.

    Args:
        source: what kind of ride it is.
        title: how the list of rides calls it.
        complain: is told what goes wrong, and what to do about it.
        aloud: it is told of the recording as that changes; the screen shows it by itself.
    """

    def __init__(
        self, source: RideSource, title: str = "", *, complain: Complain, aloud: bool = False
    ) -> None:
        self._source: RideSource = source
        self._title, self._complain, self._aloud = title, complain, aloud

    def record(self, setup: Setup, started: datetime) -> Recorder:
        """A recorder, not yet started, for a ride with this setup whose second 0 was at `started`, aware."""
        return Recorder(
            NewRide(setup=setup, source=self._source, title=self._title, started=started),
            on_change=self._say if self._aloud else lambda _: None,
        )

    def keep(self, _ride: Ride, recorder: Recorder) -> None:
        """Keeps the summary of the ride that has ended; what prevents that is said, the inputs are safe."""
        if not recorder.status.written:
            if not self._aloud:
                self._say(recorder.status)
            return
        # all that is derived once a ride is over, which its beginning need not wait for
        from legbal.app.ride_values import keep_summary

        try:
            with Library() as library:
                # With what a ride teaches, so that the next one begins at once, knowing this one.
                keep_summary(
                    library, library.find(recorder.ride_id), profiles(), teaches=self._source == "ride"
                )
        except Exception as error:  # a defect, too: the inputs are kept, and it can be derived again
            self._complain(say("recording.no_summary", reason=reason(error)), None)

    def _say(self, status: RecorderStatus) -> None:
        troubles = (
            say("recording.refused", reason=status.reason) if status.reason else "",
            say("recording.inputs_lost", lost=status.lost) if status.lost else "",
        )
        self._complain("; ".join(filter(None, troubles)) or say("recording.goes_on"), status.hint)


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
    # the radio, which neither the demonstration nor a replay needs
    from legbal.app.bluetooth_meters import ride_source, set_zero_offsets

    source = ride_source(settings, chooser, complain)
    outgoing.catch_up(settings, complain)
    recording = RideRecording("ride", complain=complain, aloud=aloud)

    def keep(ride: Ride, recorder: Recorder) -> None:
        recording.keep(ride, recorder)
        try:
            if recorder.status.written:
                outgoing.send_off(settings, recorder.ride_id)
        except LibraryError as error:
            complain(str(error))
        for meter in reversed(source.meters):  # the first one is the one used last
            remember_meter(meter, ride, options, complain, source.values.get(meter.address, {}))
        if settings.heart_rate.casefold() != OFF and not ride.heart_rate.times:
            complain(say("heart_rate.none", strap=settings.heart_rate))

    async def zero() -> str:
        return " ".join([sentence async for sentence, _ in set_zero_offsets(source)])

    return Companion(
        source,
        partial(live_setup, settings, options),
        name="Bluetooth",
        live=True,
        initial=msgspec.structs.replace(settings.setup(), pair=settings.pair),
        learn=with_history,
        record=recording.record,
        outlets=outlets,
        tell=complain if aloud else lambda _: None,
        keep=keep,
        zero=zero,
        unridden=partial(keep_unridden, complain),
    )


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
    profile = next(x for x in profiles() if x.id == "favero-assioma-duo")
    setup = settings.setup(profile=profile)
    ride = demo(
        profile,
        seed,
        seconds=seconds,
        speed=speed,
        weak_leg="right" if setup.weak_leg == "right" else "left",
        ftp_w=setup.ftp_w,
        at_once=True,
    )

    def learn(setup: Setup, _inputs: Sequence[Input]) -> Setup:
        return with_contributions(
            setup, [contribution(setup, earlier.timeline()) for earlier in ride.earlier(_EARLIER_RIDES)]
        )

    recording = RideRecording("demo", "Demonstration", complain=complain, aloud=aloud)
    return Companion(
        ride,
        lambda _: setup,
        name="demo",
        live=False,
        learn=learn,
        record=recording.record,
        outlets=outlets,
        tell=complain if aloud else lambda _: None,
        keep=recording.keep,
    )


def replayed_ride(
    recorded: RecordedRide,
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
    # read now, so that a ride that cannot be read never begins; standard input is waited for by the ride itself
    inputs = list(recorded.inputs) if recorded.more is None else recorded.inputs
    return Companion(
        Replay(inputs, speed=speed, more=recorded.more),
        partial(replay_setup, recorded, settings, options, history, plan, complain),
        name="replay" if speed is None or speed == 1 else f"replay {speed:g}×",
        live=False,
        outlets=outlets,
        tell=complain if aloud else lambda _: None,
    )
