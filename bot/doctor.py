"""`python -m bot doctor`: looks at everything a start needs and says in plain words what is missing."""

import asyncio
from pathlib import Path

import aiohttp
import discord
import msgspec

from bot.discord_io import REQUIRED_PERMISSIONS
from bot.endpoints import point_at
from bot.running import DataFolderError, make_folder
from bot.settings import Settings
from bot.shards import Shards
from bot.tracking import feeds_of
from engine.content import ContentFault, load_content
from engine_client.errors import EngineError
from engine_client.feeds.errors import BadFeed
from engine_client.http import HttpEngineClient
from engine_client.http_options import HttpOptions
from storage.errors import StorageError
from storage.store import Store, store_location

_API_SECONDS = 10


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    subject: str
    sentence: str
    bad: bool = False

    def __str__(self) -> str:
        return f"{'✗' if self.bad else '✓'} {self.subject}: {self.sentence}"


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; one failing look does not stop the others."""
    findings = []
    for look in (_data_folder, _store, _engine, _content, _feeds, _token, _video):
        findings += await look(settings)
    return findings


async def _data_folder(settings: Settings) -> list[Finding]:
    try:
        await asyncio.to_thread(make_folder, settings.data_dir)
    except DataFolderError as error:
        return [Finding("data folder", str(error), bad=True)]
    return [Finding("data folder", f"{settings.data_dir} is writable.")]


async def _store(settings: Settings) -> list[Finding]:
    location = store_location(settings.database_url, settings.data_dir)
    if isinstance(location, Path) and not await asyncio.to_thread(location.exists):
        return [Finding("database", "there is none yet; the first start makes it.")]
    try:
        store = await Store.open(location, read_only=True)
    except StorageError as error:
        return [Finding("database", str(error), bad=True)]
    try:
        counts = await store.sessions.counts()
        parked = await store.jobs.list_parked()
    finally:
        await store.close()
    found = [Finding("database", f"{counts.sessions} sessions, {counts.active} with a voyage under way.")]
    for job in parked:
        said = f"{job.kind} of session {job.session_id}, voyage {job.voyage}, failed too often: {job.error}"
        found.append(Finding("parked job", said, bad=True))
    return found


async def _engine(settings: Settings) -> list[Finding]:
    if not settings.engine_url:
        return []
    client = HttpEngineClient(
        settings.engine_url, settings.engine_token.get_secret_value(), options=HttpOptions(attempts=1)
    )
    try:
        held = await client.stats()
    except EngineError as error:
        return [Finding("engine", f"it cannot be used at ENGINE_URL: {error}", bad=True)]
    finally:
        await client.close()
    found = [Finding("engine", f"it answers at ENGINE_URL and holds {held.active_sessions} sessions.")]
    if not settings.database_url:
        said = "DATABASE_URL is empty: the engine keeps the turns, this bot its runs and tapes in DATA_DIR."
        found.append(Finding("engine", said))
    return found


async def _content(settings: Settings) -> list[Finding]:
    own = [settings.content_dir] if settings.content_dir else []
    try:
        content = await asyncio.to_thread(load_content, own)
    except ContentFault as error:
        return [Finding("game content", str(error), bad=True)]
    return [Finding("game content", f"{len(content.events)} events in {len(content.regions)} regions.")]


async def _feeds(settings: Settings) -> list[Finding]:
    try:
        catalog = await asyncio.to_thread(feeds_of, settings)
    except BadFeed as error:
        return [Finding("feeds", str(error), bad=True)]
    return [Finding("feeds", f"{len(catalog.names())} session lists can be followed with /track.")]


async def _video(_settings: Settings) -> list[Finding]:
    def codec() -> str:
        from av.codec import Codec

        return Codec("libx264", "w").long_name

    try:
        return [Finding("video", f"{await asyncio.to_thread(codec)} comes with PyAV; ffmpeg is not needed.")]
    except (ImportError, ValueError) as error:
        return [Finding("video", f"PyAV has no H.264 encoder: {error}. Install it again.", bad=True)]


async def _token(settings: Settings) -> list[Finding]:
    token = settings.discord_token.get_secret_value()
    if not token:
        said = "DISCORD_TOKEN is empty. Put the bot's token into .env; `make demo` needs none."
        return [Finding("token", said, bad=True)]
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        async with asyncio.timeout(_API_SECONDS), client:
            await client.login(token)
            found = [Finding("token", f"Discord knows this bot as {client.user}.")]
            return [*found, *await _shards(client, settings), *await _rights(client)]
    except discord.LoginFailure:
        said = "Discord refuses DISCORD_TOKEN. Copy it anew from the developer portal."
        return [Finding("token", said, bad=True)]
    except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordException) as error:
        said = f"Discord cannot be asked ({type(error).__name__}), so token and permissions are unknown."
        return [Finding("token", said, bad=True)]


async def _shards(client: discord.Client, settings: Settings) -> list[Finding]:
    """Compare the settings with the number of shards that Discord advises."""
    advised, _gateway, _limits = await client.http.get_bot_gateway()
    if settings.shard_count is None:
        return [Finding("shards", f"Discord advises {advised}, and this process will have all of them.")]
    held = Shards.parse(settings.shard_count, settings.shard_ids)
    said = f"this process has {len(held.ids)} of {held.count}; Discord advises {advised}."
    return [Finding("shards", said)]


async def _rights(client: discord.Client) -> list[Finding]:
    """Say whether the intents suffice, and name the servers in which the bot's own roles lack permissions."""
    found = [Finding("intents", "only the unprivileged intent `guilds` is used; nothing to switch on.")]
    guilds = [guild async for guild in client.fetch_guilds(limit=200)]
    if not guilds:
        said = "the bot is in no server yet. The README tells how to invite it."
        return [*found, Finding("permissions", said, bad=True)]
    for partial in guilds:
        have = await _own_permissions(client, partial.id)
        lacking = [name.replace("_", " ") for name in REQUIRED_PERMISSIONS if not getattr(have, name)]
        said = f"{partial.name}: lacks {', '.join(lacking)}." if lacking else f"{partial.name}: complete."
        found.append(Finding("permissions", said, bad=bool(lacking)))
    return found


async def _own_permissions(client: discord.Client, guild_id: int) -> discord.Permissions:
    """Add up the bot's roles in one server; a single channel may still say otherwise."""
    guild = await client.fetch_guild(guild_id)
    assert client.user is not None
    member = await guild.fetch_member(client.user.id)
    total = discord.Permissions.none()
    for role in await guild.fetch_roles():
        if role.is_default() or role.id in {own.id for own in member.roles}:
            total |= role.permissions
    return discord.Permissions.all() if total.administrator else total
