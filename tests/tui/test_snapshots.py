"""The screen as a picture, at fixed size and time; `pytest --snapshot-update` draws them anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from legbal import config
from legbal.config import Settings
from legbal.ride.share import Share
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

PICTURES: dict[str, tuple[Any, tuple[int, int], list[str], config.Theme]] = {
    "ride": (ride(), (120, 40), [], "dark"),
    "ride in a bright room": (ride(), (120, 40), [], "light"),
    "ride on a small screen": (ride(), (80, 24), [], "dark"),
    "tables on a small screen": (ride(), (80, 24), ["t"], "dark"),
    "below the small screen": (ride(), (60, 16), [], "dark"),
    "alert": (ride(alert=views.ALERT), (120, 40), [], "dark"),
    "alert in strong colours": (ride(alert=views.ALERT), (120, 40), [], "contrast"),
    "large type": (ride(), (80, 24), ["l"], "dark"),
    "large type on a large screen": (ride(), (200, 60), ["l"], "contrast"),
    "alert in large type": (ride(alert=views.ALERT), (80, 24), ["l"], "dark"),
    "estimated": (ride(balance="estimated"), (80, 24), [], "dark"),
    "no balance": (views.without_balance(), (120, 40), [], "dark"),
    "link lost, reference unknown": (ride(reference="unknown", **SILENT), (120, 40), [], "dark"),
    "no meter yet": (views.before_the_meter(), (80, 24), [], "dark"),
    "help": (ride(), (80, 24), ["question_mark"], "dark"),
    "ride with a strap": (ride(heart_rate_bpm=142), (120, 40), [], "dark"),
    "alert with a strap": (ride(alert=views.ALERT, heart_rate_bpm=142), (80, 24), [], "dark"),
    "summary": (ride(), (120, 40), ["q", "q"], "dark"),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_picture(snap_compare: Compare, picture: str) -> None:
    view, size, keys, theme = PICTURES[picture]
    assert snap_compare(RideApp(FakeLive(view), Settings(theme=theme)), terminal_size=size, press=keys)
