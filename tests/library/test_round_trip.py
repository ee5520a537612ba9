"""What was recorded comes back the same: every input, in order, with its exact time."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from legbal.errors import LibraryError
from legbal.library.codec import Channel, decode_row, encode_row
from legbal.library.fit_records import PACKED
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Link, Mark, Notification, PlannedStep, Setup, ThresholdRule, Tick
from tests.library.conftest import recording

TIMES = some.floats(allow_nan=False)
TEXTS = some.text(some.characters(), max_size=30)  # control characters and lone surrogates too
# no characteristic's number has a space, with which the names go on under which FIT records are kept
UUIDS = TEXTS.filter(lambda text: not text.startswith(PACKED))
KINDS = get_args(get_type_hints(Mark)["kind"])
STATES = get_args(get_type_hints(Link)["state"])
VALUES = some.one_of(TEXTS, TIMES, some.integers(-(2**60), 2**60), some.lists(TEXTS, max_size=3).map(tuple))
REMARKS = some.builds(Remark, some.just("link.failed"), some.dictionaries(TEXTS, VALUES, max_size=3))
INPUTS = some.one_of(
    some.builds(Notification, TIMES, some.binary(max_size=40), UUIDS, TEXTS),
    some.builds(Mark, TIMES, some.sampled_from(KINDS), TEXTS),
    some.builds(
        Link, TIMES, some.sampled_from(STATES), TEXTS, TEXTS | REMARKS, some.none() | some.integers(-128, 20)
    ),
    some.builds(Tick, TIMES),
)


@given(INPUTS)
def test_a_row_holds_all_of_an_input(item: Input) -> None:
    channel, data = encode_row(item)
    assert decode_row(channel, item.t, data) == item


def test_a_sentence_that_an_older_legbal_recorded_of_a_link_is_read() -> None:
    data = msgspec.msgpack.encode([b"looking for it again", -60])
    read = decode_row(Channel("link", "ASSIOMA1L", "lost"), 12.5, data)
    assert read == Link(12.5, "lost", "ASSIOMA1L", "looking for it again", -60)


@settings(deadline=None, max_examples=25)
@given(some.lists(INPUTS, max_size=60))
def test_a_recorded_ride_is_read_as_it_was(inputs: list[Input]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.sqlite"
        with recording(NewRide(setup=Setup()), path, commit_every_s=0.001) as recorder:
            for item in inputs:
                recorder.record(item)
        assert recorder.status.written == len(inputs)
        assert recorder.status.lost == 0
        with Library(path) as library:
            ride = library.find("last")
            read = list(library.inputs(ride))
            assert ride.inputs == len(inputs)
    assert read == inputs
    assert [math.copysign(1, item.t) for item in read if item.t] == [
        math.copysign(1, item.t) for item in inputs if item.t
    ]


def test_a_time_that_is_no_number_stops_nothing(path: Path) -> None:
    with recording(NewRide(setup=Setup()), path) as recorder:
        recorder.record(Tick(math.nan))
        recorder.record(Tick(2.0))
    with Library(path) as library:
        first, second = library.inputs(library.find("last"))
    assert math.isnan(first.t)
    assert second == Tick(2.0)


def test_the_setup_is_kept_with_the_ride(path: Path) -> None:
    setup = Setup(
        ftp_w=243.5,
        weak_leg="left",
        threshold=ThresholdRule(target_percent=49.0, when="always"),
        swap_sides=True,
        plan=(PlannedStep(60.0, 120.0, 1.05),),
        profile=msgspec.structs.replace(Profile(id="own", name="My own"), version=7),
    )
    ride = keep(path, NewRide(setup=setup), [])
    with Library(path) as library:
        assert library.setup(library.find(ride)) == setup


def test_an_input_of_a_later_kind_is_told() -> None:
    with pytest.raises(LibraryError, match="mark 'somersault'") as caught:
        decode_row(Channel("mark", "", "somersault"), 1.0, None)
    assert "update legbal" in (caught.value.hint or "")
