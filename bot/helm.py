"""What a player's command or click does: the steps between an interaction and `sessions.play`.

A click is answered by its finished board, or acknowledged once the work has taken a second; what is slow by
nature is acknowledged first. What goes wrong is raised, and told by the caller (`answering`).
"""

import io

import discord

from bot import clean, discord_io, text
from bot.errors import MissingPermission, NoSave, VotingOnly, VoyageInTheWay
from bot.keeper import BoardKeeper
from bot.views.board import restart_view
from bot.views.custom_action import custom_action_modal
from bot.views.ids import Target
from engine_client.models import Action, Choose, Picture, Say, SessionId, TurnRef
from engine_client.protocol import GameEngineClient
from engine_client.saves import looks_like_save
from sessions.channel_settings import Mode, SettingsBook
from sessions.countdown import Countdowns, Deadline, auto_turn_id
from sessions.errors import NothingToRestart, OldBoard, SessionError, VoyageEnded
from sessions.play import Play, Played
from sessions.votes import VoteBook


class Helm:
    """Carries out what players ask for."""

    def __init__(
        self,
        engine: GameEngineClient,
        play: Play,
        keeper: BoardKeeper,
        settings: SettingsBook,
        votes: VoteBook,
        countdowns: Countdowns,
    ) -> None:
        self._engine = engine
        self._play = play
        self._keeper = keeper
        self._settings = settings
        self._votes = votes
        self._countdowns = countdowns

    async def open(self, interaction: discord.Interaction, session_id: SessionId) -> None:
        """Launch the channel's voyage, or show its board again."""
        if missing := discord_io.lacking(interaction):
            raise MissingPermission(missing)
        opening = self._play.open(session_id, turn_id=str(interaction.id), captain=captain_of(interaction))
        await self._keeper.place(interaction, await discord_io.soon(interaction, opening, thinking=True))

    async def choose(self, interaction: discord.Interaction, target: Target, choice: str) -> None:
        """Take a choice, or count it as a vote where the channel votes."""
        settings = await self._settings.of(target.session_id)
        if settings.mode is Mode.VOTE:
            await self._vote(interaction, target, choice)
        else:
            await self._act(interaction, target, Choose(choice))

    async def ask_custom(self, interaction: discord.Interaction, target: Target) -> None:
        """Open the modal of a custom action. The modal itself is the acknowledgement."""
        self._play.check_open()
        if (await self._settings.of(target.session_id)).mode is Mode.VOTE:
            raise VotingOnly
        await interaction.response.send_modal(custom_action_modal(target))

    async def say(self, interaction: discord.Interaction, target: Target, words: str) -> None:
        """Take a custom action, where the first one to act decides."""
        settings = await self._settings.of(target.session_id)
        if settings.mode is Mode.VOTE:
            raise VotingOnly
        await self._act(interaction, target, Say(words))

    async def ask_restart(self, interaction: discord.Interaction, session_id: SessionId) -> None:
        """Ask whether the voyage under way is to be given up; without one, launch at once."""
        self._play.check_open()
        await discord_io.acknowledge(interaction, thinking=True)
        turn = await self._play.current(session_id)
        if turn.end is not None:
            raise NothingToRestart
        ship = clean.for_discord(turn.ship, 60)
        question = text.RESTART_ASK.format(ship=ship, turn=turn.n, last=turn.n + 1)
        await discord_io.edit_answer(interaction, content=question, view=restart_view(turn))

    async def restart(self, interaction: discord.Interaction, target: Target) -> None:
        """Give up the voyage that was asked about, and launch the next one."""
        if missing := discord_io.lacking(interaction):
            raise MissingPermission(missing)
        await discord_io.acknowledge(interaction)
        played = await self._play.restart(
            target.session_id,
            turn_id=str(interaction.id),
            expected=target.ref,
            captain=captain_of(interaction),
        )
        await self._keeper.place(interaction, played)

    async def restore(
        self,
        interaction: discord.Interaction,
        session_id: SessionId,
        file: discord.Attachment,
        *,
        replace: bool,
    ) -> None:
        """Fly on from a save file. A voyage under way ends only where the player said so."""
        if missing := discord_io.lacking(interaction):
            raise MissingPermission(missing)
        played = await discord_io.soon(
            interaction, self._restore(interaction, session_id, file, replace), thinking=True
        )
        await self._keeper.place(interaction, played)

    async def _restore(
        self, interaction: discord.Interaction, session_id: SessionId, file: discord.Attachment, replace: bool
    ) -> Played:
        save = await file.read()
        if not looks_like_save(save):  # before anybody is asked to give up a voyage for it
            raise NoSave
        turn = await self._engine.state(session_id)
        if turn is not None and turn.end is None and not replace:
            raise VoyageInTheWay
        return await self._play.restore(
            session_id, save, turn_id=str(interaction.id), actor=captain_of(interaction)
        )

    async def show_map(self, interaction: discord.Interaction, session_id: SessionId) -> None:
        """Show the star map to the player who asked."""
        await discord_io.acknowledge(interaction, thinking=True)
        turn = await self._play.current(session_id)
        picture = await self._engine.chart(session_id)
        place = clean.for_discord(f"{turn.place.region} · {turn.place.node}", 200)
        embed = discord.Embed(title="Star map", description=f"📍 {place}")
        name = f"map-v{turn.voyage}-t{turn.n}{picture.suffix}"
        embed.set_image(url=f"attachment://{name}")
        await discord_io.edit_answer(interaction, embed=embed, attachments=[map_file(picture, name)])

    async def advance(self, deadline: Deadline) -> None:
        """Let a countdown's end take its one turn. A turn taken meanwhile by a player wins silently."""
        turn = await self._play.current(deadline.session_id)
        if turn.ref != deadline.ref:
            await self._countdowns.watch(turn)  # it may have been taken in another process
            return
        action, actor = await self._countdowns.decide(turn)
        turn_id = auto_turn_id(deadline.session_id, deadline.ref)
        try:
            played = await self._play.take_turn(
                deadline.session_id, action, turn_id=turn_id, expected=deadline.ref, actor=actor
            )
        except SessionError:
            return
        await self._keeper.refresh(deadline.session_id, played)

    async def _act(self, interaction: discord.Interaction, target: Target, action: Action) -> None:
        self._countdowns.wake(target.session_id)
        turn = self._play.take_turn(
            target.session_id,
            action,
            turn_id=str(interaction.id),
            expected=target.ref,
            actor=captain_of(interaction),
        )
        try:
            played = await discord_io.soon(interaction, turn, thinking=False)
        except (OldBoard, VoyageEnded):
            self._keeper.stir(target.session_id)
            raise
        await self._keeper.update(interaction, played)

    async def _vote(self, interaction: discord.Interaction, target: Target, choice: str) -> None:
        self._play.check_open()
        await discord_io.acknowledge(interaction, thinking=True)
        turn = await self._play.current(target.session_id)
        _check_newest(turn.ref, target.ref, ended=turn.end is not None)
        label = next((offered.label for offered in turn.choices if offered.id == choice), None)
        if label is None:
            await discord_io.tell(interaction, text.UNKNOWN_CHOICE)
            return
        self._countdowns.wake(target.session_id)
        at = interaction.created_at.timestamp()
        tally = await self._votes.cast(target.session_id, target.ref, interaction.user.id, choice, at)
        await self._countdowns.watch(turn)
        self._keeper.stir(target.session_id)
        await discord_io.tell(interaction, text.voted(clean.for_discord(label, 80), tally.total))


def captain_of(interaction: discord.Interaction) -> str:
    """Give the player's name as the game may show it."""
    return clean.plain(interaction.user.display_name, 40) or "Captain"


def map_file(picture: Picture, name: str) -> discord.File:
    """Make the star map's file."""
    return discord.File(
        io.BytesIO(picture.data), filename=name, description="Star map: known systems, lanes and fuel range"
    )


def _check_newest(newest: TurnRef, expected: TurnRef, *, ended: bool) -> None:
    if ended or newest.voyage != expected.voyage:
        raise VoyageEnded
    if newest != expected:
        raise OldBoard(newest.n)
