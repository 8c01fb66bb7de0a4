"""What an ended voyage's board says of its tape: being recovered and how far, posted where, or why not."""

from collections.abc import Callable, Container, Sequence

from bot import discord_io, text
from engine_client.models import Turn
from sessions.boards import BoardBook
from sessions.tapes.models import Outcome, Queued
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
        self._far: dict[str, int] = {}  # what other processes build: the voyage of each session
        self._left: dict[str, int] = {}  # what they are done with

    async def line(self, turn: Turn) -> str:
        """Say it for the turn that ended a voyage; empty for any other."""
        if turn.end is None:
            return ""
        built = False
        for tape in await self._tapes.list(turn.session_id):
            if tape.voyage == turn.voyage and tape.message_id:
                self._left.pop(turn.session_id, None)
                return await self._posted(turn, tape.message_id)
            built |= tape.voyage == turn.voyage
        if not built and self._left.get(turn.session_id) == turn.voyage:
            return text.TAPE_NONE
        return self._news.get(turn.session_id, text.RECOVERING)

    def progress(self, session_id: str, share: float) -> bool:
        """Note how far a tape is; True when the board should say it."""
        begun = self._begun.setdefault(session_id, self._clock())
        if self._clock() - begun < PATIENCE:
            return False
        self._news[session_id] = text.recovering(share)
        return True

    def far(self, queued: Sequence[Queued], still: Container[tuple[str, int]] = ()) -> set[str]:
        """Note how the tapes stand that other processes build; give the sessions whose line has changed.

        `still` has the (session, voyage) of all tapes that are to be built, whoever does it.
        """
        before = dict(self._news)
        now = {tape.session_id: tape.voyage for tape in queued}
        for tape in queued:
            if tape.builder:
                self.progress(tape.session_id, tape.share)
            elif tape.failed_before:
                self._news[tape.session_id] = text.TAPE_LATER
        gone = {session_id for session_id in self._far if session_id not in now}
        for session_id in gone:
            self._begun.pop(session_id, None)
            self._news.pop(session_id, None)
            if (session_id, self._far[session_id]) not in still:
                self._left[session_id] = self._far[session_id]
        for session_id in now:
            self._left.pop(session_id, None)
        self._far = now
        return gone | {name for name in now if self._news.get(name) != before.get(name)}

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
