"""A pair in every order of connecting, sending, dropping, coming back and never coming, through the whole program.

One of them, a half that connects and drops before it ever sends, once ended the ride and kept it from being opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Literal

import pytest

from legbal import paths
from legbal.analysis.ride_analysis import analyse
from legbal.app.derivation import Derivation
from legbal.app.meters import profiles
from legbal.app.ride_values import SUMMARY, analyse_ride, keep_summary
from legbal.cli import main
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.outlets.jsonlines import encode as line
from legbal.ride.events import Fault
from legbal.ride.inputs import Input, Link
from legbal.ride.ride import Ride, fold
from legbal.sources.recorded_ride import with_ticks
from tests.ride.companioned import companioned
from tests.ride.halves import TWO, Crank

Step = Literal["connect", "send", "drop"]
# What one half does, a step every few seconds; the first never comes.
SCRIPTS: tuple[tuple[Step, ...], ...] = (
    (),
    ("connect",),
    ("connect", "drop"),
    ("connect", "send"),
    ("connect", "send", "drop"),
    ("connect", "drop", "connect"),
    ("connect", "drop", "connect", "send"),
    ("connect", "send", "drop", "connect"),
    ("connect", "send", "drop", "connect", "send"),
    ("connect", "drop", "connect", "drop", "connect", "send"),
    ("drop", "send"),
    ("send", "connect", "drop"),
)
STEP_S = 6.0
SIDES = ("left", "right")


def interleaved(left: Sequence[Step], right: Sequence[Step], order: str) -> Iterator[tuple[str, Step]]:
    """The steps of both in one order: one half's first, or in turns."""
    mine, others = [("left", x) for x in left], [("right", x) for x in right]
    if order == "right first":
        mine, others = others, mine
    if order != "in turns":
        yield from [*mine, *others]
        return
    for i in range(max(len(mine), len(others))):
        yield from [*mine[i : i + 1], *others[i : i + 1]]


def inputs_of(left: Sequence[Step], right: Sequence[Step], order: str) -> list[Input]:
    """Each step takes its time, in which a half that sends does so once a second; the others that sent go on."""
    cranks = {"left": Crank("left"), "right": Crank("right", count=12, clock=3.0, behind=0.5)}
    inputs, sending, t = list[Input](), dict[str, bool](), 0.0
    for side, step in interleaved(left, right, order):
        if step == "send":
            sending[side] = True
        else:
            sending[side] = sending.get(side, False) and step == "connect"
            inputs.append(Link(t, "connected" if step == "connect" else "lost", side))
        for second in range(int(STEP_S)):
            now = t + second + 0.2
            inputs += [
                cranks[side].packet(now + 0.3 * SIDES.index(side), now / 0.7, 100)
                for side in SIDES
                if sending.get(side)
            ]
        t += STEP_S
    return list(with_ticks(inputs))


ORDERS = [
    (left, right, order)
    for left, right in product(SCRIPTS, SCRIPTS)
    for order in ("left first", "right first", "in turns")
]


@pytest.mark.parametrize("left", SCRIPTS, ids=" ".join)
def test_no_order_is_a_defect_and_every_reading_says_the_same(left: tuple[Step, ...]) -> None:
    for _, right, order in (x for x in ORDERS if x[0] == left):
        inputs = inputs_of(left, right, order)
        ride = Ride(TWO)
        live = []
        for item in inputs:
            live += ride.feed(item)
            view = ride.view()
            assert view.one_sided in (None, *SIDES)
        live += ride.close()
        assert not [x for x in live if isinstance(x, Fault)], (left, right, order)
        events, view = fold(TWO, inputs)
        assert [line(x) for x in events] == [line(x) for x in live]
        heard = {side for side, script in (("left", left), ("right", right)) if "send" in script}
        assert (view.counts.notifications > 0) == bool(heard)
        assert set(view.meter_name.split(" + ")) - {""} == heard
        assert (view.ride.left_percent is None) or heard == set(SIDES)
        if not heard or heard == set(SIDES):
            continue
        assert view.balance == "absent", "one half alone has no balance"
        analysis = analyse(TWO, inputs)
        assert [line(x) for x in analysis.events] == [line(x) for x in events]
        assert companioned(TWO, inputs)[0] == [line(x) for x in events]


@pytest.fixture
def legbal(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., bytes]:
    def run(*arguments: str) -> bytes:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capfdbinary.readouterr()
        assert ended.value.code == 0, (arguments, err)
        return out

    return run


# Those whose one half is connected and never sends, or sends only later, and both never.
OPENED = [
    (("connect", "drop"), ("connect", "send"), "left first"),
    (("connect", "send"), ("connect", "drop"), "in turns"),
    (("connect", "send", "drop"), ("connect", "drop", "connect", "send"), "in turns"),
    ((), ("connect", "send", "drop", "connect", "send"), "right first"),
]


@pytest.mark.parametrize(("left", "right", "order"), OPENED)
def test_a_recorded_pair_is_opened_by_every_command(
    legbal: Callable[..., bytes], tmp_path: Path, left: tuple[Step, ...], right: tuple[Step, ...], order: str
) -> None:
    inputs = inputs_of(left, right, order)
    ride = keep(paths.library_file(), NewRide(setup=TWO), inputs)
    with Library() as library:
        keep_summary(library, library.find(ride), profiles(), teaches=True)
        derivation = Derivation.current(library, library.find(ride), profiles())
        assert derivation.get(SUMMARY) == analyse_ride(derivation).analysis.summary
    (listed,) = json.loads(legbal("rides", "--json"))
    said = json.loads(legbal("review", ride, "--json"))
    assert said["ride"]["left_percent"] == listed["left_percent"]
    assert b"Traceback" not in legbal("review", ride)
    assert b"</html>" in legbal("report", ride, "-o", "-")
    for kind in ("fit", "csv", "jsonl"):
        legbal("export", ride, "-o", str(tmp_path / f"ride.{kind}"))
    told = legbal("replay", ride, "--headless", "--events", "--no-sound")
    assert [json.loads(x)["event"] for x in told.splitlines()] == [
        json.loads(line(x))["event"] for x in fold(TWO, inputs)[0]
    ]
    assert b'"fault"' not in told
    again = json.loads(legbal("review", str(tmp_path / "ride.jsonl"), "--json"))
    assert again["ride"]["duration_s"] > 0
