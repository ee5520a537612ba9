"""A new kind of alert is one module and its sentences: here a cadence that drops, which exists nowhere else."""

from __future__ import annotations

import asyncio
import io
import json
import re
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

import legbal.ride
from legbal.app.companion import Companion
from legbal.cli import legbal as command
from legbal.config.settings import SpeechLanguage
from legbal.files import capture
from legbal.outlets import Outlet, RunState
from legbal.outlets.audio import Waveform
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.mqtt import encoding, schema
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import Publisher
from legbal.outlets.speech import Speech
from legbal.present import sentences
from legbal.present.sentences import alert_sentence
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup, select
from legbal.ride.alerts import KINDS, load_kinds
from legbal.ride.events import Alert
from legbal.ride.inputs import Notification, Setup, ThresholdRule
from legbal.ride.ride import Ride
from legbal.tui.app import RideApp
from legbal.tui.remote import CoachApp, FollowApp
from legbal.tui.screens.ride import SummaryScreen
from tests.app.scripted import Ears, Scripted, prepare
from tests.brokers.mosquitto import mosquitto
from tests.outlets.access import Access, drain
from tests.remote.followers import Clocks, following, rider_group
from tests.tui.seen import painted

KIND = "cadence_drop"
WORDS = {
    f"alert.{KIND}.name": "cadence drop",
    f"alert.{KIND}.below": "first pace",
    f"alert.{KIND}": "{now_rpm:.0f} rpm, {points:.0f} below the first pace",
    f"alert.{KIND}.spoken": "cadence",
    f"alert.{KIND}.spoken_back": "cadence is back",
}
SAID = "60 rpm, 30 below the first pace"
DROPS_S, RETURNS_S, ENDS_S = 120, 180, 240


@contextmanager
def installed() -> Iterator[None]:
    """`cadence_alert` is a module of legbal's room, found and loaded as the others are: by its name the first."""
    others = dict(KINDS)
    KINDS.clear()
    with pytest.MonkeyPatch.context() as room:
        room.setattr(legbal.ride, "__path__", [*legbal.ride.__path__, str(Path(__file__).parent)])
        load_kinds()
    KINDS.update(others)
    sentences.register(WORDS)
    try:
        yield
    finally:
        del KINDS[KIND], sys.modules["legbal.ride.cadence_alert"]


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with installed():
        yield


def notifications() -> Iterator[Notification]:
    """Four minutes at 90 rpm, the third of them at 60."""
    t, turns = 0.0, 0
    while t < ENDS_S:
        t += 60 / (60 if DROPS_S <= t < RETURNS_S else 90)
        turns += 1
        packet = struct.pack("<HhBHH", 0x0023, 200, 98, turns, round(t * 1024) % 65536)
        yield Notification(t, packet, "2a63", "ASSIOMA17039L")


@pytest.fixture
def ride(tmp_path: Path) -> str:
    """The ride as a capture."""
    path = tmp_path / "ride.jsonl"
    capture.write(path, notifications())
    return str(path)


def printed(*typed: str) -> str:
    """What a command prints."""
    done = CliRunner().invoke(command, typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def held() -> Ride:
    """The ride while the alert holds."""
    ride = Ride(prepare(()))
    for item in notifications():
        if item.t < RETURNS_S - 20:
            ride.feed(item)
    return ride


def test_it_is_an_event_and_heard(ride: str) -> None:
    events = [json.loads(line) for line in printed("replay", ride, "--events", "--no-sound").splitlines()]
    about = [x for x in events if x.get("kind") == KIND or x["event"] == "cue"]
    assert [x["event"] for x in about if not x.get("repeated")] == ["alert", "cue", "clear", "cue"]
    assert about[0]["points"] == pytest.approx(30, abs=0.5)
    assert [(x["side"], x["kind"]) for x in about] == [(None, KIND)] * len(about)


def test_review_and_report_know_it(ride: str) -> None:
    assert json.loads(printed("review", ride, "--json"))["dropoffs"] == []
    assert f"▼ cadence drop 1 {SAID}; over at 3:05" in " ".join(printed("review", ride, "--all").split())
    page = re.sub(r"<[^>]*>", "", printed("report", ride, "-o", "-"))
    assert f"{SAID}, alert 2:13" in page
    assert "leg cadence" not in page


async def test_it_is_on_the_screen_in_the_summary_and_spoken() -> None:
    words: list[str] = []
    played: list[Waveform] = []

    def number(text: str, _language: SpeechLanguage, _rate: int) -> Waveform:
        """Samples that say which of the words they are."""
        words.append(text)
        return np.full(1, len(words) - 1, dtype=np.float32)

    source, ears, written = Scripted(), Ears(), io.BytesIO()
    speech = Speech(played.append, synthesise=number)
    outlets: list[Outlet] = [ears, speech, JsonLines(written)]
    companion = Companion(source, prepare, name="replay", live=False, outlets=outlets)
    app = RideApp(companion)
    async with app.run_test(size=(120, 40)) as pilot:
        rest = notifications()
        for item in rest:
            source.queue.put_nowait(item)
            if item.t > RETURNS_S - 20:
                break
        await source.taken()
        async with asyncio.timeout(30):
            while SAID not in " ".join(painted(app).split()):
                await pilot.pause(0.05)
        screen = " ".join(painted(app).split())
        assert "LEG" not in screen
        for item in rest:
            source.queue.put_nowait(item)
        source.queue.put_nowait(None)
        async with asyncio.timeout(30):
            while not source.closed:
                await pilot.pause(0.01)
            drain(speech)
            await app.run_action("finish")
            while not isinstance(app.screen, SummaryScreen):
                await pilot.pause(0.01)
        await pilot.press("a")
        await pilot.pause()
        assert f"▼ cadence drop 1 {SAID}" in " ".join(painted(app).split())
    assert [cue.sound for cue in ears.heard if not cue.repeated] == ["alert", "recovered"]
    spoken = dict.fromkeys(words[round(float(samples.max()))] for samples in played)
    assert list(spoken)[:2] == ["cadence", "cadence is back"]
    assert f'"kind":"{KIND}"'.encode() in written.getvalue()


async def test_a_follower_and_a_coach_see_it() -> None:
    clocks, ride = Clocks(), held()
    told = ride.view()
    assert told.alert is not None
    event = encoding.event(told.alert, id="a", sent=clocks.now)
    assert schema.read(schema.EventMessage, event).side is None
    assert json.loads(event)["kind"] == KIND
    messages = {
        "live": encoding.live(told, RunState(), id="a", sent=clocks.now),
        "state": encoding.state(told, id="a", sent=clocks.now),
    }
    these = rider_group(clocks)
    follower = following(clocks)
    these.hear("legbal/anna/live", messages["live"], False)
    for name, payload in messages.items():
        follower.hear(f"legbal/anna/{name}", payload, False)
    for app in (CoachApp(these, lambda _: follower), FollowApp(follower)):
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(0.3)
            screen = " ".join(painted(app).split())
            assert "30" in screen
            assert "first pace" in screen.lower()
            assert not re.search("[◀▶] left|(left|right) leg|(LEFT|RIGHT) LEG", screen)


async def test_over_a_broker_its_own_values_reach_the_coach(tmp_path: Path) -> None:
    told = held().view()
    with mosquitto(tmp_path) as running:
        broker = parse(running.url)
        publisher = Publisher(broker, "anna")
        publisher.start(Access(told))
        publisher.view(told, RunState())
        these = RiderGroup(broker)
        app = CoachApp(these, lambda name: FollowedRide(broker, name))
        async with app.run_test(size=(120, 40)) as pilot, asyncio.timeout(30):
            while not these.riders() or "anna" not in painted(app):
                await pilot.pause(0.05)
            (anna,) = these.riders()
            assert anna.alert is not None
            assert anna.alert.values == {"now_rpm": pytest.approx(60, abs=0.1)}
            await pilot.press("enter")
            while SAID not in " ".join(painted(app).split()):
                await pilot.pause(0.05)
            await pilot.press("q")
            await asyncio.gather(*(x.wait() for x in app.workers if x.name == "unfollow"))
        await asyncio.to_thread(publisher.close)


def test_only_what_a_message_may_hold_of_them_is_sent_and_what_comes_harms_no_sentence() -> None:
    hostile = {f"v{n}": float(n) for n in range(100)} | {"nan": float("nan")}
    hostile = {"nan": float("nan"), "side": 3.0, "kind": 4.0, "x" * 1000: 1.0} | hostile
    alert = msgspec.structs.replace(held().view().told[0], values=hostile)
    view = msgspec.structs.replace(held().view(), alert=alert)
    read = schema.read(schema.Live, encoding.live(view, RunState(), id="a", sent=1.0)).alert
    assert read is not None
    assert list(read.values)[:3] == ["side", "kind", "x" * 400]
    assert len(read.values) == schema.MOST_VALUES
    assert len(json.loads(encoding.event(alert, id="a", sent=1.0))["values"]) == schema.MOST_VALUES
    assert alert_sentence(read.alert()).startswith("cadence drop (kind cadence_drop, ")


@pytest.mark.parametrize(
    ("points", "sent"),
    [(150.0, 150.0), (-3.0, 0.0), (float("nan"), 0.0), (float("inf"), schema.GREATEST_VALUE)],
)
async def test_what_it_counts_may_be_no_percent_and_nothing_else_stays_unsent(
    points: float, sent: float
) -> None:
    ride = held().view()
    alert = msgspec.structs.replace(ride.told[0], points=points, since=-5.0, sure=1.5)
    view = msgspec.structs.replace(ride, alert=alert, told=(alert,))
    payload = encoding.live(view, RunState(), id="a", sent=Clocks().now)
    (told,) = schema.read(schema.State, encoding.state(view, id="a", sent=1.0)).told
    assert (told.points, told.since, told.sure) == (sent, 0.0, 1.0)
    assert schema.read(schema.Live, payload).alert == told
    assert json.loads(encoding.event(alert, id="a", sent=1.0))["points"] == sent
    these = rider_group(Clocks())
    these.hear("legbal/anna/live", payload, False)
    app = CoachApp(these, lambda _: following(Clocks()))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        assert f" {sent:.1f}"[:14] in " ".join(painted(app).split())


def test_an_alert_of_a_leg_is_shown_before_it() -> None:
    """Though its module is the first."""
    assert next(iter(KINDS)) == KIND
    ride = Ride(Setup(ftp_w=220.0, threshold=ThresholdRule(target_percent=55.0)))
    told = [
        event.kind
        for item in list(notifications())[:230]
        for event in ride.feed(item)
        if isinstance(event, Alert)
    ]
    assert told == ["threshold", KIND]
    shown = ride.view().alert
    assert shown is not None
    assert shown.kind == "threshold"


def test_among_riders_it_stands_after_the_alerts_of_a_leg() -> None:
    these, ride = rider_group(Clocks()), held().view()
    for kind, points in {KIND: 20.0, "threshold": 2.0, "unheard_of": 90.0, "dropoff": 1.0, "": 0.0}.items():
        alert = msgspec.structs.replace(ride.told[0], kind=kind, points=points) if kind else None
        view = msgspec.structs.replace(ride, alert=alert)
        live = encoding.live(view, RunState(), id=kind, sent=Clocks().now)
        these.hear(f"legbal/{kind or 'steady'}/live", live, False)
    first = [rider.name for rider in select(these.riders(), "everybody", "worst")]
    assert first == ["dropoff", "threshold", KIND, "unheard_of", "steady"]


def test_it_is_never_nearer_than_an_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    for stated, shown in ((7.0, 1.0), (-7.0, 0.0), (float("nan"), 0.0)):
        monkeypatch.setattr(KINDS[KIND], "evidence", stated)
        assert held().view().evidence == shown
