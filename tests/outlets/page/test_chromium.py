"""The page in a real browser: on a phone upright and across, on a screen, over a stream; heard, awake, and cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from legbal.outlets import RunState
from legbal.ride.events import Cue
from tests.outlets.page.serving import NEVER_S, Shown, in_a_thread
from tests.report.browser import Browser, browser
from tests.tui.views import DEEP, LINK, T, before_the_meter, ride, without_balance

pytestmark = pytest.mark.timeout(240)

RIGHT = msgspec.structs.replace(DEEP, side="right")
VIEWS = {
    "steady": ride(),
    "watch": ride(watch="left"),
    "alert": ride(alert=DEEP),
    "right": ride(alert=RIGHT, glance=msgspec.structs.replace(ride().glance, side="right", points_now=-4.2)),
    "back": ride(recovered="left"),
    "learning": ride(
        glance=msgspec.structs.replace(ride().glance, reference_percent=None, points=None, learning_s=240.0)
    ),
    "no meter": before_the_meter(),
    "no balance": without_balance(),
    "lost": ride(links=(msgspec.structs.replace(LINK, state="lost", since=T - 14),)),
}
SIZES = ((390, 844), (844, 390), (1280, 800), (320, 568))
HEARD = """{
window.heard = [];
const Oscillator = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const made = Oscillator.call(this), start = made.start;
  made.start = (at) => { heard.push(made.frequency.value); start.call(made, at); };
  return made;
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, output, input) {
  if (to instanceof ChannelMergerNode) heard.push(`${["left", "right"][input]} ${this.gain.value.toFixed(1)}`);
  return connect.apply(this, arguments);
};
navigator.vibrate = (pattern) => { heard.push(pattern); return true; };
}"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One that reaches this computer."""
    with browser(tmp_path_factory.mktemp("chromium"), reaches_loopback=True) as opened:
        yield opened


def until(chromium: Browser, expression: str) -> None:
    """Waits until that holds on the page."""
    chromium.evaluate(
        "new Promise(done => { const look = setInterval(() => "
        f"{{ if ({expression}) {{ clearInterval(look); done(1); }} }}, 10); }})"
    )


def opened(
    chromium: Browser, shown: Shown, *, rider: bool = False, more: str = "", scheme: str = "dark"
) -> None:
    """Opens the page and waits for the first view."""
    chromium.open(shown.page.address(rider=rider) + more, scheme=scheme)
    until(chromium, "byId('time').textContent")


def text_of(chromium: Browser, name: str) -> str:
    return str(chromium.evaluate(f"byId('{name}').textContent"))


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_lies_beside_the_screen_or_over_another_thing(chromium: Browser, name: str) -> None:
    with in_a_thread(VIEWS[name]) as shown:
        for width, height in SIZES:
            chromium.size(width, height)
            opened(chromium, shown, rider=True)
            wide: Any = chromium.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], (name, width, height)
            boxes: list[list[float]] = chromium.evaluate(
                "[...document.querySelectorAll('.leg b, .leg span, #middle > *, #pace b, #pace span')]"
                ".filter(x => x.getClientRects().length && x.textContent.trim())"
                ".map(x => x.getBoundingClientRect()).map(x => [x.left, x.top, x.right, x.bottom])"
            )
            for number, one in enumerate(boxes):
                assert -1 <= one[0] <= one[2] <= width + 1, (name, width, one)
                for other in boxes[number + 1 :]:
                    apart = min(one[2], other[2]) - max(one[0], other[0])
                    below = min(one[3], other[3]) - max(one[1], other[1])
                    assert apart <= 1 or below <= 4, (name, width, one, other)
            assert chromium.complaints() == []
        assert all(url.startswith(("http://127.0.0.1:", "data:,")) for url in chromium.requested())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_leg_that_is_watched_is_largest_and_left_is_left(
    chromium: Browser, width: int, height: int
) -> None:
    chromium.size(width, height)
    for name, own in (("steady", "left"), ("alert", "left"), ("right", "right")):
        with in_a_thread(VIEWS[name]) as shown:
            opened(chromium, shown)
            sizes: dict[str, float] = chromium.evaluate(
                "Object.fromEntries(['left', 'right', 'points', 'word', 'missing', 'detail']"
                ".map(name => [name, parseFloat(getComputedStyle(byId(name)).fontSize)]))"
            )
            assert max(sizes.values()) == sizes[own]
            lefts: list[float] = chromium.evaluate(
                "['left', 'right'].map(name => byId(name).getBoundingClientRect().left)"
            )
            assert lefts[0] < lefts[1]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_an_alert_takes_the_full_width_and_makes_nothing_smaller(
    chromium: Browser, width: int, height: int
) -> None:
    measure = (
        "['left', 'right', 'points', 'word'].map(name => parseFloat(getComputedStyle(byId(name)).fontSize))"
        ".concat([glance.getBoundingClientRect().width])"
    )
    chromium.size(width, height)
    with in_a_thread(VIEWS["steady"]) as shown:
        opened(chromium, shown)
        before: list[float] = chromium.evaluate(measure)
        ground = chromium.evaluate("getComputedStyle(glance).backgroundColor")
        shown.show(VIEWS["alert"])
        until(chromium, "glance.dataset.mood === 'alert'")
        after: list[float] = chromium.evaluate(measure)
        assert all(one <= other for one, other in zip(before, after, strict=True))
        assert after[-1] == width
        assert text_of(chromium, "word") == "◀ LEFT LEG"
        assert chromium.evaluate("getComputedStyle(glance).backgroundColor") == "rgb(196, 18, 46)" != ground


def test_an_alert_is_heard_from_its_side_after_one_tap(chromium: Browser) -> None:
    with in_a_thread(VIEWS["alert"]) as shown:
        chromium.size(390, 844)
        opened(chromium, shown)
        chromium.evaluate(HEARD)
        shown.tell(Cue(T, "alert", "left"))
        shown.show(ride(meter_name="next"))
        until(chromium, "byId('meter').textContent.startsWith('next')")
        assert (
            chromium.evaluate("heard.filter(x => typeof x !== 'object')") == []
        )  # no browser allows it before a tap
        box: Any = chromium.evaluate(
            "[byId('sound').getBoundingClientRect()].map(x => [x.left + x.width / 2, x.top + x.height / 2])[0]"
        )
        chromium.click(*box)
        assert text_of(chromium, "sound") == "♪ on"
        chromium.evaluate("heard.length = 0")
        shown.tell(Cue(T, "alert", "right"))
        until(chromium, "heard.length >= 9")
        heard = chromium.evaluate("heard")
        assert heard[0] == [110, 80, 110, 80, 110, 80]
        assert sorted(x for x in heard if isinstance(x, str)) == ["left 0.3", "right 1.0"]
        assert [x for x in heard if isinstance(x, int | float)] == [1976] * 6
        assert chromium.complaints() == []


def test_the_rider_laps_notes_and_mutes_and_a_viewer_cannot(chromium: Browser) -> None:
    with in_a_thread(VIEWS["steady"]) as shown:
        chromium.size(390, 844)
        opened(chromium, shown)
        assert chromium.evaluate("document.querySelectorAll('button').length") == 1
        assert (
            chromium.evaluate("fetch(here + 'mark', {method: 'POST'}).then(answer => answer.status)") == 403
        )
        opened(chromium, shown, rider=True)
        chromium.evaluate("document.querySelector('[data-command=lap]').click()")
        until(chromium, "document.querySelector('[data-command=lap]').textContent === 'lap ✓'")
        chromium.evaluate("byId('mute').click()")
        chromium.evaluate("byId('note').text.value = 'left knee'; byId('note').requestSubmit()")
        until(chromium, "byId('note').text.value === ''")
        assert set(shown.ride.marks) == {("lap", ""), ("mute", ""), ("note", "left knee")}
        shown.show(ride(muted=True))
        until(chromium, "byId('mute').textContent === 'sound'")
        assert chromium.complaints() == []


def test_over_a_stream_only_the_glance_stands_on_nothing(chromium: Browser) -> None:
    with in_a_thread(VIEWS["steady"]) as shown:
        chromium.size(1280, 800)
        opened(chromium, shown, more="?overlay", scheme="light")
        grounds = chromium.evaluate(
            "[document.documentElement, document.body, glance, byId('pace')]"
            ".map(x => getComputedStyle(x).backgroundColor)"
        )
        assert set(grounds) == {"rgba(0, 0, 0, 0)"}
        hidden = chromium.evaluate(
            "['header', 'footer', '#notices'].map(x => document.querySelector(x).getClientRects().length)"
        )
        assert hidden == [0, 0, 0]


def test_a_page_that_hears_nothing_says_since_when_and_one_that_does_again_says_nothing(
    chromium: Browser,
) -> None:
    with in_a_thread(VIEWS["steady"], every_s=NEVER_S) as shown:
        chromium.size(390, 844)
        opened(chromium, shown)
        until(chromium, "!byId('lost').hidden")
        assert text_of(chromium, "lost").startswith("No connection since ")
        assert chromium.evaluate("parseFloat(getComputedStyle(glance).opacity)") < 0.5
        shown.show(VIEWS["watch"])
        until(chromium, "byId('lost').hidden && byId('word').textContent === 'WATCH LEFT'")


def test_the_end_of_the_ride_is_no_lost_connection(chromium: Browser) -> None:
    with in_a_thread(VIEWS["steady"]) as shown:
        opened(chromium, shown)
        shown.show(VIEWS["steady"], RunState(finished=True))
        until(chromium, "source.readyState === EventSource.CLOSED && byId('awake').paused")
        assert text_of(chromium, "notices") == "The ride has ended."
        chromium.evaluate("last -= 60000; watch()")
        assert chromium.evaluate("byId('lost').hidden")


def test_foreign_names_are_text(chromium: Browser) -> None:
    name = "<img src=x onerror=window.ran=1>"
    with in_a_thread(
        ride(meter_name=name, links=(msgspec.structs.replace(LINK, meter=name, state="lost"),))
    ) as shown:
        opened(chromium, shown)
        assert text_of(chromium, "meter").startswith("<img src=x")
        assert chromium.evaluate("window.ran === undefined && !document.querySelector('img')")
