"""The client of HTTP session lists, against a server on loopback."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from engine_client import session_lists
from engine_client.feeds.catalog import Catalog
from engine_client.feeds.errors import FeedAway, MissingSecret, UnknownFeed
from engine_client.feeds.spec import parse_feed
from engine_client.session_lists import MAX_BODY, HttpSessionLists, RoutedLists, fetch_once

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOW = 1_767_225_600.0
ROWS = [{"id": 1}, {"id": 2}]


class Site:
    """A server whose answer each test chooses."""

    def __init__(self) -> None:
        self.handler: Handler = self.list
        self.requests: list[web.Request] = []
        self.url = ""

    async def list(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(ROWS)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.handler(request)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    app = web.Application()
    app.router.add_get("/{rest:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def lists(site: Site) -> AsyncIterator[HttpSessionLists]:
    made = lists_of(site.url + "/list")
    yield made
    await made.close()


def lists_of(url: str, **secrets: str) -> HttpSessionLists:
    text = f'title = "T"\nurl = "{url}"\nsecrets = {list(secrets)}\nitems = "@"\n[fields]\nid = "id"\n'
    return HttpSessionLists(Catalog(parse_feed(text, "t"), secrets), lambda: NOW)


async def reason_of(lists: HttpSessionLists) -> str:
    with pytest.raises(FeedAway) as caught:
        await lists.fetch("t")
    return str(caught.value)


async def test_an_answer_has_its_place_in_time(lists):
    first, second = await lists.fetch("t"), await lists.fetch("t")
    assert [one.id for one in first.reading.listings] == ["1", "2"]
    assert (first.feed, first.at) == ("t", NOW)
    assert first.seq < second.seq


async def test_one_request_serves_all_who_ask_meanwhile(site, lists):
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await gate.wait()
        return await site.list(request)

    site.handler = slow
    asking = [asyncio.create_task(lists.fetch("t")) for _ in range(50)]
    await arrived.wait()
    asking[0].cancel()
    gate.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert {one.seq for one in answers[1:]} == {1}
    assert len(site.requests) == 1


async def test_what_did_not_change_is_not_sent_again(site, lists):
    async def known(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"v1"':
            assert request.headers["If-Modified-Since"] == "Thu, 01 Jan 2026 00:00:00 GMT"
            return web.Response(status=304)
        headers = {"ETag": '"v1"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
        return web.json_response(ROWS, headers=headers)

    site.handler = known
    first, second = await lists.fetch("t"), await lists.fetch("t")
    assert first.reading == second.reading
    assert second.seq > first.seq
    assert len(site.requests) == 2


async def test_304_without_having_asked_for_it_is_a_failure(site, lists):
    async def odd(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=304)

    site.handler = odd
    assert await reason_of(lists) == "HTTP 304"


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_http_errors_say_when_to_come_back(site, lists, status):
    async def busy(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Retry-After": "120"})

    site.handler = busy
    with pytest.raises(FeedAway, match=f"HTTP {status}") as caught:
        await lists.fetch("t")
    assert caught.value.retry_after == 120


async def test_retry_after_may_be_a_date(site, lists):
    async def busy(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=503, headers={"Retry-After": "Thu, 01 Jan 2026 00:01:00 GMT"})

    site.handler = busy
    with pytest.raises(FeedAway) as caught:
        await lists.fetch("t")
    assert caught.value.retry_after == 60


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"<html>maintenance</html>", "text/html", "web page"),
        (b"<html>maintenance</html>", "application/json", "web page"),
        (b'[{"id": 1}, {"id"', "application/json", "not JSON"),
        (b"", "application/json", "not JSON"),
    ],
)
async def test_what_is_no_list_is_a_failure(site, lists, body, kind, said):
    async def odd(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=kind)

    site.handler = odd
    assert said in await reason_of(lists)


async def test_a_body_is_read_up_to_its_limit_only(site, lists):
    async def large(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b" " * (MAX_BODY + 1), content_type="application/json")

    site.handler = large
    assert "larger than 5 MB" in await reason_of(lists)


async def test_the_limit_counts_what_was_decompressed(site, lists):
    async def bomb(_request: web.Request) -> web.StreamResponse:
        packed = gzip.compress(b" " * (MAX_BODY * 4))
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=packed, headers=headers)

    site.handler = bomb
    assert "larger than 5 MB" in await reason_of(lists)


async def test_a_cut_body_is_a_failure(site, lists):
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'[{"id": 1}')
        assert request.transport is not None
        request.transport.close()
        return response

    site.handler = cut
    assert "the connection failed" in await reason_of(lists)


async def test_a_server_that_hangs_is_left_after_the_timeout(site, lists, monkeypatch):
    monkeypatch.setattr(session_lists, "TIMEOUT", 0.05)
    gate = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return web.Response()

    site.handler = hang
    assert "no whole answer" in await reason_of(lists)
    gate.set()


async def test_nobody_there():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        lists = lists_of(f"http://127.0.0.1:{closed.getsockname()[1]}/")
        assert "the connection failed" in await reason_of(lists)
    await lists.close()


async def test_redirects_are_followed_a_few_times_only(site, lists):
    async def moved(request: web.Request) -> web.StreamResponse:
        step = int(request.query.get("step", "0"))
        if step < hops:
            return web.Response(status=302, headers={"Location": f"/list?step={step + 1}"})
        return await site.list(request)

    site.handler = moved
    hops = 3
    assert len((await lists.fetch("t")).reading.listings) == 2
    hops = 4
    assert "more than 3 redirects" in await reason_of(lists)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x.example/"])
async def test_redirects_stay_on_the_web(site, lists, place):
    async def moved(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": place})

    site.handler = moved
    assert "neither http nor https" in await reason_of(lists)


async def test_a_public_host_cannot_lead_into_a_private_network(site, lists, monkeypatch):
    async def moved(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "http://metadata.example/"})

    async def resolve(host: str, _port: int, **_: object) -> list:
        address = {"127.0.0.1": "93.184.216.34"}.get(host, "169.254.169.254")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

    site.handler = moved
    # An IP literal is not resolved to connect, so only the check of the redirect sees this answer.
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    assert "private network" in await reason_of(lists)


async def test_no_secret_gets_into_an_error(site):
    async def refused(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=401)

    site.handler = refused
    lists = lists_of(site.url + "/list?token={TOKEN}", TOKEN="hunter2")
    assert "hunter2" not in await reason_of(lists)
    assert site.requests[0].query["token"] == "hunter2"
    await lists.close()
    missing = HttpSessionLists(Catalog(parse_feed(MISSING, "t")), lambda: NOW)
    with pytest.raises(MissingSecret):
        await missing.fetch("t")
    with pytest.raises(UnknownFeed):
        await missing.fetch("other")
    assert missing.requests == 0


MISSING = """
title = "T"
url = "https://x.example/?t={TOKEN}"
secrets = ["TOKEN"]
items = "@"
[fields]
id = "id"
"""


async def test_routes_lead_to_the_list_that_has_the_feed(lists):
    class Other:
        async def fetch(self, feed: str) -> str:
            return f"own {feed}"

    routed = RoutedLists(lists, {"mine": Other()})  # type: ignore[dict-item]
    assert await routed.fetch("mine") == "own mine"
    assert (await routed.fetch("t")).feed == "t"


async def test_fetch_once_keeps_the_same_limits(site):
    assert json.loads(await fetch_once(site.url)) == ROWS

    async def missing(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    site.handler = missing
    with pytest.raises(FeedAway, match="HTTP 404"):
        await fetch_once(site.url)
