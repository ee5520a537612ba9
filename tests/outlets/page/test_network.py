"""The page on a network that is no loopback: plain http, cut and mended. In a network namespace, as root on Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from legbal.outlets.page.address import network_host
from tests.outlets.page.serving import Shown, in_a_thread
from tests.outlets.page.test_chromium import opened, text_of, until
from tests.report.browser import Browser, browser
from tests.tui.views import ride

pytestmark = pytest.mark.timeout(240)

# each of the processes that run tests side by side has a network of its own
_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
NAME, NEAR, FAR = f"legbal{os.getpid()}", f"10.213.{_NUMBER}.1", f"10.213.{_NUMBER}.2"
HERE, THERE = f"lb{os.getpid()}a", f"lb{os.getpid()}b"
INSIDE = ("ip", "netns", "exec", NAME)


def _ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True, check=False).returncode == 0


@contextmanager
def _network() -> Iterator[None]:
    """Another network beside ours, joined by a cable."""
    if shutil.which("ip") is None or not _ip("netns", "add", NAME):
        pytest.skip("no network namespace can be made here: that needs Linux, iproute2 and root")
    try:
        made = (
            _ip("link", "add", HERE, "type", "veth", "peer", "name", THERE, "netns", NAME)
            and _ip("address", "add", f"{NEAR}/30", "dev", HERE)
            and _ip("link", "set", HERE, "up")
            and _ip("-n", NAME, "address", "add", f"{FAR}/30", "dev", THERE)
            and _ip("-n", NAME, "link", "set", "lo", "up")
            and _ip("-n", NAME, "link", "set", THERE, "up")
        )
        if not made:
            pytest.skip("no pair of virtual network cards can be made here")
        yield
    finally:
        _ip("link", "delete", HERE)
        _ip("netns", "delete", NAME)


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at the other end of the cable, which reaches nothing but this computer."""
    with _network(), browser(tmp_path_factory.mktemp("chromium"), network=INSIDE) as opened:
        yield opened


@pytest.fixture
def phones_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """The computer's address on that network."""
    monkeypatch.setattr("legbal.outlets.page.outlet.network_host", lambda: NEAR)


@pytest.mark.usefixtures("phones_host")
def test_it_stays_awake_over_plain_http_and_comes_back_with_the_network(phone: Browser) -> None:
    with in_a_thread(ride(), reach="network") as shown:
        assert shown.page.address().startswith(f"http://{NEAR}:")
        phone.size(390, 844)
        opened(phone, shown)
        assert phone.evaluate("[isSecureContext, 'wakeLock' in navigator]") == [False, False]
        until(phone, "!byId('awake').paused && byId('awake').currentTime > 0")  # a film, and nobody tapped
        assert phone.evaluate("byId('awake').getClientRects().length")  # one that is seen
        at = phone.evaluate("byId('awake').currentTime")
        until(phone, f"byId('awake').currentTime > {at} + 1")  # it goes on

        assert _ip("link", "set", HERE, "down")
        until(phone, "!byId('lost').hidden")
        assert text_of(phone, "lost").startswith("No connection since ")
        shown.show(ride(watch="left"))
        assert _ip("link", "set", HERE, "up")
        until(phone, "byId('lost').hidden && byId('word').textContent === 'WATCH LEFT'")


@pytest.mark.usefixtures("phones_host")
def test_the_loopback_is_reached_by_nobody_else(phone: Browser) -> None:
    assert phone  # the network is there
    with in_a_thread(ride(), reach="here") as shown:
        assert shown.page.address().startswith("http://127.0.0.1:")
        assert _connects(shown) == "ConnectionRefusedError"
    with in_a_thread(ride(), reach="network") as shown:
        assert _connects(shown) == "connected"


def _connects(shown: Shown) -> str:
    """What comes of a connection from the other end of the cable."""
    port = shown.page.address().split(":")[2].split("/")[0]
    program = (
        f"import socket\ntry:\n socket.create_connection(('{NEAR}', {port}), 20).close()\n"
        "except OSError as error:\n print(type(error).__name__)\nelse:\n print('connected')"
    )
    done = subprocess.run(
        [*INSIDE, sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_network_that_leads_nowhere_has_an_address_too(phone: Browser) -> None:
    assert phone  # the network is there
    program = "from legbal.outlets.page.address import network_host; print(network_host())"
    done = subprocess.run(
        [*INSIDE, sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == FAR
    assert network_host() is None or not str(network_host()).startswith("127.")
