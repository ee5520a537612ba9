"""What the page's server answers, and what it refuses: over real HTTP, as strangers and riders ask."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web

from legbal.outlets.commands import MOST_COMMANDS
from legbal.outlets.page.bounds import (
    MOST_CONNECTIONS,
    MOST_REQUESTS,
    WITHIN_S,
    BoundedServer,
    RequestLimit,
)
from legbal.outlets.page.viewers import MOST_VIEWERS
from tests.outlets.page.serving import JSON, NEVER_S, serving, viewing

LAP = b'{"command":"lap"}'


@pytest.mark.parametrize("rider", [False, True])
async def test_the_page_is_one_small_document_that_runs_its_own_script_alone(rider: bool) -> None:
    async with (
        serving() as (page, _),
        aiohttp.ClientSession() as session,
        session.get(page.address(rider=rider)) as answer,
    ):
        text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert answer.status == 200
        assert len(text.encode()) <= 30_000
        assert not re.findall(r'\b(?:src|href)="(?!data:,")|\bon[a-z]+="|\bstyle="|@import|url\(', text)
        for kind in ("script", "style"):
            (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none';")
        assert "frame-ancestors 'none'" in policy
        assert ('data-command="lap"' in text) == rider
        assert "{" not in re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "aiohttp" not in answer.headers["Server"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 200),
        ("/", 200),
        ("/live/", 404),
        ("/live/x", 404),
        ("/mark", 404),
        ("//", 404),
        ("/page.css", 404),
    ],
)
async def test_there_is_nothing_beside_it(path: str, status: int) -> None:
    async with serving() as (page, _), aiohttp.ClientSession() as session:
        for address in (page.address(), page.address().lower()):  # typed by hand, letters may be small
            async with session.get(address.rstrip("/") + path) as answer:
                assert answer.status == status


@pytest.mark.parametrize("token", ["", "x", "A" * 24, "%00", "é", "../x"])
@pytest.mark.parametrize("path", ["/", "/live", "/mark"])
async def test_nobody_gets_anything_without_a_token(token: str, path: str) -> None:
    async with serving() as (page, ride), aiohttp.ClientSession() as session:
        root = page.address().rsplit("/", 2)[0]
        for method in ("GET", "POST", "OPTIONS"):
            async with session.request(method, f"{root}/{token}{path}", headers=JSON) as answer:
                assert answer.status == 404
                assert await answer.read() == b""
        assert ride.marks == []


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("evil.example:{port}", 404),  # a name that was made to point here
        ("127.0.0.1", 404),
        ("127.0.0.2:{port}", 404),
        ("127.0.0.1.evil.example:{port}", 404),
        ("192.168.1.20:{port}", 404),
        ("", 404),
    ],
)
async def test_the_host_must_be_the_address_that_was_asked(host: str, status: int) -> None:
    async with serving() as (page, _), aiohttp.ClientSession() as session:
        port = page.address().split(":")[2].split("/")[0]
        for path in ("", "live"):
            async with session.get(page.address() + path, headers={"Host": host.format(port=port)}) as answer:
                assert answer.status == status


async def test_other_sites_may_neither_read_nor_command() -> None:
    async with serving() as (page, ride), aiohttp.ClientSession() as session:
        evil = {"Origin": "http://evil.example"}
        rider = page.address(rider=True)
        asked: list[tuple[str, str, dict[str, str]]] = [
            ("GET", rider, evil),
            ("OPTIONS", f"{rider}mark", evil | {"Access-Control-Request-Method": "POST"}),
            ("POST", f"{rider}mark", evil | JSON),
            ("POST", f"{rider}mark", {"Content-Type": "text/plain"}),  # what a form of theirs can send
            ("POST", f"{rider}mark", {"Content-Type": "application/x-www-form-urlencoded"}),
        ]
        for method, url, headers in asked:
            async with session.request(
                method, url, headers=headers, data=LAP if method == "POST" else None
            ) as answer:
                assert not [name for name in answer.headers if name.startswith("Access-Control")]
                assert answer.status == (200 if method == "GET" else 404 if method == "OPTIONS" else 403)
        assert ride.marks == []
        own = {"Origin": rider.split("/" + rider.split("/")[3])[0]}
        async with session.post(f"{rider}mark", headers=own | JSON, data=LAP) as answer:
            assert answer.status == 204
        assert ride.marks == [("lap", "")]


async def test_only_the_rider_commands_and_not_too_often() -> None:
    async with serving() as (page, ride), aiohttp.ClientSession() as session:

        async def send(payload: bytes, *, rider: bool = True) -> int:
            async with session.post(f"{page.address(rider=rider)}mark", headers=JSON, data=payload) as answer:
                return answer.status

        assert await send(LAP, rider=False) == 403
        assert await send(b'{"command":"stop"}') == 400
        assert await send(b'{"command":"note","text":"\\u001b[2J"}') == 400
        assert await send(b"[" * 1000) == 400
        assert await send(b" " * 2000) == 413
        assert ride.marks == []
        done = [LAP, b'{"command":"mute"}', b'{"command":"unmute"}', b'{"command":"note","text":"left knee"}']
        assert [await send(x) for x in done] == [204] * 4
        assert ride.marks == [("lap", ""), ("mute", ""), ("unmute", ""), ("note", "left knee")]
        assert [await send(LAP) for _ in range(MOST_COMMANDS)][-4:] == [400] * 4


async def test_requests_are_bounded_in_size() -> None:
    async with serving() as (page, _), aiohttp.ClientSession() as session:
        for headers in ({"X": "x" * 5000}, {f"X-{number}": "x" for number in range(100)}):
            async with session.get(page.address(), headers=headers) as answer:
                assert answer.status == 400
        async with session.get(page.address() + "x" * 5000) as answer:
            assert answer.status == 400


async def test_one_address_may_ask_so_often() -> None:
    async with serving() as (page, _), aiohttp.ClientSession() as session:

        async def status(url: str) -> int:
            async with session.get(url) as answer:
                return answer.status

        wrong = page.address()[:-5] + "/"
        assert {await status(wrong) for _ in range(MOST_REQUESTS)} == {404}
        assert await status(page.address()) == 429


def test_the_bound_is_one_address_and_a_while() -> None:
    now = [0.0]
    limit = RequestLimit(lambda: now[0])
    assert [limit.allows("a") for _ in range(MOST_REQUESTS + 1)] == [True] * MOST_REQUESTS + [False]
    assert limit.allows("b")
    now[0] = WITHIN_S
    assert limit.allows("a")
    for number in range(1000):
        limit.allows(str(number))
    assert len(limit._times) <= 256


async def test_so_many_look_and_no_more() -> None:
    async with serving(every_s=NEVER_S) as (page, _), AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(viewing(page)) for _ in range(MOST_VIEWERS)]
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.get(f"{page.address()}live") as answer:
            assert answer.status == 503
        viewers[0].response.close()
        while True:  # until the server has noticed
            async with session.get(f"{page.address()}live") as answer:
                if answer.status == 200:
                    return


async def _connection(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def test_whoever_only_connects_is_left_and_crowds_are_refused() -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        bounded.admit(request)
        return web.Response(text="in")

    bounded = BoundedServer(answer, stranger_s=0.05)
    server = await asyncio.get_running_loop().create_server(bounded.connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    guest, asks = await _connection(port)
    asks.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await guest.readuntil(b"in")
    strangers = [await _connection(port) for _ in range(MOST_CONNECTIONS - 1)]
    one_more = await _connection(port)
    assert await _ended(one_more[0])
    strangers[0][1].write(b"GET / HTTP/1.1\r\nHost")  # slowly
    assert all(await asyncio.gather(*(_ended(reader) for reader, _ in strangers)))
    asks.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")  # who was let in stays
    assert await guest.readuntil(b"in")
    for _, writer in [(guest, asks), one_more, *strangers]:
        writer.close()
    server.close()
    await bounded.shutdown(1.0)
