"""Odd packets through the whole program: fold, view, events, every outlet's messages, review, report, export.

A view is always valid: every number within what its type allows, or left out; and so is what a broker is told. No
input is a defect (a `Fault`), and whatever was ridden can be read again with the same numbers.
"""

from __future__ import annotations

import json
import math
import random
import warnings
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec

from legbal.analysis.ride_analysis import analyse
from legbal.app.meters import profiles
from legbal.outlets import RunState
from legbal.outlets.jsonlines import encode as line
from legbal.outlets.mqtt import encoding, schema
from legbal.present.document import document_text
from legbal.present.objects import plain
from legbal.present.ride import review_blocks
from legbal.report.ride import RideDetails, ride_page
from legbal.ride.events import Event, Fault
from legbal.ride.inputs import (
    FIT_RECORD,
    Input,
    Link,
    Mark,
    Notification,
    Setup,
    ThresholdRule,
    Tick,
    bounded_rssi,
)
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from tests.fuzz import FuzzError
from tests.fuzz._octets import measurement, mutated

DEFAULT, IN_SUITE = 100_000, 2_000
_OF_A_RIDE = 100  # packets
_VIEWED = 0.2  # of all inputs, beside those that settle something: what takes most of the time
_LATEST_S = 1e6
_RUN = RunState(recording=True)
_STATES = get_args(get_type_hints(Link)["state"])
_MARKS = get_args(get_type_hints(Mark)["kind"])


def run(count: int, seed: int) -> dict[str, int]:
    """Rides rides of odd packets until there are `count` of them."""
    tried = {"packets": 0, "views": 0, "messages": 0, "rides": 0, "reports": 0}
    number = 0
    while tried["packets"] < count:
        number += 1
        _ride(seed * 1_000_003 + number, min(_OF_A_RIDE, count - tried["packets"]), tried)
    return tried


def _ride(seed: int, packets: int, tried: dict[str, int]) -> None:
    rng = random.Random(seed)
    setup = _setup(rng)
    ride, inputs, events = Ride(setup), list[Input](), list[Event]()
    for item in odd_inputs(rng, setup, packets):
        inputs.append(item)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                told = ride.feed(item)
                events += told
                _check_events(told)
                if told or rng.random() < _VIEWED:
                    view = ride.view()
                    _check_view(view)
                    tried["messages"] += _check_messages(told, view)
                    tried["views"] += 1
        except Exception as error:
            raise FuzzError(
                f"seed {seed}, input {len(inputs)} {item!r}: {type(error).__name__}: {error}"
            ) from error
        tried["packets"] += isinstance(item, Notification)
    events += ride.close()
    tried["rides"] += 1
    try:
        tried["reports"] += _check_again(setup, inputs, events, ride.whole_view(), report=not seed % 10)
    except Exception as error:
        raise FuzzError(f"seed {seed}, read again: {type(error).__name__}: {error}") from error


def _setup(rng: random.Random) -> Setup:
    paired = rng.random() < 0.25
    return Setup(
        ftp_w=rng.choice((None, 250.0, 30.0, 600.0)),
        weak_leg=rng.choice(("left", "right", "unknown")),
        threshold=ThresholdRule(target_percent=rng.choice((None, 48.0)), when="always"),
        swap_sides=rng.random() < 0.2,
        pair=("one", "two") if paired else None,
        doubled=("left",) if rng.random() < 0.1 else (),
        profile=Setup().profile if paired or rng.random() < 0.5 else rng.choice(profiles()),
    )


def odd_inputs(rng: random.Random, setup: Setup, packets: int) -> Iterator[Input]:
    """So many notifications of some meters, most of which pedal, with all that may come between them."""
    meters = ("one", "two") if setup.pair else ("one", "one", "one", "\x1b]0;x\a", "x" * 128)
    fit = setup.pair is None and rng.random() < 0.15
    kind = rng.choice((0x23, 0x20, 0x01, 0x2F, 0x0FFF, None))
    t, turns, events = rng.choice((0.0, 0.0, 1e5)), 0, 0
    while packets:
        t = min(_LATEST_S, t + rng.choice((0.0, 0.25, 0.7, 1.0, 1.0, 1.0, 3.2, 40.0, 700.0)) * rng.random())
        match rng.randrange(40):
            case 0:
                yield Tick(t)
            case 1:
                rssi = rng.choice((None, -60, 0, 2**40, -1000, math.nan, 127))
                yield Link(t, rng.choice(_STATES), rng.choice(meters), "", bounded_rssi(rssi))
            case 2:
                yield Mark(t, rng.choice(_MARKS), rng.choice(("", "a" * 3_000, "\x1b[2J\u202e")))
            case 3:
                yield Notification(
                    t, rng.randbytes(rng.randrange(6)), rng.choice(("2a65", "2a5d", "2a19")), meters[0]
                )
                packets -= 1
            case _:
                packets -= 1
                meter = rng.choice(meters)
                if fit:
                    yield Notification(t, _record(rng), FIT_RECORD, meter)
                    continue
                turns, events = (
                    turns + rng.choice((0, 1, 1, 1, 2, 40_000)),
                    events + rng.choice((0, 700, 800, 60_000)),
                )
                yield Notification(t, _packet(rng, kind, turns, events), meter=meter)


def _packet(rng: random.Random, kind: int | None, turns: int, events: int) -> bytes:
    octets = measurement(rng, kind)
    if kind is not None and kind & 0x20 and rng.random() < 0.8:
        at = 4 + 1 * (kind & 1) + 2 * (kind >> 2 & 1) + 6 * (kind >> 4 & 1)
        counts = (turns & 0xFFFF).to_bytes(2, "little") + (events & 0xFFFF).to_bytes(2, "little")
        octets = octets[:at] + counts + octets[at + 4 :]
    return mutated(rng, octets) if rng.random() < 0.15 else octets


def _record(rng: random.Random) -> bytes:
    """A record of a FIT file as one may be imported, or what a hand may have written into a capture."""
    numbers = (0, 1, 90, 127, 128, 200, 255, 256, 2_999, 65_535, 2**31, -1, -40_000)
    fields: dict[str, Any] = {
        "power": rng.choice(numbers),
        "left_right_balance": rng.choice((None, *numbers)),
        "cadence": rng.choice((None, 90.5, 1e300, -5.0, *numbers)),
    }
    return json.dumps({name: x for name, x in fields.items() if rng.random() < 0.9}).encode()


def _check_events(events: list[Event]) -> None:
    for event in events:
        assert not isinstance(event, Fault), f"a defect: {event}"
        told = json.loads(line(event), parse_constant=_no_number)
        assert told["t"] >= 0


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _check_view(view: RideView) -> None:
    for field in msgspec.structs.fields(RideView):
        value = getattr(view, field.name)
        if field.name == "trace":
            lengths = {len(value.t), len(value.left_percent), len(value.power_w)}
            assert len(lengths) == 1, lengths
            continue
        try:
            plainly = msgspec.to_builtins(value)
            msgspec.convert(plainly, field.type)
        except msgspec.ValidationError as error:
            raise ValueError(f"view.{field.name}: {error}: {value}") from error
        json.dumps(plainly, allow_nan=False)


def _check_messages(events: list[Event], view: RideView) -> int:
    schema.read(schema.Live, encoding.live(view, _RUN, id="x", sent=1.0))
    schema.read(schema.State, encoding.state(view, id="x", sent=1.0))
    for link in view.links:
        msgspec.json.decode(encoding.meter(link), type=schema.LinkView)
    for event in events:
        schema.read(schema.EventMessage, encoding.event(event, id="x", sent=1.0))
    return 2 + len(view.links) + len(events)


def _check_again(
    setup: Setup, inputs: list[Input], events: list[Event], view: RideView, *, report: bool
) -> int:
    """The ride is read again: the same events, and a summary that is said everywhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analysis = analyse(setup, inputs)
        assert [line(x) for x in analysis.events] == [line(x) for x in events]
        assert analysis.summary.ride.share == view.ride
        msgspec.json.encode(plain(analysis.summary))
        if not report:
            return 0
        notes = [(item.t, item.text) for item in inputs if isinstance(item, Mark) and item.kind == "note"]
        text = "\n".join(document_text(review_blocks(analysis.summary, analysis.events, notes)))
        assert "nan" not in text.split(), text
        ride_page(analysis, RideDetails(title="odd", started=None, meters=("one",), made_of="odd.jsonl"))
    return 1
