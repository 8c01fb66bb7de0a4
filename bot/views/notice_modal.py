"""The modal in which an admin writes the server's own text for run notices.

Like the custom action's, it is handled by the cog's listener, so that it works after a restart of the bot.
"""

import discord

from bot.run_notice import MOST

CUSTOM_ID = "runnotice"
FIELD = "template"


def notice_modal(template: str) -> discord.ui.Modal:
    """Make the modal, filled with the text in use."""
    modal = discord.ui.Modal(title="Text of run notices", custom_id=CUSTOM_ID, timeout=600)
    return modal.add_item(
        discord.ui.Label(
            text="Template",
            description="Such as {map_name}, {map_value_fmt}; a wrong name is answered with the whole list.",
            component=discord.ui.TextInput(
                custom_id=FIELD,
                style=discord.TextStyle.paragraph,
                default=template,
                min_length=1,
                max_length=MOST,
            ),
        )
    )


def template_of(interaction: discord.Interaction) -> str:
    """Read what the admin wrote out of a modal's answer; empty when it is not there."""
    data = interaction.data or {}
    for row in data.get("components", []):
        inner = row.get("component")
        for item in [inner] if inner else row.get("components", []):
            if item.get("custom_id") == FIELD:
                return str(item.get("value", ""))
    return ""
