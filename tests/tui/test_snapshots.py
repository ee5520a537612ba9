"""The screen as a picture, at fixed size and time; `pytest --snapshot-update` draws them anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from legbal.ride.view import Share
from legbal.tui.app import RideApp
from tests.tui import views
from tests.tui.fake import FakeLive
from tests.tui.views import T, ride

Compare = Callable[..., bool]
LOST = (msgspec.structs.replace(views.LINK, state="lost", since=T - 12),)
SILENT: dict[str, Any] = {
    "links": LOST,
    "last_3s": Share(),
    "last_10s": Share(),
    "power_w": None,
    "cadence_rpm": None,
}

PICTURES: dict[str, tuple[Any, tuple[int, int], list[str], bool]] = {
    "ride": (ride(), (120, 40), [], False),
    "ride in a bright room": (ride(), (120, 40), [], True),
    "ride on a small screen": (ride(), (80, 24), [], False),
    "tables on a small screen": (ride(), (80, 24), ["t"], False),
    "below the small screen": (ride(), (60, 16), [], False),
    "alert": (ride(alert=views.ALERT), (120, 40), [], False),
    "estimated": (ride(balance="estimated"), (80, 24), [], False),
    "no balance": (views.without_balance(), (120, 40), [], False),
    "link lost, reference unknown": (ride(reference="unknown", **SILENT), (120, 40), [], False),
    "no meter yet": (views.before_the_meter(), (80, 24), [], False),
    "help": (ride(), (80, 24), ["question_mark"], False),
    "summary": (ride(), (120, 40), ["q", "q"], False),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_picture(snap_compare: Compare, picture: str) -> None:
    view, size, keys, light = PICTURES[picture]
    assert snap_compare(RideApp(FakeLive(view), light=light), terminal_size=size, press=keys)
