"""What became of odd inputs once they were read: the fold takes them, and what it gives can be published."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from legbal.app.meters import preamble, profile_of, profiles
from legbal.meters.profile import Profile
from legbal.outlets import RunState
from legbal.outlets.jsonlines import encode
from legbal.outlets.mqtt import encoding, schema
from legbal.ride.events import Fault
from legbal.ride.inputs import Input, PlannedStep, Setup
from legbal.ride.ride import fold


@cache
def families() -> tuple[Profile, ...]:
    """What is known of meters."""
    return tuple(profiles())


def ride(inputs: Iterable[Input], plan: tuple[PlannedStep, ...] = ()) -> str:
    """Rides on them: no input is a defect of the fold, and every event and view is one that others can read."""
    inputs = list(inputs)
    setup = Setup(ftp_w=250.0, weak_leg="left", profile=profile_of(preamble(inputs), families()), plan=plan)
    events, view = fold(setup, inputs)
    for event in events:
        assert not isinstance(event, Fault), event
        encode(event)
        encoding.event(event, id="r", sent=0.0)
    run = RunState(recording=True)
    schema.read(schema.Live, encoding.live(view, run, id="r", sent=0.0))
    schema.read(schema.State, encoding.state(view, id="r", sent=0.0))
    return "ridden" if view.counts.notifications else "empty"
