"""Sentences by code: registered from anywhere, said with what is there, never an exception to the rider."""

from __future__ import annotations

import msgspec
import pytest

from legbal.present import sentences
from legbal.present.events import alert_below, alert_extent, alert_name, alert_over, alert_sentence
from legbal.ride.events import Alert

DROP = Alert(80.0, "dropoff", "left", 3.44, 46.6, 50.0, 60.0, 41, 0.99)


class CadenceDrop(msgspec.Struct, frozen=True):
    """An alert that exists only here."""

    kind: str
    side: str
    rpm: float


def test_an_alert_by_its_kind() -> None:
    assert alert_sentence(DROP) == "left leg 3.4 points below usual"
    assert alert_sentence(DROP, 98.0, 60.0) == "left leg 3.4 points below usual for 38 s"
    assert alert_over(DROP, 60.0, 129.0) == "Left leg 3.4 points below usual; over after 1:09"


def test_a_kind_that_nobody_registered_is_still_said() -> None:
    unheard = CadenceDrop("unheard_of", "right", 71.0)
    assert alert_sentence(unheard) == "right leg unheard of (side right, rpm 71.0)"
    assert (alert_name("unheard_of"), alert_below("unheard_of")) == ("unheard of", "unheard of")


def test_a_kind_from_outside_is_its_sentences() -> None:
    sentences.register(
        {
            "alert.cadence_drop.name": "slow turning",
            "alert.cadence_drop.below": "cadence",
            "alert.cadence_drop": "at {rpm:.0f} rpm",
        }
    )
    assert alert_name("cadence_drop") == "slow turning"
    assert alert_extent(CadenceDrop("cadence_drop", "left", 71.2)) == "at 71 rpm"


def test_two_sentences_of_one_code_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"alert\.dropoff"):
        sentences.register({"alert.dropoff": "another"})


def test_a_missing_value_is_no_exception() -> None:
    assert sentences.say("alert.dropoff", side="left") == "dropoff (side left)"
