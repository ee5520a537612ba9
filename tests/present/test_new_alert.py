"""A kind of alert that exists in this test alone is said on every surface; no file of legbal names it."""

from __future__ import annotations

import re
from functools import cache

import msgspec
import numpy as np

from legbal.analysis.ride_analysis import RideAnalysis
from legbal.config.settings import SpeechLanguage
from legbal.outlets import RunState
from legbal.outlets.audio import Waveform
from legbal.outlets.mqtt import encoding, schema
from legbal.outlets.speech import Speech
from legbal.present import sentences
from legbal.report.ride import ride_page
from legbal.ride.events import Alert, Cue, Event
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.tui.render import glance
from legbal.tui.render import ride_page as screen
from legbal.tui.render.status import Frame
from tests.extensions.test_alert_kind import KIND, WORDS, installed, notifications
from tests.outlets.access import drain
from tests.present.surfaces import drawn, html_lines
from tests.report.rides import about, falling_behind
from tests.tui.views import RECORDING

SAID = r"\d+ rpm, \d+ below the first pace"
sentences.register(WORDS)


@cache
def ridden() -> tuple[tuple[Event, ...], RideView]:
    """A ride whose cranks turn too slowly: its events, and its view while the alert holds."""
    with installed():
        ride, events = Ride(Setup()), list[Event]()
        for item in notifications():
            events += ride.feed(item)
            if (view := ride.view()).alert is not None:
                break
        return tuple(events), view


def test_on_the_live_screen_and_after_the_ride() -> None:
    frame = Frame(ridden()[1], ridden()[1], RECORDING)
    live = glance.draw(frame, 120, 17)
    assert live is not None
    assert re.search(SAID, " ".join(drawn(live)))
    assert re.search(
        rf"▼ cadence drop\s+1\s+{SAID}",
        " ".join(drawn(screen.finished(screen.FinishedRide(frame, everything=True), 120, 40))),
    )


def test_in_the_report() -> None:
    reading: RideAnalysis = msgspec.structs.replace(falling_behind(), events=ridden()[0])
    page = " ".join(html_lines(ride_page(reading, about()).decode()))
    assert re.search(SAID, page)
    assert WORDS[f"alert.{KIND}.name"] in page


def test_for_those_who_follow() -> None:
    view = ridden()[1]
    now = schema.read(schema.Live, encoding.live(view, RunState(), id="x", sent=1.0))
    told = schema.read(schema.State, encoding.state(view, id="x", sent=1.0))
    followed = schema.view(now, told, view.trace)
    live = glance.draw(Frame(followed, followed, RECORDING), 120, 17)
    assert live is not None
    assert re.search(SAID, " ".join(drawn(live)))


def test_in_spoken_words() -> None:
    said: list[str] = []

    def synthesise(text: str, language: SpeechLanguage, words_per_minute: int) -> Waveform:
        assert (language, words_per_minute) == ("en", 160)
        said.append(text)
        return np.zeros(1, dtype=np.float32)

    speech = Speech(list[Waveform]().append, synthesise=synthesise)
    cues = [event for event in ridden()[0] if isinstance(event, Cue)]
    for cue in cues:
        speech.event(cue)
    drain(speech)
    speech.close()
    assert said == ["cadence"]
    assert [event.kind for event in ridden()[0] if isinstance(event, Alert)] == [KIND]
