"""Where each session's board stands in Discord and which turn it shows.

A projection of the journal: a board that shows an older turn than the journal's newest is behind and is
edited again. Never Discord itself.
"""

from typing import Protocol

import msgspec

from engine_client.models import Turn
from storage.rows import BoardRow


class BoardRows(Protocol):
    """The store's part of it."""

    async def get(self, session_id: str) -> BoardRow | None: ...
    async def put(self, row: BoardRow) -> None: ...
    async def list_dirty(self) -> list[BoardRow]: ...
    async def all(self) -> list[BoardRow]: ...


class BoardBook:
    """Remembers boards: each one is read from the store once, and written whenever it changes."""

    def __init__(self, rows: BoardRows) -> None:
        self._rows = rows
        self._read: dict[str, BoardRow | None] = {}

    async def of(self, session_id: str) -> BoardRow | None:
        """Give the session's board, or None."""
        if session_id not in self._read:
            row = await self._rows.get(session_id)
            self._read.setdefault(session_id, row)  # what was written meanwhile is newer
        return self._read[session_id]

    async def placed(self, turn: Turn, guild_id: int, channel_id: int, message_id: int) -> None:
        """Note that a message is now the session's board and shows this turn."""
        await self._put(
            BoardRow(turn.session_id, guild_id, channel_id, message_id, turn.voyage, turn.n, False)
        )

    async def behind(self, session_id: str) -> None:
        """Note that the board does not show the newest turn."""
        row = await self.of(session_id)
        if row is not None and not row.dirty:
            await self._put(msgspec.structs.replace(row, dirty=True))

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
