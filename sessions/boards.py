"""Where each session's board stands in Discord and which turn it shows.

A projection of the journal: a board that shows an older turn than the journal's newest is behind and is
edited again. Never Discord itself.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from engine_client.models import Turn
from storage.rows import BoardRow


class BoardRows(Protocol):
    """The store's part of it."""

    async def get(self, session_id: str) -> BoardRow | None: ...
    async def put(self, row: BoardRow) -> None: ...
    async def add(self, row: BoardRow) -> bool: ...
    async def mark_dirty(self, session_id: str) -> bool: ...
    async def list_dirty(self) -> list[BoardRow]: ...
    async def all(self) -> list[BoardRow]: ...


class BoardBook:
    """Remembers boards, and writes one whenever it changes.

    Each is read from the store once; where other processes share the store (`shared`), every time.
    """

    def __init__(self, rows: BoardRows, *, shared: bool = False) -> None:
        self._rows = rows
        self._shared = shared
        self._read: dict[str, BoardRow | None] = {}
        self._shown: Callable[[Turn], None] | None = None

    def listen(self, shown: Callable[[Turn], None]) -> None:
        """Have each turn that a board shows told to somebody, who must not block."""
        self._shown = shown

    async def of(self, session_id: str) -> BoardRow | None:
        """Give the session's board, or None."""
        if self._shared:
            return await self._rows.get(session_id)
        if session_id not in self._read:
            row = await self._rows.get(session_id)
            self._read.setdefault(session_id, row)  # what was written meanwhile is newer
        return self._read[session_id]

    async def guild_of(self, session_id: str) -> int:
        """Give the server of a session's board: 0 for direct messages, and where there is no board."""
        row = await self.of(session_id)
        return row.guild_id if row is not None else 0

    async def placed(
        self, turn: Turn, guild_id: int, channel_id: int, message_id: int, upload_limit: int = 0
    ) -> None:
        """Note that a message is now the session's board and shows this turn.

        `upload_limit` is what the server takes as a file, in bytes; with 0 what is known of it stays.
        """
        place = (turn.session_id, guild_id, channel_id, message_id)
        await self._put(BoardRow(*place, turn.voyage, turn.n, False, upload_limit))
        if self._shown is not None and message_id:
            self._shown(turn)

    async def unplaced(self, turn: Turn, guild_id: int, channel_id: int) -> None:
        """Note whose session this is although its board could not be placed, unless it has a board."""
        row = BoardRow(turn.session_id, guild_id, channel_id, 0, turn.voyage, turn.n, False)
        if await self._rows.add(row):
            self._read[turn.session_id] = row

    async def behind(self, session_id: str) -> None:
        """Note that the board does not show the newest turn."""
        row = await self.of(session_id)
        if row is not None and not row.dirty:
            await self._rows.mark_dirty(session_id)  # and nothing else: another process may have moved it
            self._read[session_id] = msgspec.structs.replace(row, dirty=True)

    async def lost(self, row: BoardRow) -> None:
        """Note that the board's message is gone; the next `/play` places a new one."""
        await self._put(msgspec.structs.replace(row, message_id=0, dirty=False))

    async def all_behind(self) -> list[BoardRow]:
        """List the boards that do not show their session's newest turn and still have a message."""
        return [row for row in await self._rows.list_dirty() if row.message_id]

    async def all(self) -> list[BoardRow]:
        """List every board."""
        return await self._rows.all()

    async def _put(self, row: BoardRow) -> None:
        await self._rows.put(row)
        self._read[row.session_id] = row
