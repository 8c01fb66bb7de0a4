"""Makes a followed session into an embed. Pure; every text of a feed is cleaned here, every limit holds.

The footer carries the message's own mark (`#…`), by which `find_mark` knows our messages again after a crash.
"""

import re
from collections.abc import Sequence

import discord

from bot import clean, limits
from bot.tracker import text
from engine_client.feeds.models import Listing, SessionState
from sessions.tracker.models import Board, Card, Condition, Followed, Work

COLOUR_ENDED = discord.Colour(0xED4245)
COLOUR_STILL = discord.Colour(0x95A5A6)
COLOURS = {
    SessionState.PREGAME: discord.Colour(0x57F287),
    SessionState.INGAME: discord.Colour(0x5865F2),
    SessionState.POSTGAME: discord.Colour(0x95A5A6),
    SessionState.PAUSED: discord.Colour(0xFEE75C),
    SessionState.UNKNOWN: discord.Colour(0x3498DB),
}
_NAME = 40  # characters of a player's name
_NAMES = 20  # names that are written out
_NAMES_ROOM = 900  # characters for them, of a field's 1024
_SHORT = 120  # characters of a map, a mode, a host, a version
_MARK = re.compile(r"#([0-9a-f]{12})$")


def embed_of(work: Work) -> discord.Embed:
    """Make the embed that a message should show."""
    if isinstance(work.content, Card):
        embed = card_embed(work.content)
    else:
        embed = board_embed(work.content, work.feed.title, work.feed.site)
    return embed.set_footer(text=f"{clean.plain(work.feed.title, 100)} · #{work.post.nonce}")


def find_mark(message: discord.Message) -> str | None:
    """Give the mark of one of our messages, None where there is none."""
    for embed in message.embeds:
        if match := _MARK.search(embed.footer.text or ""):
            return match[1]
    return None


def card_embed(card: Card) -> discord.Embed:
    """Make the embed of one session, live, ended, paused or let go."""
    if card.condition is Condition.ENDED:
        return _ended(card.followed)
    listing = card.followed.listing
    name = clean.for_discord(listing.name, 200) or text.UNNAMED
    if card.condition is Condition.STOPPED:
        embed = discord.Embed(title=text.STOPPED_TITLE, description=f"**{name}**\n{text.STOPPED}")
        embed.colour = COLOUR_STILL
    elif card.condition is Condition.PAUSED:
        embed = discord.Embed(title=f"{text.PAUSED_MARK} {name}", description=text.PAUSED)
        embed.colour = COLOUR_STILL
    else:
        embed = discord.Embed(title=name, url=clean.link(listing.join), colour=COLOURS[listing.state])
    _add(embed, "Players", players_line(listing), inline=False)
    _add(embed, "Map", clean.for_discord(listing.map, _SHORT))
    _add(embed, "Mode", clean.for_discord(listing.mode, _SHORT))
    _add(embed, "Mod", mod_line(listing))
    _add(embed, "Host", clean.for_discord(listing.host, _SHORT))
    _add(embed, "State", state_line(listing))
    _add(embed, "Version", clean.for_discord(listing.version, _SHORT))
    _add(embed, "Join", join_line(listing))
    _add(embed, "Since", f"<t:{round(card.followed.first_seen)}:R>")
    return embed.set_thumbnail(url=clean.link(listing.image))


def _ended(followed: Followed) -> discord.Embed:
    listing = followed.listing
    name = clean.for_discord(listing.name, 200) or text.UNNAMED
    embed = discord.Embed(title=text.ENDED_TITLE, description=f"**{name}**", colour=COLOUR_ENDED)
    _add(embed, "Last known players", players_line(listing), inline=False)
    _add(embed, "Map", clean.for_discord(listing.map, _SHORT))
    _add(embed, "Mod", mod_line(listing))
    _add(embed, "Duration", text.duration(followed.last_seen - followed.first_seen))
    _add(embed, "Ended", f"<t:{round(followed.last_seen)}:R>")
    if address := clean.link(listing.link):
        _add(embed, "More", f"[{clean.for_discord(listing.link_text, 80) or text.WATCH}]({address})")
    return embed


def board_embed(board: Board, title: str, site: str) -> discord.Embed:
    """Make the embed of a whole feed: one line for each session, the rest counted."""
    lines = [_board_line(one) for one in board.rows]
    said = {Condition.PAUSED: text.PAUSED, Condition.STOPPED: text.STOPPED}.get(board.condition, "")
    room = limits.EMBED_DESCRIPTION - len(said) - 40
    kept = _fitting(lines, room)
    more = board.total - len(kept)
    body = kept + ([f"…and **{more}** more"] if more else [])
    if not body and board.condition is Condition.LIVE:
        body = [text.EMPTY_BOARD]
    live = board.condition is Condition.LIVE
    return discord.Embed(
        title=clean.for_discord(title, 200),
        url=clean.link(site),
        description="\n".join([said, *body] if said else body),
        colour=COLOURS[SessionState.UNKNOWN] if live else COLOUR_STILL,
    )


def _board_line(followed: Followed) -> str:
    listing = followed.listing
    state = text.STATES.get(listing.state, "")
    parts = [
        f"{state[:1] or '•'} **{clean.for_discord(listing.name, 60) or text.UNNAMED}**",
        _count(listing),
        clean.for_discord(listing.map, 40),
        clean.for_discord(listing.mode, 30),
        "🔒" if listing.password or listing.locked else "",
    ]
    return " · ".join(part for part in parts if part)


def players_line(listing: Listing) -> str:
    """Write how many play, and who, shortened to "+N more"."""
    count = _count(listing)
    names = [clean.for_discord(name, _NAME) for name in listing.names]
    names = [name for name in names if name]
    if not names:
        return f"**{count}**" if count else ""
    shown = _fitting(names[:_NAMES], _NAMES_ROOM, joint=2)
    more = max(len(names), listing.players or 0) - len(shown)
    said = ", ".join(shown) + (f", +{more} more" if more > 0 else "")
    return f"**{count}**\n{said}" if count else said


def mod_line(listing: Listing) -> str:
    """Write the mod, as a link where its address is a web address."""
    name = clean.for_discord(listing.mod, _SHORT)
    address = clean.link(listing.mod_url)
    return f"[{name}]({address})" if name and address else name


def state_line(listing: Listing) -> str:
    """Write the state in words, with what keeps people out."""
    parts = [text.STATES.get(listing.state, "")]
    parts += ["🔒 password" if listing.password else "", "🚫 locked" if listing.locked else ""]
    return " · ".join(part for part in parts if part)


def join_line(listing: Listing) -> str:
    """Write how to join: a link, or the list's own words."""
    if not listing.join:
        return ""
    address = clean.link(listing.join)
    return f"[{text.WATCH}]({address})" if address else clean.for_discord(listing.join, _SHORT)


def _count(listing: Listing) -> str:
    if listing.players is None:
        return f"{len(listing.names)}" if listing.names else ""
    return f"{listing.players}/{listing.max}" if listing.max else f"{listing.players}"


def _fitting(parts: Sequence[str], room: int, joint: int = 1) -> list[str]:
    """Take parts from the front while they fit in `room` characters with their joints."""
    kept: list[str] = []
    for part in parts:
        room -= len(part) + joint
        if room < 0:
            break
        kept.append(part)
    return kept


def _add(embed: discord.Embed, name: str, value: str, *, inline: bool = True) -> None:
    if value:
        embed.add_field(name=name, value=limits.shorten(value, limits.FIELD_VALUE), inline=inline)
