"""Holds every message that the bot sent in a test against Discord's limits, in the form it was sent in."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot import limits

Payload = dict[str, Any]
TEXT_ROW, BUTTON = 1, 2


def message_payloads(requests: Iterable[Any]) -> Iterator[Payload]:
    """Pick the messages out of the REST calls: created, edited, answered, followed up."""
    for request in requests:
        body = request.json
        if isinstance(body, dict) and request.method in {"POST", "PATCH"}:
            payload = body.get("data", body)
            if isinstance(payload, dict) and {"content", "embeds", "components"} & payload.keys():
                yield payload


def faults(payload: Payload) -> list[str]:
    """List every limit that a message breaks; empty when Discord would take it."""
    embeds = payload.get("embeds") or []
    found = too_long("content", payload.get("content"), limits.CONTENT)
    if len(embeds) > limits.EMBEDS:
        found.append(f"{len(embeds)} embeds")
    for embed in embeds:
        found += embed_faults(embed)
    total = sum(embed_size(embed) for embed in embeds)
    if total > limits.EMBED_TOTAL:
        found.append(f"embeds hold {total} characters")
    for attachment in payload.get("attachments") or []:
        found += too_long("alt text", attachment.get("description"), limits.ALT_TEXT)
    return found + rows_faults(payload.get("components") or [])


def too_long(name: str, text: str | None, limit: int) -> list[str]:
    """Say that a text is too long, if it is."""
    size = len(text or "")
    return [f"{name} has {size} characters, at most {limit}"] if size > limit else []


def embed_size(embed: Payload) -> int:
    """Count the characters that Discord counts."""
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [field[key] for field in embed.get("fields", []) for key in ("name", "value")]
    return sum(len(text or "") for text in texts)


def embed_faults(embed: Payload) -> list[str]:
    """List what is wrong with one embed."""
    found = too_long("embed title", embed.get("title"), limits.EMBED_TITLE)
    found += too_long("embed description", embed.get("description"), limits.EMBED_DESCRIPTION)
    found += too_long("embed footer", (embed.get("footer") or {}).get("text"), limits.FOOTER_TEXT)
    found += too_long("embed author", (embed.get("author") or {}).get("name"), limits.AUTHOR_NAME)
    fields = embed.get("fields", [])
    if len(fields) > limits.EMBED_FIELDS:
        found.append(f"{len(fields)} fields")
    for field in fields:
        if not field["name"] or not field["value"]:
            found.append("a field has an empty name or value")
        found += too_long("field name", field["name"], limits.FIELD_NAME)
        found += too_long(f"field {field['name']}", field["value"], limits.FIELD_VALUE)
    return found


def rows_faults(rows: list[Payload]) -> list[str]:
    """List what is wrong with buttons and menus."""
    found = [f"{len(rows)} rows"] if len(rows) > limits.ROWS else []
    seen: set[str] = set()
    for row in rows:
        children = row.get("components") or ([row["component"]] if "component" in row else [])
        if len(children) > limits.BUTTONS_PER_ROW:
            found.append(f"{len(children)} controls in a row")
        for child in children:
            custom_id = str(child.get("custom_id", ""))
            if custom_id and custom_id in seen:
                found.append(f"custom id {custom_id} twice")
            seen.add(custom_id)
            found += too_long("custom id", custom_id, limits.CUSTOM_ID)
            if child.get("type") == BUTTON:
                found += too_long("button label", child.get("label"), limits.BUTTON_LABEL)
    return found
