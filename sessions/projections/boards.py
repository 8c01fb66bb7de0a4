"""A board that does not show its session's newest turn is marked as behind; its editor does the rest."""

from engine_client.models import Turn, TurnRef
from sessions.boards import BoardBook
from sessions.projections.track import Place

BOARDS = "boards"


class BoardProjection:
    """Marks boards. The newest turn stands for all before it: a board shows one turn."""

    name = BOARDS
    newest_only = True

    def __init__(self, boards: BoardBook) -> None:
        self._boards = boards

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        """Look at the newest turn."""
        return newest.ref

    async def apply(self, turn: Turn) -> None:
        """Mark the board, unless it shows the turn or there is none."""
        row = await self._boards.of(turn.session_id)
        if row is not None and row.message_id and (row.voyage, row.n) < (turn.voyage, turn.n):
            await self._boards.behind(turn.session_id)
