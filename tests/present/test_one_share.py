"""A ride's share, power, length and revolutions: one text on every surface that says them."""

from __future__ import annotations

import json
import re

import msgspec
import numpy as np
import pytest

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.power_analysis import VarianceComponents, smallest
from legbal.analysis.summary import Summary, summarise
from legbal.config.settings import SpeechLanguage
from legbal.meters.limits import Remark
from legbal.outlets import RunState
from legbal.outlets.audio import Waveform
from legbal.outlets.mqtt import encoding
from legbal.outlets.speech import Speech
from legbal.present.headline import headline
from legbal.present.objects import summary_fields, summary_rows
from legbal.present.ride import of_smallest, worth
from legbal.report.ride import ride_page
from legbal.ride.events import IntervalEnd
from legbal.ride.share import Share
from legbal.ride.view import RideView
from legbal.tui.render import ride_page as page
from legbal.tui.render.text_grid import TextGrid
from tests.outlets.access import Access, drain
from tests.present.surfaces import INTERVAL, drawn, found, of_share, surfaces, the_view, whole
from tests.report.rides import about, falling_behind


def head_in_a_row(summary: Summary) -> list[str]:
    """The head of a ride's page where there are few rows."""
    grid = TextGrid(120, 3)
    page._shares(grid, 0, 0, summary)
    return drawn(grid.lines())


def spoken(view: RideView) -> list[str]:
    """What is said aloud at the end of each interval."""
    said: list[str] = []

    def synthesise(text: str, language: SpeechLanguage, words_per_minute: int) -> Waveform:
        assert (language, words_per_minute) == ("en", 160)
        said.append(text)
        return np.zeros(1, dtype=np.float32)

    speech = Speech(list[Waveform]().append, synthesise=synthesise)
    speech.start(Access(view))
    for interval in view.intervals:
        speech.event(IntervalEnd(600.0, number=interval.number, at=600.0))
    drain(speech)
    speech.close()
    return [text for text in said if text.startswith("interval")]


def test_a_share_is_one_text_everywhere_and_the_other_leg_s_is_the_rest() -> None:
    reading, view = of_share(Share(46.44, 1.38, 600.0, 900, 250.0))
    for surface, text in whole(reading, view).items():
        # the table of a change has what is left of each side's error in its one answer
        assert re.search(r"46\.4" if surface == "change" else r"46\.4 ± 1\.4", text), surface
    report = whole(reading, view)["report"]
    assert "Left 46.4 %, right 53.6 %, each ± 1.4." in report
    assert re.search(r"left\s+46\.4 %\s+± 1\.4 · 116 W", report)
    assert re.search(r"right\s+53\.6 %\s+± 1\.4 · 134 W", report)
    heads = head_in_a_row(reading.summary)
    assert re.search(r"◀ 46\.4 % left +right 53\.6 % ▶ +± 1\.4 points", " ".join(heads))
    assert spoken(view) == ["interval 1: 46, 54"]


@pytest.mark.parametrize("share", [Share(46.44, 1.38, 8.0, 10, 250.0), Share(46.44, 1.38, 9.0, 14, 250.0)])
def test_a_ride_of_a_few_turns_has_a_share_nowhere(share: Share) -> None:
    reading, view = of_share(share)
    for surface, text in whole(reading, view).items():
        # the share, how sure it is, and the same as each leg's watts
        assert not re.search(r"46\.4|53\.6|± 1\.4|(?<![\d.:])(116|134)(?![\d.:])", text), surface
        assert "—" in text or "fewer than 15 revolutions" in text, surface
    assert not re.search("[▁-▏▐]", whole(reading, view)["list of rides"])  # nor is one drawn
    assert "no share to show" in " ".join(head_in_a_row(reading.summary))
    assert spoken(view) == []
    live = json.loads(encoding.live(view, RunState(), id="x", sent=1.0))
    assert live["last_30s"]["left_percent"] == 46.44  # exact for programs, with its error and revolutions
    with_change = msgspec.structs.replace(
        reading.summary, smallest=smallest(VarianceComponents(within_se=0.5))
    )
    assert of_smallest(with_change)
    assert of_smallest(with_change) not in worth(with_change)


def test_a_ride_has_one_mean_power_and_it_is_over_pedalling() -> None:
    reading, view = falling_behind(), the_view()
    power = f"{reading.summary.ride.share.power_w:.0f} W"
    shown = whole(reading, view)
    for name in ("terminal", "after the ride", "report"):
        assert re.search(rf"(?<!\d){power}", shown[name]), name
    report = ride_page(reading, about()).decode()
    assert f"<dt>power, pedalling</dt><dd>{power}</dd>" in report
    # a chart is over coasting as well: it has no mean beside that one
    assert re.findall(r"<desc[^>]*>(Highest \d+ \w+\.)</desc>", report) == [
        "Highest 336 W.",
        "Highest 95 rpm.",
    ]
    assert not re.search(r"mean power|Mean \d", report)


def test_a_ride_is_as_long_everywhere() -> None:
    reading, view = of_share(Share(46.44, 1.38, 50.0, 80, 250.0), duration_s=59.6)
    shown = whole(reading, view)
    for name in ("legbal rides", "list of rides", "terminal", "after the ride", "report"):
        assert re.search(r"(?<![\d:])1:00(?![\d:])", shown[name]), name
        assert "0:59" not in shown[name], name
    assert "1:00 of ride" in " ".join(head_in_a_row(reading.summary))


def test_time_is_not_called_revolutions() -> None:
    """A record of a FIT file is a second of pedalling, however many turns were in it."""
    reading, view = of_share(Share(46.44, 1.38, 4305.0, 4305, 250.0), duration_s=4400.0)
    limits = (Remark("limit.by_time"),)
    view = msgspec.structs.replace(view, limits=limits)
    reading = msgspec.structs.replace(
        reading, summary=msgspec.structs.replace(reading.summary, limits=limits)
    )
    for name in ("terminal", "after the ride", "report"):
        text = whole(reading, view)[name]
        assert "1:11:45 of pedalling" in text, name
        assert "4305" not in text, name
    assert "revolution" not in whole(reading, view)["change"]
    fields = summary_fields(reading.summary)
    assert (fields["ride"]["seconds"], fields["ride"]["revolutions"]) == (4305.0, None)
    assert {row["revolutions"] for row in summary_rows(reading.summary)} == {None}
    few = msgspec.structs.replace(reading.summary.ride, share=Share(47.0, 2.0, 7.0, 7, 200.0))
    said = headline(msgspec.structs.replace(reading.summary, ride=few))
    assert said == "Too short to say: only 7 s of pedalling with a balance."


def test_where_there_is_no_balance_one_sentence_says_so() -> None:
    reading, view = of_share(Share(None, None, 0.0, 0, 154.0), duration_s=7926.0)
    for balance in ("constant", "absent"):
        view = msgspec.structs.replace(view, balance=balance)
        reading = msgspec.structs.replace(reading, summary=summarise(view, CyclingDynamics()))
        text = whole(reading, view)["terminal"]
        said = {"constant": "the number never moved while power did", "absent": "this meter gives none"}
        assert text.splitlines()[:2] == [f"No balance: {said[balance]}.", "2:12:06 at 154 W."]
        assert "—" not in text
        assert "standard error" not in text


def test_revolutions_are_called_so_and_not_counted_where_none_carries_a_balance() -> None:
    reading, view = of_share(Share(46.44, 1.38, 600.0, 900, 250.0))
    for name in ("terminal", "after the ride", "report"):
        text = whole(reading, view)[name]
        assert "900 revolutions" in text, name
        assert not re.search(r"\bturns?\b", text), name
    reading, view = of_share(Share(None, None, 600.0, 0, 250.0))
    assert "0 revolutions" not in " ".join(whole(reading, view).values())  # of an unlisted meter, say
    view = msgspec.structs.replace(view, balance="constant")
    reading = msgspec.structs.replace(reading, summary=summarise(view, CyclingDynamics()))
    for name, text in whole(reading, view).items():
        assert "revolution" not in text, name
        assert name not in ("terminal", "after the ride", "report") or "250 W" in text, name


def test_what_is_spoken_of_an_interval_is_its_share_in_whole_percents() -> None:
    shown = found(INTERVAL, surfaces(falling_behind(), the_view())["live screen"])
    for text, row in zip(spoken(the_view()), shown, strict=True):
        left = round(float(row["share"].split()[0]))
        assert text == f"interval {row['number']}: {left}, {100 - left}"
