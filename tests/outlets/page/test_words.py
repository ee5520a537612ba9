"""The page says what the live screen says, in its words and its places."""

from __future__ import annotations

import msgspec
import pytest

from legbal.outlets import RunState
from legbal.outlets.page.words import page_text
from legbal.present import live
from legbal.ride.view import Glance, RideView
from tests.tui.views import ALERT, DEEP, LINK, T, before_the_meter, ride, without_balance

RIGHT = msgspec.structs.replace(ALERT, side="right")
NOBODY = msgspec.structs.replace(ALERT, kind="odd_noise", side=None)
AWAY = msgspec.structs.replace(LINK, state="lost", since=T - 14)


@pytest.mark.parametrize(
    "view",
    [
        ride(),
        ride(alert=DEEP),
        ride(alert=RIGHT),
        ride(alert=NOBODY),
        ride(recovered="right"),
        ride(watch="left"),
        ride(one_leg="right"),
        ride(pedalling=False),
        ride(interval=None),
        ride(reference="unknown"),
        ride(glance=Glance(learning_s=240.0)),
        without_balance(),
    ],
)
def test_states_shares_and_clocks_are_those_of_the_screen(view: RideView) -> None:
    text, state = page_text(view, view, RunState()), live.state(view)
    assert state.word.upper() in text.word
    assert text.detail == state.detail
    assert (text.mood == "alert", text.mood == "back") == (state.is_alert, state.is_back)
    assert {"left": text.left.share, "right": text.right.share} == live.both_shares(live.believed_left(view))
    assert text.pace[0] == live.interval_clock(view)
    assert text.leg == state.side


def test_a_state_is_never_colour_alone() -> None:
    assert page_text(ride(alert=DEEP), ride(alert=DEEP), RunState()).word == "◀ LEFT LEG"
    assert page_text(ride(alert=RIGHT), ride(), RunState()).word == "RIGHT LEG ▶"
    assert page_text(ride(recovered="right"), ride(), RunState()).word == "RIGHT IS BACK ▶"
    assert page_text(ride(watch="left"), ride(), RunState()).word == "WATCH LEFT"


def test_an_alert_says_how_far_off_what_is_missing_and_how_far_it_is_back() -> None:
    text = page_text(ride(alert=DEEP), ride(alert=DEEP), RunState())
    assert (text.points, text.missing) == ("−2.0", "5 W more left")
    assert text.back == pytest.approx(1 - 2.0 / 4.2)
    steady = page_text(ride(), ride(), RunState())
    assert (steady.points, steady.missing, steady.back) == ("−1.5", "", None)


def test_before_the_meter_it_says_what_is_looked_for() -> None:
    text = page_text(before_the_meter(), before_the_meter(), RunState())
    assert text.word == "NO METER YET"
    assert text.notices[0].startswith("Looking for ASSIOMA 17039")
    assert text.left.share == "—"


def test_what_keeps_the_numbers_from_being_the_rides_is_said() -> None:
    said = page_text(ride(links=(AWAY,), meter_wrong_since=T - 30), ride(), RunState(problem="\x1b[2Jgone"))
    assert said.notices[0] == "[2Jgone"
    assert said.notices[1].startswith("Looks like the meter")
    assert said.notices[2].startswith("Link to ASSIOMA 17039 lost for 14 s")
    assert (
        page_text(ride(reference="unknown"), ride(reference="unknown"), RunState()).left.label
        == "LEFT ? 124 W"
    )
