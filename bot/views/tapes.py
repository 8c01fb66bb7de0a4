"""The controls of `/tape`: choose a tape, post it again, step through it, export its frames.

`tapes:<session>` is the menu; `tape:<verb>:<session>:<voyage>:<turn>` a button. Like the board's, they hold
nothing but their custom id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import discord

from bot import clean
from bot.views import ids
from bot.views.answering import answering
from engine_client.models import TurnRef, parse_session_id

if TYPE_CHECKING:
    from bot.app import DeadReckoning

_TURN = r"(?P<session>[A-Za-z0-9_-]{1,64}):(?P<voyage>[0-9]{1,9}):(?P<turn>[0-9]{1,9})"
TAPE = re.compile(rf"tape:(?P<verb>post|step|back|on|export):{_TURN}")
TAPES = re.compile(r"tapes:(?P<session>[A-Za-z0-9_-]{1,64})")

MENU_SIZE = 25  # options that Discord takes in one menu


class TapeButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=TAPE):
    """One of a tape's buttons."""

    LABELS: ClassVar[dict[str, tuple[str, str]]] = {
        "post": ("Post it again", "📼"),
        "step": ("Step through", "🔍"),
        "export": ("Export frames", "🗜️"),
        "back": ("", "◀️"),
        "on": ("", "▶️"),
    }

    def __init__(self, target: ids.Target, verb: str, *, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self.target = target
        self.verb = verb

    @classmethod
    def of(cls, target: ids.Target, verb: str, *, disabled: bool = False) -> Self:
        """Make one of the buttons in LABELS; for the arrows the target names the turn that they lead to."""
        label, emoji = cls.LABELS[verb]
        custom_id = f"tape:{verb}:{target.session_id}:{target.ref.voyage}:{target.ref.n}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            custom_id=custom_id, label=label or None, emoji=emoji, disabled=disabled
        )
        return cls(target, verb, button=button)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read a clicked button's id again."""
        return cls(ids.target_of(match), match["verb"], button=cast("discord.ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the verb says."""
        shelf = cast("DeadReckoning", interaction.client).shelf
        async with answering(interaction):
            ids.check_origin(self.target, interaction)
            session_id, ref = self.target.session_id, self.target.ref
            match self.verb:
                case "post":
                    await shelf.post(interaction, session_id, ref.voyage)
                case "export":
                    await shelf.export(interaction, session_id, ref.voyage)
                case "step":
                    await shelf.step(interaction, session_id, ref, afresh=True)
                case _:
                    await shelf.step(interaction, session_id, ref, afresh=False)


class TapeMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=TAPES):
    """Chooses one of the channel's tapes."""

    def __init__(self, target: ids.Target, *, select: discord.ui.Select[Any]) -> None:
        super().__init__(select)
        self.target = target

    @classmethod
    def of(cls, session_id: str, options: Sequence[tuple[int, str, str]]) -> Self:
        """Make the menu from (voyage, label, description)."""
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"tapes:{session_id}",
            placeholder="Choose a tape",
            options=[
                discord.SelectOption(
                    value=str(voyage),
                    label=clean.plain(label, 100),
                    description=clean.plain(said, 100) or None,
                )
                for voyage, label, said in options[:MENU_SIZE]
            ],
        )
        return cls(ids.Target(parse_session_id(session_id), TurnRef(0, 0)), select=select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read a used menu's id again."""
        target = ids.Target(parse_session_id(match["session"]), TurnRef(0, 0))
        return cls(target, select=cast("discord.ui.Select[Any]", item))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Show the chosen tape."""
        shelf = cast("DeadReckoning", interaction.client).shelf
        async with answering(interaction):
            ids.check_origin(self.target, interaction)
            chosen = self.item.values[0]
            await shelf.show(interaction, self.target.session_id, int(chosen) if chosen.isdecimal() else 0)


def tape_view(session_id: str, voyage: int) -> discord.ui.View:
    """Make the buttons of one tape."""
    view = discord.ui.View(timeout=None)
    for verb in ("post", "step", "export"):
        target = ids.Target(parse_session_id(session_id), TurnRef(voyage, 1 if verb == "step" else 0))
        view.add_item(TapeButton.of(target, verb))
    return view


def step_view(session_id: str, ref: TurnRef, last: int) -> discord.ui.View:
    """Make the two arrows of a turn: each names the turn that it leads to."""
    view = discord.ui.View(timeout=None)
    owner = parse_session_id(session_id)
    before = ids.Target(owner, TurnRef(ref.voyage, max(ref.n - 1, 0)))
    after = ids.Target(owner, TurnRef(ref.voyage, min(ref.n + 1, last + 1)))
    view.add_item(TapeButton.of(before, "back", disabled=ref.n <= 1))
    return view.add_item(TapeButton.of(after, "on", disabled=ref.n >= last))
