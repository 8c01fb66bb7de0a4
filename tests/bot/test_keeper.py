"""What a board's keeper does when the store fails under it, and when the board moves meanwhile."""

from typing import Any

import pytest

from bot import discord_io
from bot.discord_io import Edit
from bot.keeper import BoardKeeper
from engine_client.models import Picture, Place, SessionId, Turn
from sessions.play import Played
from storage.errors import StorageError
from storage.rows import BoardRow

ID = SessionId("5")


class World:
    """Boards, and a keeper of them that draws nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.row = BoardRow("5", 1, 5, 100, 1, 1, False)
        self.away = False
        self.edited: list[int] = []
        self.keeper: Any = BoardKeeper(
            *(None, self, self, self, self, self, self, lambda _guild: True),  # type: ignore[arg-type]
        )
        monkeypatch.setattr(self.keeper, "_content", self._content)
        monkeypatch.setattr(discord_io, "edit_message", self._edit)

    async def show(self, session_id: SessionId) -> Played:
        place = Place("r", "Region", "n", "Node")
        turn = Turn(session_id, 1, 2, "x", 1.0, "Ann", "", "", "", (), (), (), place, "Ann", "Albatross", "")
        return Played(turn, Picture(b"", "image/png", 1, 1))

    async def all_behind(self) -> list[BoardRow]:
        return []

    async def guild_of(self, _session_id: str) -> int:
        if self.away:
            raise StorageError("away")
        return 1

    async def of(self, _session_id: str) -> BoardRow:
        return self.row

    async def behind(self, _session_id: str) -> None:
        await self.guild_of("")

    async def lost(self, row: BoardRow) -> None:
        self.row = BoardRow("5", 1, 5, 0, 1, 1, False)

    async def placed(self, turn: Turn, guild: int, channel: int, message: int, limit: int = 0) -> None:
        self.row = BoardRow("5", guild, channel, message, turn.voyage, turn.n, False, limit)

    async def _content(self, _played: Played) -> dict[str, Any]:
        return {}

    async def _edit(self, _client: Any, _channel: int, message: int, **_content: Any) -> Edit:
        self.edited.append(message)
        return Edit.DONE if message == self.row.message_id else Edit.MESSAGE_GONE


async def test_what_was_stirred_while_the_store_was_away_is_shown_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch)
    for session in ("5", "6"):
        world.keeper.stir(SessionId(session))
    world.away = True
    await world.keeper.sweep()
    assert world.edited == []
    world.away = False
    await world.keeper.sweep()
    assert len(world.edited) == 2


async def test_a_board_that_moves_while_it_waits_to_be_edited_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch)

    async def moves(played: Played) -> dict[str, Any]:
        world.row = BoardRow("5", 1, 5, 200, 1, 2, False)
        return {}

    monkeypatch.setattr(world.keeper, "_content", moves)
    await world.keeper.refresh(ID)
    assert world.edited == [200]
    assert world.row.message_id == 200
