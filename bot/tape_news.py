"""What an ended voyage's board says of its tape: being recovered and how far, posted where, or why not."""

from collections.abc import Callable

from bot import discord_io, text
from engine_client.models import Turn
from sessions.boards import BoardBook
from sessions.tapes.models import Outcome
from sessions.tapes.service import Tapes

PATIENCE = 2.0  # seconds of building before the board counts


class TapeNews:
    """Knows how each session's newest tape is doing."""

    def __init__(self, tapes: Tapes, boards: BoardBook, clock: Callable[[], float]) -> None:
        self._tapes = tapes
        self._boards = boards
        self._clock = clock
        self._begun: dict[str, float] = {}
        self._news: dict[str, str] = {}

    async def line(self, turn: Turn) -> str:
        """Say it for the turn that ended a voyage; empty for any other."""
        if turn.end is None:
            return ""
        for tape in await self._tapes.list(turn.session_id):
            if tape.voyage == turn.voyage and tape.message_id:
                return await self._posted(turn, tape.message_id)
        return self._news.get(turn.session_id, text.RECOVERING)

    def progress(self, session_id: str, share: float) -> bool:
        """Note how far a tape is; True when the board should say it."""
        begun = self._begun.setdefault(session_id, self._clock())
        if self._clock() - begun < PATIENCE:
            return False
        self._news[session_id] = text.recovering(share)
        return True

    def done(self, outcome: Outcome) -> bool:
        """Note what became of a tape; True when the board should say it."""
        self._begun.pop(outcome.session_id, None)
        if outcome.tape is not None:
            self._news.pop(outcome.session_id, None)
            return False
        self._news[outcome.session_id] = text.TAPE_LATER if outcome.will_retry else f"📼 {outcome.sentence}"
        return True

    async def _posted(self, turn: Turn, message_id: int) -> str:
        board = await self._boards.of(turn.session_id)
        if board is None:
            return text.TAPE_POSTED
        return text.tape_posted(discord_io.link_to(board.guild_id, board.channel_id, message_id))
