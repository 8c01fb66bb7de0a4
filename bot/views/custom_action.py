"""The modal of a custom action.

Its answer is not handled by the modal object, which a restart of the bot would lose, but by the cog's
listener, which reads the modal's custom id.
"""

import discord

from bot.views import ids
from engine_client.models import MAX_TEXT

FIELD = "words"


def custom_action_modal(target: ids.Target) -> discord.ui.Modal:
    """Make the modal in which a player writes what the crew should do."""
    modal = discord.ui.Modal(title="Custom action", custom_id=ids.say_id(target), timeout=600)
    return modal.add_item(
        discord.ui.Label(
            text="What should the crew do?",
            description="Plain words: scan, dock, mine, hail, run, attack, repair, sell, go to …, wait",
            component=discord.ui.TextInput(
                custom_id=FIELD,
                style=discord.TextStyle.paragraph,
                min_length=1,
                max_length=MAX_TEXT,
                placeholder="scan the wreck",
            ),
        )
    )


def words_of(interaction: discord.Interaction) -> str:
    """Read what the player wrote out of a modal's answer; empty when it is not there."""
    data = interaction.data or {}
    for row in data.get("components", []):
        inner = row.get("component")
        for item in [inner] if inner else row.get("components", []):
            if item.get("custom_id") == FIELD:
                return str(item.get("value", ""))
    return ""
