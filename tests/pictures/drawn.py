"""Every picture of the docs, by its file's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from textual.pilot import Pilot

from legbal.analysis.ride_analysis import analyse
from legbal.app.nearby import NearbyMeter
from legbal.app.review import ReviewService
from legbal.config import Settings
from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding, topic_of
from legbal.outlets.mqtt.broker import parse
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup
from legbal.report.ride import RideDetails, ride_page
from legbal.ride.view import RideView
from legbal.sources.simulator import demo
from legbal.tui.app import RideApp
from legbal.tui.base_app import BaseApp
from legbal.tui.remote import CoachApp
from legbal.tui.screens.review_base import ReviewScreen
from legbal.tui.screens.start import StartScreen
from tests.pictures import ridden
from tests.pictures.svg import slim, strict
from tests.tui.fake import FakeLive
from tests.tui.radio import Radio, Rides
from tests.tui.reviewing import review_app, shown
from tests.tui.views import RECORDING

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGE, WIDE, MEDIUM, SMALL = (120, 40), (120, 28), (110, 30), (100, 24)
LOOKS = Settings(characters="unicode", ftp=250.0, weak_leg="left")
STATUS = msgspec.structs.replace(RECORDING, source="demo")
ALERT_S, LATER_S = 2.0, 200.0  # after the first alert
REPORT_HEIGHT = 1200
NOW = 1_790_000_000.0  # Unix time at which the coach looks

METERS = (
    NearbyMeter("ASSIOMA17039L", "ASSIOMA17039L", -58, "measured", "Favero Assioma Duo", usual=True),
    NearbyMeter("Quarq 5121", "Quarq 5121", -74, "estimated", "Quarq and SRAM (spider)"),
    NearbyMeter("Stages 20817", "Stages 20817", -83, "no balance: one side, doubled", "Stages L"),
)


class _Evening(RiderGroup):
    """Riders of whom everything has been heard, without a broker."""

    def __init__(self) -> None:
        super().__init__(parse("mqtt://club.local"), clock=lambda: 0.0, now=lambda: NOW)
        for number, (name, view) in enumerate(ridden.evening()):
            sent = NOW - (190.0 if number == 6 else 0.4)
            said = encoding.live(view, RunState(recording=True), id=name, sent=sent)
            self.hear(topic_of(name, "live"), said, True)

    async def run(self) -> None:
        """Hears no more."""
        await self._over.wait()


async def drawn(folder: Path) -> dict[str, str]:
    """All pictures; `folder` is for the rides that they show."""
    alerted, later = ridden.alerted(ALERT_S), ridden.alerted(LATER_S)
    service = ridden.library(folder / "library.sqlite")
    return {
        "live": await shot(_live(later), LARGE),
        "alert": await alert(alerted),
        "large": await shot(_live(later), SMALL, "l"),
        "start": await shot(
            BaseApp(lambda: StartScreen(Radio(*METERS).look, Rides, lambda: service), LOOKS), (110, 24)
        ),
        "me": await shot(_review(service), WIDE, "m"),
        "rides": await shot(_review(service), WIDE),
        "ride": await shot(_review(service), LARGE, "enter"),
        "trend": await shot(_review(service), LARGE, "t"),
        "coach": await shot(CoachApp(_Evening(), _nobody, LOOKS), (100, 20)),
        "report": report(),
    }


async def shot(app: BaseApp[Any], size: tuple[int, int], *keys: str) -> str:
    """The screen after these keys."""

    async def still(pilot: Pilot[Any]) -> None:
        if isinstance(app.screen, ReviewScreen):
            await shown(pilot)
        else:
            await pilot.pause()

    async with app.run_test(size=size) as pilot:
        await still(pilot)
        for key in keys:
            await pilot.press(key)
            await still(pilot)
        return slim(app.export_screenshot())


async def alert(view: RideView) -> str:
    """The live screen while an alert stands."""
    return await shot(_live(view), MEDIUM)


def report() -> str:
    """The head of the ride's report, down to its charts over time, as a picture of the page."""
    inputs = list(demo(ridden.assioma(), 1, seconds=900.0).timeline())
    about = RideDetails(
        title="Tuesday intervals", started=ridden.FIRST_DAY, meters=("ASSIOMA17919L",), made_of="ride"
    )
    page = ride_page(analyse(ridden.setup(), inputs), about).decode()
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    body = (
        page[page.index("<main>") : page.index("<svg", page.index('id="power"'))]
        + "</div></figure></section></main>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 {REPORT_HEIGHT}">'
        f'<foreignObject width="1000" height="{REPORT_HEIGHT}"><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><style>{escape(style)}</style></head><body>{strict(body)}</body></html></foreignObject></svg>\n"
    )


def _live(view: RideView) -> RideApp:
    return RideApp(FakeLive(view, STATUS), LOOKS)


def _review(service: ReviewService) -> BaseApp[None]:
    return review_app(service, LOOKS)


def _nobody(name: str) -> FollowedRide:
    raise LookupError(name)
