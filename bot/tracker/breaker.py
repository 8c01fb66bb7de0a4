"""Channels that refuse us: left alone, tried again ever more rarely, their admin told once."""

from collections.abc import Callable

from msgspec.structs import replace

from sessions.tracker.models import ChannelRow
from sessions.tracker.outbox import Outbox

FIRST_WAIT = 900.0  # seconds until a closed channel is tried again; doubles up to LONGEST_WAIT
LONGEST_WAIT = 6 * 3600.0


class Breakers:
    """One breaker for each channel. Kept in the store, so that a restart tells nobody twice."""

    def __init__(self, outbox: Outbox, clock: Callable[[], float]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._closed: dict[int, ChannelRow] = {}
        self._loaded = False

    async def load(self) -> None:
        """Read what an earlier process knew, once while this process delivers."""
        if self._loaded:
            return
        rows = await self._outbox.closed_channels()
        if rows is not None:
            self._closed = {row.channel_id: row for row in rows}
            self._loaded = True

    def forget(self) -> None:
        """Another process delivers now; what it learns is read again when this one has its turn."""
        self._loaded = False

    def allows(self, channel_id: int) -> bool:
        """Say whether a channel may be tried now."""
        row = self._closed.get(channel_id)
        return row is None or row.retry_at <= self._clock()

    async def trip(self, channel_id: int, code: int) -> bool:
        """Note a refusal; give True when the admin has not been told of it yet."""
        now = self._clock()
        row = self._closed.get(channel_id) or ChannelRow(channel_id, code, 0, now, now, False)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.failures, 10))
        tell = not row.told
        row = replace(row, code=code, failures=row.failures + 1, retry_at=now + wait, told=True)
        self._closed[channel_id] = row
        await self._outbox.close_channel(row)
        return tell

    async def works(self, channel_id: int) -> None:
        """Note that a channel took a call."""
        if self._closed.pop(channel_id, None) is not None:
            await self._outbox.open_channel(channel_id)
