"""The client of HTTP session lists: asks a feed's server and gives an Answer. What to make of it is not here.

At most one request per feed is under way; callers who come meanwhile get its answer. Only http and https,
few redirects, never from a public host into a private network, never more than MAX_BODY bytes, never longer
than TIMEOUT. Addresses carry secrets, so no error and no log line repeats one.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Protocol

import aiohttp
from yarl import URL

from engine_client.feeds.catalog import Catalog
from engine_client.feeds.documents import BadBody
from engine_client.feeds.errors import FeedAway
from engine_client.feeds.models import Answer
from engine_client.feeds.reading import read_body
from engine_client.feeds.spec import FeedSpec

TIMEOUT = 15.0  # seconds for a whole answer, redirects included
MAX_BODY = 5 * 1024 * 1024  # bytes, after decompression
MAX_REDIRECTS = 3
_CHUNK = 64 * 1024
_HEADERS = {"User-Agent": "DeadReckoning/0.1 (session tracker)", "Accept": "application/json, */*;q=0.5"}
_MOVED = {301, 302, 303, 307, 308}


class SessionList(Protocol):
    """Where listings come from."""

    async def fetch(self, feed: str) -> Answer:
        """Ask once. Raises FeedError."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    """The last body of a feed and the marks by which its server knows it."""

    etag: str
    modified: str
    body: bytes


class HttpSessionLists:
    """Asks the servers of a catalog's feeds. Close it when done."""

    def __init__(self, catalog: Catalog, clock: Callable[[], float]) -> None:
        self._catalog = catalog
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._flights: dict[str, asyncio.Task[Answer]] = {}
        self._kept: dict[str, _Kept] = {}
        self._count = count(1)
        self.requests = 0  # sent since the start, redirects not counted

    async def fetch(self, feed: str) -> Answer:
        """Ask a feed's server, or join the request that is under way. Raises FeedError."""
        flight = self._flights.get(feed)
        if flight is None:
            spec = self._catalog.get(feed)
            self._catalog.address(spec)
            flight = asyncio.create_task(self._fly(spec), name=f"feed {feed}")
            self._flights[feed] = flight
            flight.add_done_callback(lambda done: self._land(feed, done))
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """End what is under way and let the connections go."""
        for flight in list(self._flights.values()):
            flight.cancel()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _land(self, feed: str, flight: asyncio.Task[Answer]) -> None:
        self._flights.pop(feed, None)
        if not flight.cancelled():
            flight.exception()  # whoever still waits gets it; nobody else needs a warning

    async def _fly(self, spec: FeedSpec) -> Answer:
        seq = next(self._count)
        try:
            async with asyncio.timeout(TIMEOUT):
                body = await self._body(spec)
            now = self._clock()
            reading = await asyncio.to_thread(read_body, spec, body, now)
        except TimeoutError as error:
            raise FeedAway(f"no whole answer within {TIMEOUT:.0f} s") from error
        except BadBody as error:
            raise FeedAway(str(error)[:200]) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FeedAway(f"the connection failed ({type(error).__name__})") from error
        return Answer(spec.name, seq, now, reading)

    async def _body(self, spec: FeedSpec) -> bytes:
        """Give the bytes of the newest answer, those kept when the server says that nothing changed."""
        kept = self._kept.get(spec.name)
        headers = dict(_HEADERS)
        if kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        if kept is not None and kept.modified:
            headers["If-Modified-Since"] = kept.modified
        self.requests += 1
        response = await self._follow(URL(self._catalog.address(spec), encoded=True), headers)
        async with response:
            if response.status == 304 and kept is not None:
                return kept.body
            if response.status != 200:
                raise FeedAway(f"HTTP {response.status}", retry_after=_wish(response, self._clock()))
            body = await _bounded(response)
        self._keep(spec.name, response, body)
        return body

    async def _follow(self, url: URL, headers: dict[str, str]) -> aiohttp.ClientResponse:
        session = self._open()
        for _ in range(MAX_REDIRECTS + 1):
            response = await session.get(url, headers=headers, allow_redirects=False)
            if response.status not in _MOVED:
                return response
            place = response.headers.get("Location", "")
            response.release()
            target = url.join(URL(place))
            await _check_redirect(url, target)
            url = target
        raise FeedAway(f"more than {MAX_REDIRECTS} redirects")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                # A feed is asked once a minute: a connection kept open would be stale by then.
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _keep(self, feed: str, response: aiohttp.ClientResponse, body: bytes) -> None:
        etag, modified = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
        if etag or modified:
            self._kept[feed] = _Kept(etag, modified, body)
        else:
            self._kept.pop(feed, None)


class RoutedLists:
    """Sends each feed to the list that has it: `special` by name, all others to `usual`."""

    def __init__(self, usual: SessionList, special: dict[str, SessionList]) -> None:
        self._usual = usual
        self._special = dict(special)

    async def fetch(self, feed: str) -> Answer:
        """Ask once. Raises FeedError."""
        return await self._special.get(feed, self._usual).fetch(feed)


async def fetch_once(url: str) -> bytes:
    """Give the bytes at an address, under the same limits. Raises FeedAway."""
    lists = HttpSessionLists(Catalog([]), lambda: 0.0)
    try:
        async with asyncio.timeout(TIMEOUT):
            response = await lists._follow(URL(url), dict(_HEADERS))
            async with response:
                if response.status != 200:
                    raise FeedAway(f"HTTP {response.status}")
                return await _bounded(response)
    except TimeoutError as error:
        raise FeedAway(f"no whole answer within {TIMEOUT:.0f} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FeedAway(f"the connection failed ({type(error).__name__})") from error
    finally:
        await lists.close()


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """Read a body. Raises FeedAway when it is a web page, too large or shorter than announced."""
    if response.content_type in {"text/html", "application/xhtml+xml"}:
        raise FeedAway("the answer is a web page, not a list")
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > MAX_BODY:
            response.close()
            raise FeedAway(f"the answer is larger than {MAX_BODY // 2**20} MB")
        parts.append(part)
    return b"".join(parts)


async def _check_redirect(source: URL, target: URL) -> None:
    """Refuse a redirect that leaves the web or leads from a public host into a private network."""
    if target.scheme not in {"http", "https"} or not target.host:
        raise FeedAway("a redirect that is neither http nor https")
    if source.scheme == "https" and target.scheme == "http":
        raise FeedAway("a redirect from https to http")
    if target.host != source.host and not await _private(source) and await _private(target):
        raise FeedAway("a redirect into a private network")


async def _private(url: URL) -> bool:
    """Say whether any address of the host is not a public one."""
    infos = await asyncio.get_running_loop().getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    return any(not ipaddress.ip_address(str(info[4][0]).split("%")[0]).is_global for info in infos)


def _wish(response: aiohttp.ClientResponse, now: float) -> float:
    """Read Retry-After, in seconds from now; 0 when there is none."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0
