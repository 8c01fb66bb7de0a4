"""Discord's limits, each with its source. `tests/discord_limits.py` holds every sent message against them.

Sources: [E] discord.com/developers/docs/resources/message#embed-object-embed-limits,
[M] …/resources/message#create-message, [C] …/components/reference, [U] …/reference#uploading-files.
"""

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
