"""The buttons of a board. They hold no game: all they know is in their custom id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import discord

from bot import clean, text
from bot.views import ids
from bot.views.answering import answering
from engine_client.models import Choice, ChoiceStyle, Turn, parse_session_id

if TYPE_CHECKING:
    from bot.app import DeadReckoning

_STYLES = {
    ChoiceStyle.NORMAL: discord.ButtonStyle.primary,
    ChoiceStyle.SAFE: discord.ButtonStyle.success,
    ChoiceStyle.RISKY: discord.ButtonStyle.danger,
}
_NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")
_LABEL = 60


def _bot(interaction: discord.Interaction) -> DeadReckoning:
    return cast("DeadReckoning", interaction.client)


class ChoiceButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=ids.ACT):
    """Takes one of the turn's choices."""

    def __init__(self, target: ids.Target, choice: str, *, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self.target = target
        self.choice = choice

    @classmethod
    def of(cls, target: ids.Target, number: int, choice: Choice) -> Self:
        """Make the button of the choice that stands at `number` (from 0)."""
        button: discord.ui.Button[Any] = discord.ui.Button(
            custom_id=ids.act_id(target, choice.id),
            label=clean.plain(choice.label, _LABEL) or str(number + 1),
            emoji=_NUMBERS[number],
            style=_STYLES[choice.style],
            row=0,
        )
        return cls(target, choice.id, button=button)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read a clicked button's id again."""
        return cls(ids.target_of(match), match["choice"], button=cast("discord.ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Take the choice."""
        async with answering(interaction):
            ids.check_origin(self.target, interaction)
            await _bot(interaction).helm.choose(interaction, self.target, self.choice)


class BoardButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=ids.BOARD):
    """The board's other buttons: custom action, map, restart and its confirmation, new voyage."""

    LABELS: ClassVar[dict[str, tuple[str, str, discord.ButtonStyle]]] = {
        "custom": (text.CUSTOM_ACTION, "💬", discord.ButtonStyle.secondary),
        "map": (text.MAP, "🗺️", discord.ButtonStyle.secondary),
        "restart": (text.RESTART, "🔁", discord.ButtonStyle.secondary),
        "confirm": ("Give up and restart", "💥", discord.ButtonStyle.danger),
        "keep": ("Keep flying", "🚀", discord.ButtonStyle.success),
        "new": (text.NEW_VOYAGE, "🚀", discord.ButtonStyle.success),
    }

    def __init__(self, target: ids.Target, verb: str, *, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self.target = target
        self.verb = verb

    @classmethod
    def of(cls, target: ids.Target, verb: str, row: int = 1) -> Self:
        """Make one of the buttons in LABELS."""
        label, emoji, style = cls.LABELS[verb]
        button: discord.ui.Button[Any] = discord.ui.Button(
            custom_id=ids.board_id(verb, target), label=label, emoji=emoji, style=style, row=row
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
        helm = _bot(interaction).helm
        async with answering(interaction):
            ids.check_origin(self.target, interaction)
            match self.verb:
                case "custom":
                    await helm.ask_custom(interaction, self.target)
                case "map":
                    await helm.show_map(interaction, self.target.session_id)
                case "restart":
                    await helm.ask_restart(interaction, self.target.session_id)
                case "confirm":
                    await helm.restart(interaction, self.target)
                case "keep":
                    await interaction.response.edit_message(content=text.KEPT, view=None)
                case _:
                    await helm.open(interaction, self.target.session_id)


def target_of_turn(turn: Turn) -> ids.Target:
    """Give the target of a turn's buttons."""
    return ids.Target(parse_session_id(turn.session_id), turn.ref)


def board_view(turn: Turn) -> discord.ui.View:
    """Make a board's buttons: up to five choices, then custom action, map and restart; or a new voyage."""
    view = discord.ui.View(timeout=None)
    target = target_of_turn(turn)
    if turn.end is not None:
        return view.add_item(BoardButton.of(target, "new", row=0))
    for number, choice in enumerate(turn.choices[: len(_NUMBERS)]):
        view.add_item(ChoiceButton.of(target, number, choice))
    for verb in ("custom", "map", "restart"):
        view.add_item(BoardButton.of(target, verb))
    return view


def restart_view(turn: Turn) -> discord.ui.View:
    """Make the two buttons that confirm or drop a restart."""
    view = discord.ui.View(timeout=None)
    target = target_of_turn(turn)
    return view.add_item(BoardButton.of(target, "confirm", row=0)).add_item(
        BoardButton.of(target, "keep", row=0)
    )


def new_voyage_view(turn: Turn) -> discord.ui.View:
    """Make the button that a tape carries."""
    view = discord.ui.View(timeout=None)
    return view.add_item(BoardButton.of(target_of_turn(turn), "new", row=0))
