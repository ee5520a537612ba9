"""What is heard: at once, again after the cool-down, and never more often, whoever asks for it."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.alerts import CuePolicy
from legbal.ride.events import Alert, Clear, Cue, Event
from legbal.ride.inputs import Side

Kind = Literal["dropoff", "threshold"]
COOLDOWN = 60.0


def alert(t: float, kind: Kind = "dropoff", side: Side = "left") -> Alert:
    return Alert(t, kind, side, 3.0, 45.0, 48.0, t - 20, 30)


def heard(timeline: dict[int, list[Event]], until: int = 300, cues: CuePolicy | None = None) -> list[Cue]:
    cues = cues or CuePolicy(COOLDOWN)
    said = [cue for t in range(until) for cue in cues.feed(float(t), timeline.get(t, []))]
    return [cue for cue in said if isinstance(cue, Cue)]


def test_an_alert_sounds_at_once_and_again_after_each_cool_down() -> None:
    cues = heard({10: [alert(10)]}, until=140)
    assert [(cue.t, cue.repeated) for cue in cues] == [(10.0, False), (70.0, True), (130.0, True)]


def test_a_leg_that_is_back_is_heard_once() -> None:
    cues = heard({10: [alert(10)], 40: [Clear(40, "dropoff", "left")]})
    assert [(cue.t, cue.sound, cue.side) for cue in cues] == [
        (10.0, "alert", "left"),
        (40.0, "recovered", "left"),
    ]


def test_an_alert_that_ends_with_the_interval_ends_silently() -> None:
    assert len(heard({10: [alert(10)], 40: [Clear(40, "dropoff", "left", "rest")]})) == 1


def test_a_kind_that_is_silent_now_is_heard_once_it_is_not() -> None:
    cues = CuePolicy(COOLDOWN)
    assert cues.feed(10.0, [alert(10)], ["dropoff"]) == cues.feed(11.0, [], ["dropoff"]) == []
    assert cues.feed(12.0, [], ["threshold"]) == [Cue(12.0, "alert", "left")]
    assert cues.feed(80.0, [], ["dropoff"]) == []
    assert cues.feed(81.0, []) == [Cue(81.0, "alert", "left", repeated=True)]


def test_another_kind_is_heard_while_one_is_silent() -> None:
    cues = CuePolicy(COOLDOWN)
    both = [alert(10, "threshold"), alert(10, "dropoff", "right")]
    assert cues.feed(10.0, both, ["dropoff"]) == [Cue(10.0, "alert", "left")]


def test_a_leg_that_is_back_is_heard_within_five_seconds_or_never() -> None:
    def back(*silent_at: float) -> list[Event]:
        cues = CuePolicy(COOLDOWN)
        cues.feed(10.0, [alert(10)])
        cues.feed(40.0, [Clear(40, "dropoff", "left")], ["dropoff"])
        told = [cue for t in (42.0, 44.9, 46.0) for cue in cues.feed(t, [], ["dropoff"] * (t in silent_at))]
        assert cues.owed == []
        return told

    assert back() == [Cue(42.0, "recovered", "left")]
    assert back(42.0) == [Cue(44.9, "recovered", "left")]
    assert back(42.0, 44.9) == []


def test_two_kinds_share_one_cool_down() -> None:
    cues = heard({10: [alert(10)], 20: [alert(20, "threshold")]}, until=69)
    assert [cue.t for cue in cues] == [10.0]


def test_an_alert_within_the_cool_down_waits_and_may_never_be_heard() -> None:
    timeline: dict[int, list[Event]] = {
        10: [alert(10)],
        20: [Clear(20, "dropoff", "left")],
        30: [alert(30)],
        50: [Clear(50, "dropoff", "left")],
    }
    assert [(cue.t, cue.sound) for cue in heard(timeline)] == [(10.0, "alert"), (20.0, "recovered")]


def test_muted_nothing_is_heard() -> None:
    cues = CuePolicy(COOLDOWN)
    cues.muted = True
    assert heard({10: [alert(10)]}, cues=cues) == []


def test_a_leg_whose_alert_was_never_heard_is_not_heard_as_back() -> None:
    assert heard({40: [Clear(40, "dropoff", "left")]}) == []
    assert (
        len(
            heard(
                {
                    10: [alert(10)],
                    20: [alert(20, "threshold", "right")],
                    30: [Clear(30, "threshold", "right")],
                },
                60,
            )
        )
        == 1
    )


def test_a_leg_is_shown_as_back_for_five_seconds() -> None:
    cues = CuePolicy(COOLDOWN)
    assert cues.recovered(0.0) is None
    cues.feed(10.0, [alert(10)])
    cues.feed(40.0, [Clear(40, "dropoff", "left")])
    assert [cues.recovered(t) for t in (40.0, 45.0, 45.1)] == ["left", "left", None]
    cues.feed(50.0, [alert(50, side="right"), Clear(50, "dropoff", "right", "rest")])
    assert cues.recovered(50.0) is None


@pytest.mark.parametrize(("t", "heard_then"), [(45.0, True), (45.1, False)])
def test_a_leg_that_is_back_is_heard_after_five_seconds_of_silence_at_the_latest(
    t: float, heard_then: bool
) -> None:
    cues = CuePolicy(COOLDOWN)
    cues.feed(10.0, [alert(10)])
    cues.feed(40.0, [Clear(40, "dropoff", "left")], ["dropoff"])
    assert cues.feed(t, []) == [Cue(t, "recovered", "left")] * heard_then
    assert cues.owed == []


def test_that_a_leg_is_back_is_not_heard_while_another_alert_about_it_holds() -> None:
    both = [alert(10), alert(10, "threshold")]
    assert [cue.sound for cue in heard({10: list(both), 40: [Clear(40, "threshold", "left")]}, 60)] == [
        "alert"
    ]
    other: list[Event] = [alert(10, side="right"), alert(10, "threshold")]
    cues = heard({10: other, 40: [Clear(40, "threshold", "left")]}, 60)
    assert [(cue.sound, cue.side) for cue in cues] == [("alert", "left"), ("recovered", "left")]


def test_of_two_alerts_the_latest_is_heard() -> None:
    cues = heard({10: [alert(10), alert(10, "threshold", "right")]}, until=20)
    assert [(cue.t, cue.side) for cue in cues] == [(10.0, "right")]


def test_an_alert_about_no_leg_is_heard_by_its_kind() -> None:
    about_none = Alert(10.0, "cadence", None, 3.0, None, None, 5.0, 3)
    cues = heard({10: [about_none], 40: [Clear(40.0, "cadence", None)]}, until=60)
    assert cues == [Cue(10.0, "alert", None, kind="cadence"), Cue(40.0, "recovered", None, kind="cadence")]


def test_what_was_muted_is_heard_once_it_is_not_but_for_a_leg_that_came_back_in_between() -> None:
    cues = CuePolicy(COOLDOWN)
    cues.feed(10.0, [alert(10)])
    cues.muted = True
    assert cues.feed(40.0, [Clear(40, "dropoff", "left"), alert(40, "threshold", "right")]) == []
    cues.muted = False
    assert cues.feed(41.0, []) == []
    assert cues.feed(70.0, []) == [Cue(70.0, "alert", "right")]


@given(
    st.dictionaries(
        st.integers(0, 299),
        st.lists(
            st.tuples(
                st.booleans(), st.sampled_from(["dropoff", "threshold"]), st.sampled_from(["left", "right"])
            ),
            max_size=3,
        ),
    )
)
def test_never_two_alerts_within_one_cool_down(plan: dict[int, list[tuple[bool, Kind, Side]]]) -> None:
    timeline: dict[int, list[Event]] = {
        t: [alert(t, kind, side) if begins else Clear(t, kind, side) for begins, kind, side in said]
        for t, said in plan.items()
    }
    times = [cue.t for cue in heard(timeline) if cue.sound == "alert"]
    assert all(b - a >= COOLDOWN for a, b in pairwise(times))
