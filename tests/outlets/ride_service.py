"""A service that takes rides as intervals.icu does: real TLS on the loopback, and as unreliable as a test wants it."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from aiohttp import web

from tests.brokers.certificates import Authority

PATH = "/api/v1/athlete/0/activities"
KEY = "geheim-42"

Mood = (
    Literal["well", "hangs", "late", "drops", "drops first", "redirects", "long", "garbage", "trickles"] | int
)


class RideService:
    """Keeps the files that it took, and what it was asked.

    Attributes:
        url: where it is.
        mood: how it answers the next upload; a number is the status with which it refuses.
        looks: as which status it answers who looks up activities; None: well.
        activities: what it took, as it tells it.
        files: their octets.
        requests: method and query of each request, in order.
        taken: set once a file is kept, before the answer.
        cut: set once who trickled was hung up on.
    """

    def __init__(self) -> None:
        self.url = ""
        self.mood: Mood = "well"
        self.looks: int | None = None
        self.activities: list[dict[str, str]] = []
        self.files: list[bytes] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.taken = threading.Event()
        self.cut = threading.Event()
        self.go_on = threading.Event()  # to who is answered late

    async def look(self, request: web.Request) -> web.Response:
        """GET: the activities."""
        self._note(request)
        if self.looks is not None:
            return web.Response(status=self.looks)
        return web.json_response([{"id": x["id"], "external_id": x["external_id"]} for x in self.activities])

    async def take(self, request: web.Request) -> web.StreamResponse:
        """POST: a file."""
        self._note(request)
        match self.mood:
            case "hangs":
                await asyncio.Event().wait()
            case "drops first":
                self._hang_up(request)
            case "redirects":
                return web.Response(status=307, headers={"Location": f"{self.url}/elsewhere"})
            case int() as status:
                return web.Response(status=status, text="no")
        form = await request.post()
        field = form["file"]
        assert isinstance(field, web.FileField)
        self.files.append(field.file.read())
        self.activities.append({"id": f"i{len(self.files)}", "external_id": request.query["external_id"]})
        answer = json.dumps({"icu_athlete_id": "i7", **self.activities[-1]}).encode()
        self.taken.set()
        match self.mood:
            case "late":
                await asyncio.to_thread(self.go_on.wait, 60)
            case "long":
                answer = b" " * 3 * 2**20
            case "garbage":
                answer = b"<html>"
            case "trickles":
                return await self._trickle(request)
            case "drops":
                response = web.StreamResponse(status=201, headers={"Content-Length": str(len(answer))})
                await response.prepare(request)
                await response.write(answer[:10])
                self._hang_up(request)
                return response
        return web.Response(status=201, body=answer, content_type="application/json")

    async def _trickle(self, request: web.Request) -> web.StreamResponse:
        """A last answer on its connection, with an octet now and then."""
        response = web.StreamResponse(status=201)
        response.force_close()
        await response.prepare(request)
        try:
            for _ in range(400):
                await response.write(b" ")
                await asyncio.sleep(0.05)
        except ConnectionError:
            self.cut.set()
        return response

    def _note(self, request: web.Request) -> None:
        expected = base64.b64encode(f"API_KEY:{KEY}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            raise web.HTTPUnauthorized
        self.requests.append((request.method, dict(request.query)))

    @staticmethod
    def _hang_up(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()


@contextmanager
def ride_service(folder: Path) -> Iterator[tuple[RideService, Path]]:
    """A service in a thread, and the file of the authority that vouches for it."""
    authority = Authority(folder, "authority")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("service"))
    service, ready, over = RideService(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_get(PATH, service.look)
        app.router.add_post(PATH, service.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = runner.addresses[0][1]
        service.url = f"https://127.0.0.1:{port}"
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield service, authority.ca
    finally:
        service.go_on.set()
        loop.call_soon_threadsafe(over.set)
        thread.join(30)
        loop.close()
