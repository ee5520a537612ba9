"""MQTT messages and commands as anybody might send them: followed, listed, drawn, or counted as unreadable."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from legbal.outlets.commands import Command, Commands
from legbal.present.text import width_of
from legbal.remote.rider_group import CHOICES, ORDERS, select
from legbal.tui.render import averages, bar, coach, glance, status, trace
from legbal.tui.render.status import Frame
from tests.fuzz import _mutate as mutate
from tests.fuzz._cases import run_cases
from tests.remote.followers import Clocks, Ears, following, live, rider_group, state
from tests.tui.drawn import plain
from tests.tui.views import ride

DEFAULT, IN_SUITE = 8_000, 40

_DRAWINGS = (status.draw_header, glance.draw, bar.draw, averages.draw, trace.draw, status.draw_states)
_SIZES = ((160, 50), (80, 24), (20, 5))


@cache
def _good() -> dict[str, Any]:
    cue = {"v": 1, "id": "r1", "sent": 1.8e9, "event": "cue", "t": 5.0, "side": "left", "sound": "alert"}
    return {
        "live": json.loads(live(ride(notes=((1.0, "left cleat"),)))),
        "state": json.loads(state(ride())),
        "event": cue,
        "status": "online",
    }


@cache
def _ears() -> Ears:
    return Ears()  # it takes a while to make the tones


def case(random: Random, _folder: Path) -> str:
    """A few messages, good and odd, to one who follows and to one who coaches; then a command."""
    clocks = Clocks()
    followed, group = following(clocks, _ears()), rider_group(clocks, _ears())
    for _ in range(3):
        kind = random.choice(("live", "live", "state", "event", "status"))
        good = _good()[kind]
        payload = mutate.json_octets(random, good) if random.randrange(4) else json.dumps(good).encode()
        rider = random.choice(("anna", "anna", "anna", "bob", random.choice(mutate.ODD_TEXTS)))
        topic = f"legbal/{rider}/{random.choice((kind, kind, kind, *_good()))}"
        topic = topic if random.randrange(8) else mutate.text(random, topic)
        for listener in (followed, group):
            listener.hear(topic, payload, random.random() < 0.3)
        clocks.turn(random.choice((0.1, 1.0, 10.0)))
    _draw(random, Frame(followed.view(), followed.view(), followed.status()))
    riders = group.riders()
    for choice in CHOICES:
        for order in ORDERS:
            select(riders, choice, order, "a")
    width = random.choice(_SIZES)[0]
    _check(coach.rows(riders, 0, width), width)
    _command(random)
    return "unreadable" if followed.refused else "shown"


def _draw(random: Random, frame: Frame) -> None:
    size = random.choice(_SIZES)
    for draw in _DRAWINGS:
        _check(draw(frame, *size), size[0])


def _check(lines: Any, width: int) -> None:
    for line in lines:
        assert sum(width_of(run.text) for run in line) <= width
    assert plain(lines).replace("\n", "").isprintable()


def _command(random: Random) -> None:
    done: list[Command] = []
    payload = mutate.json_octets(random, {"command": random.choice(("lap", "note")), "text": "left cleat"})
    Commands(done.append, clock=lambda: 0.0).take(payload, retained=False)
    assert all(x.text.isprintable() and len(x.text) <= 200 for x in done)


def run(count: int, seed: int) -> dict[str, int]:
    """Tries so many of them."""
    return run_cases(case, count, seed)
