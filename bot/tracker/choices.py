"""What `/track` offers while somebody types, and how it shows what is tracked. Pure."""

from collections.abc import Iterable, Sequence

import discord
from discord import app_commands

from bot import clean, limits
from bot.tracker import text
from sessions.tracker.book import Overview, SubscriptionBook
from sessions.tracker.filters import KEYS, STATES, TEXT_KEYS
from sessions.tracker.models import FeedInfo, Style, SubscriptionRow

MAX_CHOICES = 25  # Discord's limit of one autocompletion
_MAX_LABEL = 100  # Discord's limit of a choice's name and value
COLOUR = discord.Colour(0x3498DB)

Choices = list[app_commands.Choice[str]]


def feed_choices(feeds: Iterable[FeedInfo], typed: str) -> Choices:
    """Offer feeds whose title or name has what was typed."""
    wanted = typed.casefold().strip()
    found = [feed for feed in feeds if wanted in feed.title.casefold() or wanted in feed.name]
    return [_choice(feed.title, feed.name) for feed in found[:MAX_CHOICES]]


def filter_choices(book: SubscriptionBook, guild_id: int, feed: str, typed: str) -> Choices:
    """Offer the next word of a filter: its keys first, then the values that the feed's listings have."""
    before, _, word = typed.rpartition(" ")
    minus = "-" if word.startswith("-") else ""
    key, colon, value = word.removeprefix("-").partition(":")
    if not colon:
        words = [f"{minus}{name}:" for name in KEYS if name.startswith(key.casefold())]
    elif key == "players":
        words = [f"{minus}players:{sample}" for sample in (">=1", ">=2", ">=4", "2-8")]
    else:
        values = book.values(guild_id, feed, key) if key in TEXT_KEYS else STATES if key == "state" else []
        found = [one for one in values if value.strip('"').casefold() in one.casefold()]
        words = [f"{minus}{key}:{_quoted(one)}" for one in found]
    offered = [f"{before} {word}".strip() for word in words]
    if typed.strip() and typed.strip() not in offered:
        offered.insert(0, typed.strip())
    return [_choice(one, one) for one in offered[:MAX_CHOICES] if len(one) <= _MAX_LABEL]


def subscription_choices(rows: Sequence[SubscriptionRow], names: dict[int, str], typed: str) -> Choices:
    """Offer a server's subscriptions. `names` is of channels."""
    offered = [(label_of(row, names.get(row.channel_id, "?")), str(row.subscription_id)) for row in rows]
    wanted = typed.casefold().strip()
    return [_choice(label, value) for label, value in offered if wanted in label.casefold()][:MAX_CHOICES]


def label_of(row: SubscriptionRow, channel: str) -> str:
    """Name a subscription for a list of choices."""
    filtered = f" ({row.filter})" if row.filter else ""
    return f"#{row.subscription_id} {row.feed} in #{channel}{filtered}{' (paused)' if row.paused else ''}"


def list_embed(lines: Sequence[Overview], *, in_server: bool = True) -> discord.Embed:
    """Show what a server, or a direct message, tracks and how it is doing."""
    title = "Tracked on this server" if in_server else "Tracked in this conversation"
    embed = discord.Embed(title=title, colour=COLOUR)
    if not lines:
        embed.description = text.NOTHING_TRACKED if in_server else text.ONLY_ON_SERVERS
        return embed
    said = [_overview(line) for line in lines]
    kept: list[str] = []
    room = limits.EMBED_DESCRIPTION - 40
    for entry in said:
        room -= len(entry) + 1
        if room < 0:
            kept.append(f"…and **{len(said) - len(kept)}** more")
            break
        kept.append(entry)
    embed.description = "\n".join(kept)
    return embed


def _overview(line: Overview) -> str:
    row = line.subscription
    title = clean.for_discord(line.title, 80)
    parts = [f"**#{row.subscription_id} {title}** in <#{row.channel_id}>"]
    if row.filter:
        parts.append(f"`{clean.plain(row.filter, 200).replace('`', chr(39))}`")
    if row.role_id:
        parts.append(f"pings <@&{row.role_id}>")
    if row.style == Style.BOARD:
        parts.append("one board")
    elif line.live is not None:
        parts.append(f"{line.live} live" + (text.FULL if line.full else ""))
    return " · ".join(parts) + f"\n-# {_health(line)}"


def _health(line: Overview) -> str:
    if line.closed is not None:
        return f"⚠️ {text.closed_because(line.closed.code)}; tried again <t:{round(line.closed.retry_at)}:R>"
    if line.subscription.paused:
        return "⏸️ paused"
    answered = f"last answer <t:{round(line.answered_at)}:R>" if line.answered_at else "no answer yet"
    if line.trouble:
        return f"⚠️ {clean.for_discord(line.trouble, 160)}; {answered}"
    return f"✅ {answered}"


def _quoted(value: str) -> str:
    plain = clean.plain(value, 60).replace('"', "").replace(",", " ")
    return f'"{plain}"' if " " in plain else plain


def _choice(name: str, value: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=limits.shorten(clean.plain(name, 200), _MAX_LABEL), value=value)
