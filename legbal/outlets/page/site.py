"""What is answered to whom: the page, its views, and the rider's commands.

Nobody gets anything without a token, and without the Host that leads here: a name that somebody else's server points
at this computer (DNS rebinding) is none of it. Other sites' pages can neither read nor frame this one, nor command.
"""

import asyncio
import ipaddress

from aiohttp import web

from legbal.outlets.commands import Commands
from legbal.outlets.page.bounds import BoundedServer, RequestLimit
from legbal.outlets.page.document import document
from legbal.outlets.page.server import PageServer
from legbal.outlets.page.viewers import Viewers

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # it holds the token
    "Server": "legbal",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_LAST_S = 0.5  # for so long connections may take to end


class Site:
    """Answers what `server` is asked, in its loop."""

    def __init__(self, server: PageServer) -> None:
        self._server = server
        self._viewers, self._limit = Viewers(), RequestLimit()
        self._commands = Commands(server.do)
        self._documents = {"viewer": document(rider=False), "rider": document(rider=True)}
        self._bounded = BoundedServer(self._answer)

    async def serve(self) -> None:
        """Serves until the server is closed."""
        accepting = await asyncio.get_running_loop().create_server(
            self._bounded.connect, sock=self._server.listening
        )
        while not self._server.closing:
            await self._viewers.send(await self._server.news())
        accepting.close()
        await self._viewers.end()
        await self._bounded.shutdown(_LAST_S)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        parts = request.path.split("/")  # "/TOKEN/", and below it "live" and "mark"
        role = self._server.tokens.role_of(parts[1]) if len(parts) in (2, 3) else None
        if not self._limit.allows(request.remote or ""):
            return _refuse(429)
        if role is None or not _leads_here(request):
            return _refuse(404)
        self._bounded.admit(request)
        match request.method, parts[2:]:
            case "GET", [] | [""]:
                page = self._documents[role]
                about = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.policy}
                return web.Response(body=page.octets, headers=_HEADERS | about)
            case "GET", ["live"]:
                return await self._live(request)
            case "POST", ["mark"]:
                return await self._mark(request) if role == "rider" else _refuse(403)
        return _refuse(404)

    async def _live(self, request: web.BaseRequest) -> web.StreamResponse:
        """Views, until the viewer leaves, which cancels this."""
        response = await self._viewers.join(request, _HEADERS, self._server.view)
        try:
            if not response.prepared:  # there are too many
                return response
            self._server.viewers = len(self._viewers)
            self._server.joined()
            await asyncio.Event().wait()
        finally:
            self._viewers.leave(response)
            self._server.viewers = len(self._viewers)
        return response

    async def _mark(self, request: web.BaseRequest) -> web.Response:
        """A command of the rider's; one that another site's page has sent is none."""
        origin = request.headers.get("Origin")
        if request.content_type != "application/json" or origin not in (None, f"http://{request.host}"):
            return _refuse(403)
        try:
            payload = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refuse(413)
        done = self._commands.take(payload, retained=False)
        return web.Response(status=204, headers=_HEADERS) if done else _refuse(400)


def _refuse(status: int) -> web.Response:
    """No, and the connection ends."""
    response = web.Response(status=status, headers=_HEADERS)
    response.force_close()
    return response


def _leads_here(request: web.BaseRequest) -> bool:
    """Whether its Host is the address that it came to; on this computer itself localhost will do."""
    transport = request.transport
    if transport is None:
        return False
    address, port = transport.get_extra_info("sockname")[:2]
    names = [address, "localhost"] if ipaddress.ip_address(address).is_loopback else [address]
    return request.headers.get("Host", "").lower() in [f"{name}:{port}" for name in names]
