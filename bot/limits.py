"""Discord's limits, each with its source, and one check of a whole message against them.

Sources: [E] discord.com/developers/docs/resources/message#embed-object-embed-limits,
[M] …/resources/message#create-message, [C] …/components/reference, [U] …/reference#uploading-files.
"""

from collections.abc import Sequence

import discord

EMBED_TITLE = 256  # [E]
EMBED_DESCRIPTION = 4096  # [E]
EMBED_FIELDS = 25  # [E]
FIELD_NAME = 256  # [E]
FIELD_VALUE = 1024  # [E]
FOOTER_TEXT = 2048  # [E]
AUTHOR_NAME = 256  # [E]
EMBED_TOTAL = 6000  # [E] over all embeds of a message
EMBEDS = 10  # [M]
CONTENT = 2000  # [M]
ATTACHMENTS = 10  # [M]
ALT_TEXT = 1024  # [M] attachment description
CUSTOM_ID = 100  # [C]
BUTTON_LABEL = 80  # [C]
ROWS = 5  # [C]
BUTTONS_PER_ROW = 5  # [C]
MODAL_TITLE = 45  # [C]
UPLOAD_BYTES = 10 * 1024 * 1024  # [U] default of a server without boosts


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def faults(
    content: str | None, embeds: Sequence[discord.Embed], view: discord.ui.View | None = None
) -> list[str]:
    """List every limit that a message breaks; empty when Discord would take it."""
    found = _too_long("content", content or "", CONTENT)
    if len(embeds) > EMBEDS:
        found.append(f"{len(embeds)} embeds, at most {EMBEDS}")
    for embed in embeds:
        found += _embed_faults(embed)
    if (total := sum(len(embed) for embed in embeds)) > EMBED_TOTAL:
        found.append(f"embeds hold {total} characters, at most {EMBED_TOTAL}")
    return found + (_view_faults(view) if view is not None else [])


def _too_long(name: str, text: str, limit: int) -> list[str]:
    return [f"{name} has {len(text)} characters, at most {limit}"] if len(text) > limit else []


def _embed_faults(embed: discord.Embed) -> list[str]:
    found = _too_long("embed title", embed.title or "", EMBED_TITLE)
    found += _too_long("embed description", embed.description or "", EMBED_DESCRIPTION)
    found += _too_long("embed footer", embed.footer.text or "", FOOTER_TEXT)
    found += _too_long("embed author", embed.author.name or "", AUTHOR_NAME)
    if len(embed.fields) > EMBED_FIELDS:
        found.append(f"{len(embed.fields)} fields, at most {EMBED_FIELDS}")
    for field in embed.fields:
        if not field.name or not field.value:
            found.append("a field has an empty name or value")
        found += _too_long("field name", field.name or "", FIELD_NAME)
        found += _too_long(f"field {field.name}", field.value or "", FIELD_VALUE)
    return found


def _view_faults(view: discord.ui.View) -> list[str]:
    found: list[str] = []
    rows = view.to_components()
    if len(rows) > ROWS:
        found.append(f"{len(rows)} rows of buttons, at most {ROWS}")
    for row in rows:
        buttons = row.get("components", [])
        if len(buttons) > BUTTONS_PER_ROW:
            found.append(f"{len(buttons)} buttons in a row, at most {BUTTONS_PER_ROW}")
        for button in buttons:
            found += _too_long("custom id", str(button.get("custom_id", "")), CUSTOM_ID)
            found += _too_long("button label", str(button.get("label", "")), BUTTON_LABEL)
    return found
