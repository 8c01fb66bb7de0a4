"""What `/tape` does: list a channel's tapes, post one again, step through it, export its frames."""

from __future__ import annotations

from pathlib import Path

import discord

from bot import clean, discord_io, limits, presenter
from bot.delivery import TapeDelivery, file_of, tape_embed, tape_file
from bot.errors import NoFlipbook, NoSuchTape
from bot.views.tapes import TapeMenu, step_view, tape_view
from engine_client.models import SessionId, Turn, TurnRef
from engine_client.protocol import GameEngineClient
from sessions.errors import NothingHere
from sessions.tapes.models import Tape
from sessions.tapes.service import Tapes
from sessions.tapes.story import length

FLIPBOOK_TURNS = 10
FLIPBOOK = f"The last {FLIPBOOK_TURNS} turns"


class TapeShelf:
    """A channel's tapes, as players handle them."""

    def __init__(self, engine: GameEngineClient, tapes: Tapes, delivery: TapeDelivery) -> None:
        self._engine = engine
        self._tapes = tapes
        self._delivery = delivery

    async def list(self, interaction: discord.Interaction, session_id: SessionId) -> None:
        """List the channel's tapes, newest first: the newest ten with picture, length and cause."""
        await discord_io.acknowledge(interaction, thinking=True)
        tapes = await self._tapes.list(session_id)
        if not tapes:
            raise NoSuchTape
        newest = tapes[: limits.EMBEDS]
        last = [await self._delivery.last_turn(session_id, tape.voyage) for tape in newest]
        pictures = [
            presenter.picture_file(turn, await self._engine.frame(session_id, turn.ref)) for turn in last
        ]
        entries = [tape_entry(tape, turn) for tape, turn in zip(newest, last, strict=True)]
        for entry, picture in zip(entries, pictures, strict=True):
            entry.set_thumbnail(url=f"attachment://{picture.filename}")
        if older := len(tapes) - len(newest):
            entries[-1].set_footer(text=f"{older} older: choose below, or /tape with the voyage's number")
        said = [headline(turn) for turn in last] + [facts(tape) for tape in tapes[len(last) :]]
        options = [
            (tape.voyage, f"Voyage {tape.voyage}", what) for tape, what in zip(tapes, said, strict=True)
        ]
        view = discord.ui.View(timeout=None).add_item(TapeMenu.of(session_id, options))
        await discord_io.edit_answer(interaction, embeds=entries, view=view, attachments=pictures)

    async def do(
        self, action: str, interaction: discord.Interaction, session_id: SessionId, voyage: int
    ) -> None:
        """Do what `/tape action:` names."""
        match action:
            case "post":
                await self.post(interaction, session_id, voyage)
            case "step":
                await self.step(interaction, session_id, TurnRef(voyage, 1), afresh=True)
            case "export":
                await self.export(interaction, session_id, voyage)
            case _:
                await self.show(interaction, session_id, voyage)

    async def show(self, interaction: discord.Interaction, session_id: SessionId, voyage: int) -> None:
        """Show one tape's facts, its last picture and its buttons."""
        await discord_io.acknowledge(interaction, thinking=True)
        tape = await self._find(session_id, voyage)
        last = await self._delivery.last_turn(session_id, voyage)
        picture = presenter.picture_file(last, await self._engine.frame(session_id, last.ref))
        embed = tape_embed(tape, last).set_image(url=f"attachment://{picture.filename}")
        await discord_io.edit_answer(
            interaction, embed=embed, view=tape_view(session_id, voyage), attachments=[picture]
        )

    async def post(self, interaction: discord.Interaction, session_id: SessionId, voyage: int) -> None:
        """Post a tape again, for everybody."""
        with self._tapes.hold(session_id, voyage):
            tape = await discord_io.soon(interaction, self._find(session_id, voyage), thinking=True)
            told = self._delivery.last_turn(session_id, voyage)
            embed = tape_embed(tape, await discord_io.soon(interaction, told, thinking=True))
            file = await tape_file(self._tapes, tape)
            await discord_io.publish(interaction, embed=embed, files=[file], alone=True)

    async def step(
        self, interaction: discord.Interaction, session_id: SessionId, ref: TurnRef, *, afresh: bool
    ) -> None:
        """Show one turn of a tape with its story and the arrows."""
        await discord_io.acknowledge(interaction, thinking=afresh)
        await self._find(session_id, ref.voyage)
        last = await self._delivery.last_turn(session_id, ref.voyage)
        n = min(max(ref.n, 1), last.n)
        turn = (await self._engine.turns(session_id, after=TurnRef(ref.voyage, n - 1), limit=1))[0]
        picture = presenter.picture_file(turn, await self._engine.frame(session_id, turn.ref))
        embed = step_embed(turn, last.n).set_image(url=f"attachment://{picture.filename}")
        view = step_view(session_id, turn.ref, last.n)
        await discord_io.edit_answer(interaction, embed=embed, view=view, attachments=[picture])

    async def export(self, interaction: discord.Interaction, session_id: SessionId, voyage: int) -> None:
        """Give a voyage's frames as a zip file to the player who asked."""
        await discord_io.acknowledge(interaction, thinking=True)
        with self._tapes.hold(session_id, voyage):
            await self._find(session_id, voyage)
            path = await self._tapes.export_zip(session_id, voyage)
        file = await file_of(path, f"voyage-{voyage}-frames.zip", "Every turn's picture, and the story")
        await discord_io.edit_answer(
            interaction, content=f"The frames of voyage {voyage}.", attachments=[file]
        )

    async def flipbook(self, interaction: discord.Interaction, session_id: SessionId) -> None:
        """Post a clip of the newest voyage's last turns, for everybody."""
        making = self._flipbook(session_id)
        path = await discord_io.soon(interaction, making, thinking=True)
        file = await file_of(path, f"flipbook{path.suffix}", FLIPBOOK)
        await discord_io.publish(interaction, content=f"🎞️ {FLIPBOOK}", files=[file], alone=True)

    async def _flipbook(self, session_id: SessionId) -> Path:
        newest = await self._engine.state(session_id)
        if newest is None:
            raise NothingHere
        path, sentence = await self._tapes.flipbook(session_id, newest.voyage, count=FLIPBOOK_TURNS)
        if path is None:
            raise NoFlipbook(sentence)
        return path

    async def voyages(self, session_id: SessionId) -> list[int]:
        """List the voyages that have a tape, newest first; for autocompletion."""
        return [tape.voyage for tape in await self._tapes.list(session_id)]

    async def _find(self, session_id: SessionId, voyage: int) -> Tape:
        for tape in await self._tapes.list(session_id):
            if tape.voyage == voyage:
                return tape
        raise NoSuchTape


def tape_entry(tape: Tape, last: Turn) -> discord.Embed:
    """Make the embed of one tape in the list: how it ended and how long it is."""
    said = clean.for_discord(last.end.sentence if last.end else "", 300)
    return discord.Embed(
        title=f"📼 Voyage {tape.voyage} · {headline(last)}",
        description=f"{said}\n{facts(tape)}".strip(),
        colour=presenter.colour(last),
    )


def headline(turn: Turn) -> str:
    """Say in a few words how a voyage ended."""
    return clean.for_discord(turn.end.title if turn.end else turn.title, 80)


def facts(tape: Tape) -> str:
    """Say how long and how large a tape is."""
    return f"{tape.frames} frames, {length(tape.seconds)}, {tape.size / 1_000_000:.1f} MB"


def step_embed(turn: Turn, last: int) -> discord.Embed:
    """Make the embed of one turn of a tape."""
    embed = discord.Embed(
        title=limits.shorten(clean.for_discord(turn.title, 200), limits.EMBED_TITLE),
        description=presenter.story(turn),
        colour=presenter.colour(turn),
    )
    return embed.set_footer(text=f"Voyage {turn.voyage} · Turn {turn.n} of {last}")
