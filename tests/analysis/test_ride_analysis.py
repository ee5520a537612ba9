"""A reading is the live fold: what it says of a ride is what the screen said, second by second and at the end."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legbal.analysis.ride_analysis import RideAnalysis, analyse
from legbal.analysis.summary import Summary, bands_of
from legbal.app.meters import profiles
from legbal.app.ride_setup import contribution, with_contributions
from legbal.present.objects import plain, structured
from legbal.ride.inputs import FIT_RECORD, Input, Mark, Notification, Setup, Tick
from legbal.ride.ride import Ride, fold
from legbal.ride.view import RideView
from legbal.sources.recorded_ride import open_ride
from legbal.sources.simulator import demo
from tests.shared import shared

ASSIOMA = next(p for p in profiles() if p.id == "favero-assioma-duo")


def recorded(name: str) -> list[Input]:
    """The inputs of a file beside the checkout."""
    return list(open_ride(str(shared(f"data/{name}")), lambda _: None).inputs)


def whole_seconds(inputs: Sequence[Input], setup: Setup, every: int) -> Iterator[tuple[int, RideView]]:
    """What the screen would show at some whole seconds of a ride, each asked for when nothing is newer."""
    for second in range(0, int(inputs[-1].t), every):
        ride = Ride(setup)
        for item in inputs:
            if item.t > second:
                break
            ride.feed(item)
        ride.feed(Tick(float(second)))
        yield second, ride.view()


def same(value: float | None, there: float) -> bool:
    """Whether two numbers are one, None and NaN being alike."""
    return math.isnan(there) if value is None else value == pytest.approx(there, abs=1e-9)


def assert_as_live(reading: RideAnalysis, setup: Setup, inputs: Sequence[Input]) -> None:
    """The summary and the events are those of the fold that runs live."""
    events, view = fold(setup, inputs)
    assert list(reading.events) == events
    ride = reading.summary.ride
    assert (ride.share.left_percent, ride.share.standard_error) == (
        view.ride.left_percent,
        view.ride.standard_error,
    )
    assert (ride.share.power_w, ride.share.left_w, ride.share.right_w) == (
        view.ride.power_w,
        view.ride.left_w,
        view.ride.right_w,
    )
    assert (ride.balance, ride.reference, ride.duration_s) == (view.balance, view.reference, view.t)
    for told, seen in zip(reading.summary.intervals, view.intervals, strict=True):
        assert (told.number, told.start_s, told.share.left_percent) == (
            seen.number,
            seen.start_s,
            seen.share.left_percent,
        )
        assert (told.share.standard_error, told.share.power_w) == (
            seen.share.standard_error,
            seen.share.power_w,
        )
    for band, shown in zip(reading.summary.bands, view.bands, strict=True):
        assert (band.name, band.share.left_percent, band.share.seconds) == (
            shown.name,
            shown.share.left_percent,
            shown.share.seconds,
        )


@pytest.mark.parametrize("name", ["assioma_duo", "stages_lr_left_crank"])
def test_a_shared_capture_reads_as_it_was_live(name: str) -> None:
    inputs, setup = recorded(f"captures/{name}.jsonl"), Setup(ftp_w=200.0, profile=ASSIOMA)
    reading = analyse(setup, inputs)
    assert_as_live(reading, setup, inputs)
    shown = 0
    for second, view in whole_seconds(inputs, setup, 1):
        if not np.isnan(reading.trace.left_percent[second]):
            assert same(view.last_30s.left_percent, reading.trace.left_percent[second])
            assert same(view.last_30s.standard_error, reading.trace.left_standard_error[second])
            shown += 1
    assert shown > 2  # the shorter capture has hardly more revolutions than a share needs


def test_a_fit_ride_reads_as_it_was_live() -> None:
    inputs = recorded("fit/fenix6_indoor_turbo_dynamics_te_ps.fit")
    setup = Setup(ftp_w=270.0, profile=ASSIOMA)
    reading = analyse(setup, inputs)
    assert_as_live(reading, setup, inputs)
    trace = reading.trace
    usual = 0
    for second, view in whole_seconds(inputs, setup, 193):
        if not np.isnan(trace.left_percent[second]):
            assert same(view.last_30s.left_percent, trace.left_percent[second])
            assert same(view.last_30s.standard_error, trace.left_standard_error[second])
            if view.usual is not None:
                assert same(view.usual.left_percent, trace.usual_percent[second])
                usual += 1
    assert usual > 5


def test_a_simulated_ride_reads_as_it_was_live() -> None:
    """The simulated rider is known from earlier rides: on a first one the drop-offs are too small to tell."""
    ride = demo(ASSIOMA, 1, seconds=700)
    unknown = Setup(ftp_w=ride.rider.ftp_w, profile=ASSIOMA, weak_leg="left")
    setup = with_contributions(unknown, [contribution(unknown, x.timeline()) for x in ride.earlier(3)])
    inputs = list(ride.timeline())
    reading = analyse(setup, inputs)
    assert_as_live(reading, setup, inputs)
    assert len(reading.summary.dropoffs) == 2


def test_the_trace_has_one_value_a_second_in_every_array() -> None:
    reading = analyse(Setup(profile=ASSIOMA), demo(ASSIOMA, 3, seconds=120).timeline())
    arrays = [getattr(reading.trace, name) for name in reading.trace.__struct_fields__]
    assert {(x.shape, x.dtype.str) for x in arrays} == {((121,), "<f8")}
    assert list(reading.trace.t) == list(range(121))


def test_a_constant_balance_leaves_nothing_to_draw_or_to_compare() -> None:
    inputs = recorded("fit/degenerate_tpv_const50.fit")
    reading = analyse(Setup(), inputs)
    assert np.isnan(reading.trace.left_percent).all()
    assert np.isnan(reading.trace.usual_percent).all()
    assert not np.isnan(reading.trace.power_w).all()
    summary = reading.summary
    assert (summary.drift, summary.first_last, summary.contrasts, summary.smallest) == (None, None, (), None)
    assert {(x.share.left_percent, x.slope_per_minute, x.usual_percent) for x in summary.intervals} == {
        (None, None, None)
    }


def test_nothing_ridden_is_a_reading_too() -> None:
    reading = analyse(Setup(), [])
    assert reading.summary.ride.share.left_percent is None
    assert reading.events == ()
    assert np.isnan(reading.trace.left_percent).all()


@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 400.0),
            st.integers(-50, 2500),
            st.none() | st.integers(0, 255),
            st.integers(0, 4),
            st.sampled_from(["", "", "", "lap", "right", "other"]),
        ),
        max_size=120,
    ),
    st.sampled_from([1.0, 0.02]),
)
@settings(max_examples=60)
def test_whatever_comes_in_is_read(
    stream: list[tuple[float, int, int | None, int, str]], pace: float
) -> None:
    inputs = list[Input]()
    t, turns, event = 0.0, 0, 0
    for wait, power, balance, turned, beside in stream:
        t += wait * pace
        turns, event = (turns + turned) & 0xFFFF, (event + 700 * turned) & 0xFFFF
        if beside == "lap":
            inputs.append(Mark(t, "lap"))
        elif beside == "right":
            inputs.append(Mark(t, "reference_right"))
        shown = b"" if balance is None else bytes([balance])
        flags = 0x20 if balance is None else 0x23
        payload = struct.pack("<Hh", flags, power) + shown + struct.pack("<HH", turns, event)
        inputs.append(Notification(t, payload, meter="b" if beside == "other" else "a"))
    reading = analyse(Setup(), inputs)
    msgspec.json.encode(plain(reading.summary))
    assert len(reading.trace.t) == len(reading.trace.usual_percent)


def test_a_summary_is_the_same_after_it_was_kept() -> None:
    ride = demo(ASSIOMA, 1, seconds=1300)
    summary = analyse(Setup(ftp_w=ride.rider.ftp_w, profile=ASSIOMA), ride.timeline()).summary
    assert summary.dropoffs
    assert summary.smallest is not None
    again = structured(msgspec.json.decode(msgspec.json.encode(plain(summary))), Summary)
    assert plain(again) == plain(summary)
    assert (again.drift, again.contrasts, again.bands) == (summary.drift, summary.contrasts, summary.bands)
    assert again.ride.share == summary.ride.share
    assert [x.share for x in again.intervals] == [x.share for x in summary.intervals]


def test_the_mean_cadence_counts_the_seconds_in_which_both_legs_pedalled() -> None:
    """A minute at 80, of rest, at 100, and with one leg at 50 turns: the rest is no cadence of 0, the drill none."""
    inputs: list[Input] = []
    for second in range(240):
        cadence = 0 if 60 <= second < 120 else 80 if second < 60 else 100 if second < 180 else 50
        values = {
            "power": 200 if cadence else 0,
            "cadence": cadence,
            "left_right_balance": 0x80 | (0 if second >= 180 else 50 + second % 3),
        }
        inputs.append(Notification(float(second), msgspec.json.encode(values), FIT_RECORD, "M"))
    summary = analyse(Setup(ftp_w=220.0), inputs).summary
    assert len(summary.drills) == 1
    assert summary.ride.cadence_rpm == pytest.approx(90.0, abs=1.0)
    assert bands_of(["M"], Setup(), summary).cadence_rpm == summary.ride.cadence_rpm
    without = [Notification(float(t), b"\x01\0\xc8\0\x60", "2a63", "M") for t in range(60)]  # no crank data
    assert analyse(Setup(), without).summary.ride.cadence_rpm is None
