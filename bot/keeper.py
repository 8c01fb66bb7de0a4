"""Keeps each channel's board up to date: newest state wins, one edit at a time, a dirty flag and no queue.

It knows how a board is edited, placed and retired, not why a game moved.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import discord

from bot import discord_io, presenter, text
from bot.discord_io import Edit
from bot.tape_news import TapeNews
from bot.views.board import board_view
from engine_client.models import SessionId, Turn, TurnRef
from sessions.boards import BoardBook
from sessions.channel_settings import SettingsBook
from sessions.countdown import Countdowns, Deadline
from sessions.locks import SessionLocks
from sessions.play import Play, Played
from sessions.votes import VoteBook

log = logging.getLogger(__name__)

Content = dict[str, Any]
Mine = Callable[[int], bool]

PAUSES_AT_ONCE = 10
PAUSE_EVERY = 0.025  # seconds: Discord takes 50 calls in a second


class BoardKeeper:
    """Shows turns on boards. `mine` says for which servers this process does what no player asked for."""

    def __init__(
        self,
        client: discord.Client,
        play: Play,
        boards: BoardBook,
        settings: SettingsBook,
        votes: VoteBook,
        countdowns: Countdowns,
        news: TapeNews,
        mine: Mine,
    ) -> None:
        self._client = client
        self._play = play
        self._boards = boards
        self._settings = settings
        self._votes = votes
        self._countdowns = countdowns
        self._news = news
        self._mine = mine
        self._locks = SessionLocks()
        self._newest: dict[str, TurnRef] = {}
        self._restless: set[SessionId] = set()

    async def update(self, interaction: discord.Interaction, played: Played) -> None:
        """Show a turn on the board whose button was clicked."""

        async def edit(content: Content) -> bool:
            shown = await discord_io.update(interaction, **content)
            if shown:
                await self._adopt(interaction, played.turn)
            return shown

        await self._show(played, edit)

    async def _adopt(self, interaction: discord.Interaction, turn: Turn) -> None:
        """Note the clicked message as the board where none is: a crash came between it and its row."""
        row = await self._boards.of(turn.session_id)
        message = interaction.message
        if message is not None and (row is None or not row.message_id):
            limit = interaction.guild.filesize_limit if interaction.guild is not None else 0
            await self._boards.placed(turn, interaction.guild_id or 0, message.channel.id, message.id, limit)

    async def place(self, interaction: discord.Interaction, played: Played) -> None:
        """Put the board up as a new public message; the voyage's older board goes.

        Where the interaction was announced or asked in private, that message then points to the board.
        """
        turn = played.turn
        async with self._locks.of(turn.session_id):
            self._newest[turn.session_id] = turn.ref
            before = await self._boards.of(turn.session_id)
            content = await self._content(played)
            content["files"] = content.pop("attachments")
            del content["content"]
            message = await discord_io.publish(interaction, **content)
            if message is None:
                # Whose server it is must be known, or nobody watches its countdown.
                place = (interaction.guild_id or 0, interaction.channel_id or 0)
                await self._boards.unplaced(turn, *place)
                await self._boards.behind(turn.session_id)
                return
            limit = interaction.guild.filesize_limit if interaction.guild is not None else 0
            await self._boards.placed(turn, interaction.guild_id or 0, message.channel.id, message.id, limit)
        if interaction.response.type is not discord.InteractionResponseType.channel_message:
            link = text.board_moved(discord_io.link_to(interaction.guild_id, message.channel.id, message.id))
            await discord_io.edit_answer(interaction, content=link, view=None)
        if before is not None and before.message_id and before.message_id != message.id:
            await self._retire(before.channel_id, before.message_id, turn, before.voyage, played.ended)

    async def refresh(self, session_id: SessionId, played: Played | None = None) -> None:
        """Edit the board as a message, to its session's newest turn."""
        row = await self._boards.of(session_id)
        if row is None or not row.message_id:
            return
        played = played or await self._play.show(session_id)

        async def edit(content: Content) -> bool:
            newest = await self._boards.of(session_id)  # while this waited, /play may have moved the board
            if newest is None or not newest.message_id:
                return True
            place = newest.channel_id, newest.message_id
            done = await discord_io.edit_message(self._client, *place, **content)
            if done in (Edit.MESSAGE_GONE, Edit.CHANNEL_CLOSED):
                await self._boards.lost(newest)
            return done is not Edit.LATER

        await self._show(played, edit)

    def stir(self, session_id: SessionId) -> None:
        """Note that something other than the turn has changed (votes, settings); `sweep` shows it."""
        self._restless.add(session_id)

    async def sweep(self) -> None:
        """Edit every board of this process's that is behind or was stirred. Failures stay for the next sweep.

        What was stirred here but is another process's is marked as behind, for that one.
        """
        behind = {
            SessionId(row.session_id) for row in await self._boards.all_behind() if self._mine(row.guild_id)
        }
        stirred, self._restless = self._restless, set()
        for session_id in behind | stirred:
            try:
                if self._mine(await self._boards.guild_of(session_id)):
                    await self.refresh(session_id)
                else:
                    await self._boards.behind(session_id)
            except Exception:
                log.exception("board not refreshed session=%s", session_id)
                self._restless.add(session_id)  # in memory: it may be the store that is away

    async def pause(self, counting: Sequence[Deadline]) -> int:
        """Say on boards whose countdown runs that it waits for the bot; give on how many it was said.

        One after the other as Discord takes them: whoever has only some seconds cuts this off. Each board is
        marked as behind first, so that the next start takes the words away again.
        """
        coming = iter(counting)
        said = [self._pause_some(coming) for _ in range(min(PAUSES_AT_ONCE, len(counting)))]
        return sum(await asyncio.gather(*said))

    async def _pause_some(self, coming: Iterator[Deadline]) -> int:
        said = rest = 0
        for deadline in coming:
            await asyncio.sleep(rest)
            rest = PAUSES_AT_ONCE * PAUSE_EVERY
            try:
                said += await self._pause(deadline.session_id)
            except Exception:
                log.exception("board not paused session=%s", deadline.session_id)
        return said

    async def _pause(self, session_id: SessionId) -> bool:
        row = await self._boards.of(session_id)
        if row is None or not row.message_id or not self._mine(row.guild_id):
            return False
        await self._boards.behind(session_id)
        done = await discord_io.edit_message(
            self._client, row.channel_id, row.message_id, content=text.PAUSED
        )
        return done is Edit.DONE

    async def _show(self, played: Played, edit: Callable[[Content], Awaitable[bool]]) -> None:
        turn = played.turn
        newest = self._newest.get(turn.session_id, TurnRef(0, 0))
        self._newest[turn.session_id] = max(newest, turn.ref, key=_order)
        async with self._locks.of(turn.session_id):
            if _order(turn.ref) < _order(self._newest[turn.session_id]):
                return  # a newer turn is shown or about to be
            if await edit(await self._content(played)):
                await self._note_shown(turn)
            else:
                await self._boards.behind(turn.session_id)

    async def _note_shown(self, turn: Turn) -> None:
        row = await self._boards.of(turn.session_id)
        if row is not None and row.message_id:
            await self._boards.placed(turn, row.guild_id, row.channel_id, row.message_id, row.upload_limit)

    async def _content(self, played: Played) -> Content:
        """Make a message's content: embed, buttons, picture."""
        turn = played.turn
        settings = await self._settings.of(turn.session_id)
        deadline = await self._countdowns.watch(turn)
        tally = await self._votes.tally(turn.session_id, turn.ref) if settings.countdown else None
        file = presenter.picture_file(turn, played.picture)
        embed = presenter.board_embed(
            turn,
            settings,
            file_name=file.filename,
            deadline=deadline,
            tally=tally,
            resting=self._countdowns.resting(turn.session_id),
            tape=await self._news.line(turn),
        )
        # Without words of its own: a stop may have left some there.
        return {"content": None, "embed": embed, "view": board_view(turn), "attachments": [file]}

    async def _retire(
        self, channel_id: int, message_id: int, turn: Turn, voyage: int, ended: Turn | None
    ) -> None:
        """Take the old board away: deleted if its voyage goes on elsewhere, else left as its voyage's end."""
        if voyage == turn.voyage:
            await discord_io.delete_message(self._client, channel_id, message_id)
        elif ended is not None and ended.end is not None:
            embed = presenter.epitaph(ended)
            await discord_io.edit_message(
                self._client, channel_id, message_id, embed=embed, view=None, attachments=[]
            )
        else:
            await discord_io.edit_message(self._client, channel_id, message_id, view=None)


def _order(ref: TurnRef) -> tuple[int, int]:
    return ref.voyage, ref.n
