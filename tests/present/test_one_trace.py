"""One moment of a ride's trace: in the page's chart, on the review screen and on the live screen."""

from __future__ import annotations

import json
import re
from random import Random

import msgspec
import numpy as np
import pytest

from legbal.analysis.ride_analysis import analyse
from legbal.app.ride_values import AnalysedRide
from legbal.present.live import believed_left
from legbal.present.numbers import DASH, clock, number, share_error
from legbal.report.ride import ride_page
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup
from legbal.ride.ride import Ride
from legbal.ride.share import Share
from legbal.tui.render import ride_trace
from tests.meters.profiles import shipped
from tests.present.surfaces import drawn
from tests.report.rides import about, demonstration, falling_behind


def test_the_trace_says_its_moment_as_the_tables_do() -> None:
    trace = falling_behind().trace
    viewport = ride_trace.whole_ride(AnalysedRide(falling_behind(), ()))
    at = float(trace.t[np.isfinite(trace.left_percent + trace.usual_percent)][300])
    rows = drawn(ride_trace.draw(viewport.move(at), 160, 20))
    i = int(np.searchsorted(trace.t, at))
    shown = share_error(Share(trace.left_percent[i], trace.left_standard_error[i], revolutions=None))
    assert f"▲ {clock(at)}   left {shown}   usual {number(trace.usual_percent[i], 1)} (" in " ".join(rows)
    assert clock(at) == f"{int(at) // 60}:{int(at) % 60:02}"


def pointed_at(page: str) -> list[str]:
    """What the line above the charts of a ride's page says of the left share, second by second."""
    stored = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert stored is not None
    left = json.loads(stored[1])["time"]["readout"][0]
    return [left["sentence"].replace("{value}", left["texts"][number]) for number in left["at"]]


def test_just_after_its_start_a_ride_has_a_share_where_the_live_screen_had_one() -> None:
    """And a dash where that had one, until nothing of the half minute before was ahead of the first revolution."""
    setup, inputs = demonstration()
    viewport = ride_trace.whole_ride(AnalysedRide(falling_behind(), ()))
    page = pointed_at(ride_page(falling_behind(), about()).decode())
    ride, shown = Ride(setup), set()
    for second in range(1, 33):
        for item in inputs:
            if second - 1 < item.t <= second:
                ride.feed(item)
        live = share_error(ride.view().last_30s)
        assert page[second] == f"left {live} %"
        rows = drawn(ride_trace.draw(viewport.move(float(second)), 160, 20))
        assert f"▲ {clock(second)}   left {live}   " in " ".join(rows)
        shown.add(live)
    assert DASH in shown
    assert len(shown) > 10


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_fit_file_of_few_records_has_a_share_in_its_chart_as_on_the_live_screen(every: int) -> None:
    """As on the big figures, which need less: a record every three seconds stands for four turns."""
    random, inputs = Random(1), list[Input]()
    for t in range(every, 601, every):
        values = {"power": 200, "left_right_balance": round(random.gauss(48, 2)), "cadence": 85}
        inputs.append(Notification(float(t), msgspec.json.encode(values), FIT_RECORD, "watch"))
    setup = Setup(ftp_w=220.0, profile=shipped()["favero-assioma-duo"])
    analysis = analyse(setup, inputs)
    viewport = ride_trace.whole_ride(AnalysedRide(analysis, ()))
    page, ride = pointed_at(ride_page(analysis, about()).decode()), Ride(setup)
    for item in inputs:
        ride.feed(item)
        view = ride.view()
        live, second = share_error(view.last_30s), int(item.t)
        assert (live != DASH) == (second >= {1: 16, 2: 22, 3: 27}[every])
        assert page[second] == f"left {live} %"
        assert f"left {live}   " in " ".join(drawn(ride_trace.draw(viewport.move(item.t), 160, 20)))
        assert believed_left(view) is not None or second < 28
