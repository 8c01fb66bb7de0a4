"""Posts finished tapes, each once: built ones that carry no message id yet, oldest first, whoever built them.

The order is: build, post with a nonce that Discord refuses to take twice, write the message id. A crash
between any two of them posts nothing double and loses nothing.
"""

import asyncio
import io
import logging
from collections.abc import Callable
from pathlib import Path

import discord

from bot import clean, discord_io, limits, presenter, text
from bot.discord_io import Code
from bot.errors import ChannelLost
from bot.keeper import BoardKeeper
from bot.tape_news import TapeNews
from bot.views.board import new_voyage_view
from engine_client.errors import EngineAway
from engine_client.models import SessionId, Turn, TurnRef, parse_session_id
from engine_client.protocol import GameEngineClient
from sessions.boards import BoardBook
from sessions.tapes.errors import TapeUnreachable
from sessions.tapes.models import Queued, Tape
from sessions.tapes.service import Mine, Tapes, everybodys
from sessions.tapes.story import length

log = logging.getLogger(__name__)

REST_SECONDS = 10.0  # between two looks when nothing is known to come
FAR_SECONDS = 1.0  # while another process builds a tape that this one posts
SOON_SECONDS = 0.1
AGAIN_SECONDS = 30.0  # until a tape is tried again that could not be posted; its nonce still holds then

TAPE_ALT = "The voyage as a video, turn by turn"


class TapeDelivery:
    """Brings tapes to their channels. `mine` says for which sessions this process posts."""

    def __init__(
        self,
        client: discord.Client,
        engine: GameEngineClient,
        tapes: Tapes,
        boards: BoardBook,
        keeper: BoardKeeper,
        news: TapeNews,
        clock: Callable[[], float],
        mine: Mine = everybodys,
    ) -> None:
        self._client = client
        self._engine = engine
        self._tapes = tapes
        self._boards = boards
        self._keeper = keeper
        self._news = news
        self._clock = clock
        self._mine = mine
        self._looks_again: Callable[[float], None] = lambda seconds: None
        self._one_at_a_time = asyncio.Lock()
        self._closed_channels: set[str] = set()
        self._again_at: dict[tuple[str, int], float] = {}

    def listen(self, looks_again: Callable[[float], None]) -> None:
        """Have somebody told, after each round, in how many seconds the next one is wanted."""
        self._looks_again = looks_again

    async def ended(self, turn: Turn) -> None:
        """A voyage has ended: build its tape and post it. Errors are logged; the next round tries again."""
        self._closed_channels.discard(turn.session_id)
        try:
            await self.now()
        except Exception:
            log.exception("tape not delivered session=%s voyage=%d", turn.session_id, turn.voyage)

    def reopen(self, session_id: SessionId) -> None:
        """The channel was touched by a player, so it may be open to the bot again."""
        self._closed_channels.discard(session_id)

    async def now(self) -> None:
        """Build what is queued, show how far others are, and post what is not posted."""
        for outcome in await self._tapes.drain(self._progress):
            if self._news.done(outcome):
                self._keeper.stir(parse_session_id(outcome.session_id))
        await self._look_at_others()
        try:
            await self._post_all()
        except TapeUnreachable as error:
            log.warning("tapes wait to be posted: %s", error)

    async def _look_at_others(self) -> None:
        """See with one query how far other processes are, and when something will be due here."""
        queued = await self._tapes.queued()
        far = [tape for tape in queued if not self._here(tape) and await self._mine(tape.session_id)]
        still = {(tape.session_id, tape.voyage) for tape in queued}
        for session_id in self._news.far(far, still):
            self._keeper.stir(parse_session_id(session_id))
        if far:
            self._looks_again(FAR_SECONDS)
            return
        due = min((tape.due for tape in queued), default=float("inf")) - self._clock()
        self._looks_again(min(max(due, SOON_SECONDS), REST_SECONDS) if self._tapes.builds else REST_SECONDS)

    def _here(self, tape: Queued) -> bool:
        """Say whether a tape is this process's to build: it is at it, or may be when it is due."""
        return tape.builder == self._tapes.owner or (self._tapes.builds and not tape.builder)

    async def _post_all(self) -> None:
        async with self._one_at_a_time:
            for tape in await self._tapes.unposted(self._mine):
                rests = self._again_at.get((tape.session_id, tape.voyage), 0.0) > self._clock()
                if not rests and tape.session_id not in self._closed_channels:
                    with self._tapes.hold(tape.session_id, tape.voyage):
                        await self._try_to_post(tape)

    async def _try_to_post(self, tape: Tape) -> None:
        """Post one tape; what fails there stops no other and is tried again.

        Raises TapeUnreachable and EngineAway: then no other would fare better.
        """
        key = tape.session_id, tape.voyage
        try:
            await self._post(tape)
        except (TapeUnreachable, EngineAway):
            raise
        except Exception:
            if key not in self._again_at:
                log.exception("tape not posted yet session=%s voyage=%d", *key)
            self._again_at[key] = self._clock() + AGAIN_SECONDS
        else:
            self._again_at.pop(key, None)

    def _progress(self, session_id: str, _voyage: int, share: float) -> None:
        if self._news.progress(session_id, share):
            self._keeper.stir(parse_session_id(session_id))

    async def _post(self, tape: Tape) -> None:
        session_id = parse_session_id(tape.session_id)
        last = await self.last_turn(session_id, tape.voyage)
        board = await self._boards.of(session_id)
        channel_id = board.channel_id if board is not None else int(session_id)
        try:
            message = await self._send(tape, last, channel_id)
        except ChannelLost:
            log.warning("tape kept for later session=%s voyage=%d", session_id, tape.voyage)
            self._closed_channels.add(session_id)
            return
        await self._tapes.mark_posted(session_id, tape.voyage, message.id)
        self._keeper.stir(session_id)

    async def _send(self, tape: Tape, last: Turn, channel_id: int) -> discord.Message:
        file = await tape_file(self._tapes, tape)
        content = {"embed": tape_embed(tape, last), "view": new_voyage_view(last), "nonce": nonce(tape)}
        try:
            return await discord_io.send(self._client, channel_id, files=[file], **content)
        except discord.HTTPException as error:
            if error.code != Code.TOO_LARGE and error.status != 413:
                raise
            log.warning("tape too large for its channel session=%s bytes=%d", tape.session_id, tape.size)
            content["embed"].set_footer(text=text.TAPE_TOO_LARGE)
            return await discord_io.send(self._client, channel_id, **content)

    async def last_turn(self, session_id: SessionId, voyage: int) -> Turn:
        """Give the turn that ended a voyage."""
        newest = await self._engine.state(session_id)
        if newest is not None and newest.voyage == voyage:
            return newest
        after, last = TurnRef(voyage, 0), None
        while turns := await self._engine.turns(session_id, after=after):
            last = next((turn for turn in reversed(turns) if turn.voyage == voyage), last)
            if turns[-1].voyage > voyage:
                break
            after = turns[-1].ref
        assert last is not None, "a tape is only built of a voyage that has turns"
        return last


def nonce(tape: Tape) -> str:
    """Name the post of a tape, at most 25 characters: the channel's id and the voyage."""
    return f"{tape.session_id[-19:]}t{tape.voyage % 100_000}"


def tape_embed(tape: Tape, last: Turn) -> discord.Embed:
    """Make the embed of a tape: who, how it ended, how long it is."""
    title = clean.for_discord(last.end.title if last.end else "The voyage so far", 200)
    said = clean.for_discord(last.end.sentence if last.end else "", 400)
    embed = discord.Embed(title=f"📼 {title}", description=said, colour=presenter.colour(last))
    embed.set_author(name=clean.plain(f"{last.ship} · Captain {last.captain}", limits.AUTHOR_NAME))
    left_out = f" · {tape.left_out} lost frames" if tape.left_out else ""
    frames = f"{tape.frames} frames · {length(tape.seconds)}{left_out}"
    place = clean.plain(f"{last.place.region} · {last.place.node}", 120)
    return embed.set_footer(text=f"Voyage {tape.voyage} · {frames} · {place}")


async def tape_file(tapes: Tapes, tape: Tape) -> discord.File:
    """Read a tape for sending, from wherever files are kept. Raises TapeUnreachable."""
    data = await tapes.read(tape)
    name = f"voyage-{tape.voyage}{tape.path.suffix}"
    return discord.File(io.BytesIO(data), filename=name, description=TAPE_ALT)


async def file_of(path: Path, name: str, alt: str) -> discord.File:
    """Read a file for sending. As bytes: discord.py leaves the files of an interaction open."""
    data = await asyncio.to_thread(path.read_bytes)
    return discord.File(io.BytesIO(data), filename=name, description=alt)
