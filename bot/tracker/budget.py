"""How many calls a channel still takes. It counts what we send and believes what Discord's headers say.

discord.py would wait inside a call when a channel's limit is used up, and hold up every other channel with
it; so the tracker does not send what would have to wait.
"""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp

_PATH = re.compile(r"/channels/(\d+)/messages(/\d+)?$")
_RESERVE = 1  # calls of each window that are left for the game's own messages


@dataclass(slots=True)
class _Window:
    limit: int = 5
    length: float = 5.0
    left: int = 5
    ends_at: float = 0.0


class ChannelBudgets:
    """Counts by channel, posts and edits apart. Times are UTC seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: dict[tuple[int, bool], _Window] = {}

    def take(self, channel_id: int, *, edits: bool) -> bool:
        """Take one call; False when the channel should be left alone until the window ends."""
        now = self._clock()
        window = self._windows.setdefault((channel_id, edits), _Window())
        if now >= window.ends_at:
            window.left, window.ends_at = window.limit, now + window.length
        if window.left <= min(_RESERVE, window.limit - 1):
            return False
        window.left -= 1
        return True

    def learn(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Believe the headers of an answer to a call about a channel's messages; others say nothing here."""
        match = _PATH.search(path)
        if match is None or method not in {"POST", "PATCH"}:
            return
        try:
            limit = int(headers["X-RateLimit-Limit"])
            left = int(headers["X-RateLimit-Remaining"])
            length = float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        window = self._windows.setdefault((int(match[1]), method == "PATCH"), _Window())
        window.limit, window.left = max(1, limit), left
        window.length = max(window.length, length)
        window.ends_at = self._clock() + length

    def trace(self) -> aiohttp.TraceConfig:
        """Make the `http_trace` of a discord.py client, through which the headers are learned."""

        async def ended(
            _session: aiohttp.ClientSession,
            _context: types.SimpleNamespace,
            done: aiohttp.TraceRequestEndParams,
        ) -> None:
            self.learn(done.method, done.url.path, done.response.headers)

        config = aiohttp.TraceConfig()
        config.on_request_end.append(ended)
        return config
