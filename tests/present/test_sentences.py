"""Sentences by code: registered from anywhere, said with what is there, never an exception to the rider."""

from __future__ import annotations

import pytest

from legbal.present import sentences
from legbal.present.sentences import alert_below, alert_extent, alert_name, alert_sentence
from legbal.ride.events import Alert, Clear

DROP = Alert(80.0, "dropoff", "left", 3.44, 46.6, 50.0, 60.0, 41, 0.99)


def of_kind(kind: str) -> Alert:
    """An alert that exists only here."""
    return Alert(80.0, kind, "right", 9.0, None, None, 60.0, 41, values={"cadence_rpm": 71.2})


def test_an_alert_by_its_kind() -> None:
    assert alert_sentence(DROP) == "left leg 3.4 points below usual"
    back, rest = Clear(131.0, "dropoff", "left"), Clear(131.0, "dropoff", "left", "rest", 129.0)
    assert alert_sentence(DROP, back) == "left leg 3.4 points below usual; over at 2:11"
    assert alert_sentence(DROP, rest) == "left leg 3.4 points below usual; rest from 2:09"


def test_a_kind_that_nobody_registered_is_still_said() -> None:
    assert alert_sentence(of_kind("unheard_of")) == "right leg unheard of (cadence rpm 71.2)"
    assert (alert_name("unheard_of"), alert_below("unheard_of")) == ("unheard of", "unheard of")


def test_a_kind_from_outside_is_its_sentences() -> None:
    sentences.register(
        {
            "alert.slow_turning.name": "slow turning",
            "alert.slow_turning.below": "cadence",
            "alert.slow_turning": "at {cadence_rpm:.0f} rpm since {since:clock}",
        }
    )
    assert alert_name("slow_turning") == "slow turning"
    assert alert_extent(of_kind("slow_turning")) == "at 71 rpm since 1:00"


def test_two_sentences_of_one_code_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"alert\.dropoff"):
        sentences.register({"alert.dropoff": "another"})


def test_a_missing_value_is_no_exception() -> None:
    assert sentences.say("alert.dropoff", side="left") == "dropoff (side left)"
