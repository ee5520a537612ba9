"""The screen in a browser: the program that the documentation names, in a real Chromium, with its keys; and its end."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from legbal.app.checks import QUESTIONS
from legbal.cli.terminal import need_terminal
from legbal.config import Settings
from legbal.errors import UsageError
from legbal.library.rides import Library
from legbal.ride.inputs import Mark
from tests.brokers.mosquitto import free_port
from tests.report.browser import browser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="told by a named pipe")
PAGE = Path(__file__).parents[2] / "docs/howto/in-a-browser.md"
PATIENCE_S = 60.0
# How many of the drawn characters' points have the colours of both legs; told as soon as each has some.
LEGS = """
new Promise(done => {
  const look = () => {
    const layer = document.querySelector("canvas.xterm-text-layer");
    const count = {};
    if (layer) {
      const {data} = layer.getContext("2d").getImageData(0, 0, layer.width, layer.height);
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = data.slice(i, i + 3);
        if (b > 200 && r < 120) count.left = (count.left || 0) + 1;
        if (r > 200 && b < 120 && g > 100) count.right = (count.right || 0) + 1;
      }
    }
    if (count.left > 1000 && count.right > 1000) done(count);
    else requestAnimationFrame(look);
  };
  look();
})
"""


@contextmanager
def served(home: Path, ended: Path) -> Iterator[str]:
    """The demo as the how-to has it served; gives its address. `ended` is written to once a tab's legbal is over."""
    code = re.search(r'python -c "([^"]*)"', PAGE.read_text("utf-8"))
    assert code is not None
    port = free_port()
    command = f"{sys.executable} -m legbal demo; echo $? > {ended}"
    program = code[1].replace("legbal ride", command).replace("8000", str(port))
    environment = os.environ | {"LEGBAL_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    try:
        for line in server.stdout:
            if "Serving" in line:
                break
        yield f"http://localhost:{port}/"
    finally:
        server.kill()
        server.communicate()


def test_a_ride_in_a_browser_takes_keys_and_ends_in_order_with_its_tab(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    os.mkfifo(ended)
    reading = os.open(ended, os.O_RDONLY | os.O_NONBLOCK)
    (tmp_path / "chromium").mkdir()
    with served(tmp_path, ended) as address:
        with browser(tmp_path / "chromium", reaches_loopback=True) as tab:
            tab.open(address)
            assert min(tab.evaluate(LEGS).values()) > 1000
            tab.click(600, 400)
            tab.key(" ")  # a lap
            tab.key("m")
        ready, _, _ = select.select([reading], [], [], PATIENCE_S)
        assert ready, "the ride of a closed tab goes on"
        assert os.read(reading, 100) == b"0\n"
    os.close(reading)
    with Library(tmp_path / "library.sqlite") as library:
        (ride,) = library.rides()
        assert ride.state == "done"
        assert [x.kind for x in library.inputs(ride) if isinstance(x, Mark)] == ["lap", "mute"]


@pytest.mark.parametrize("driver", ["nowhere:Driver", "os:path", "textual.drivers.web_driver", "1:"])
def test_a_driver_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    monkeypatch.setenv("TEXTUAL_DRIVER", driver)
    with pytest.raises(UsageError, match=f"TEXTUAL_DRIVER={driver}: there is no such driver"):
        need_terminal()
    check = next(x for x in QUESTIONS if x.what == "screen").check(Settings())
    assert check is not None
    assert check.state == "fails"


def test_doctor_tells_what_shows_the_screen(tmp_path: Path) -> None:
    driver = "textual.drivers.web_driver:WebDriver"
    environment = os.environ | {"LEGBAL_HOME": str(tmp_path), "TEXTUAL_DRIVER": driver}
    told = subprocess.run(
        [sys.executable, "-m", "legbal", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert f"shown by {driver}" in told
