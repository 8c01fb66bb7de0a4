"""`python -m bot doctor`: looks at everything a start needs and says in plain words what is missing."""

import asyncio
import contextlib
import shutil
import time
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import discord

from bot.discord_io import REQUIRED_PERMISSIONS
from bot.doctor_files import look_into_files
from bot.doctor_store import compare_clocks, look_into_store
from bot.endpoints import point_at
from bot.findings import Finding
from bot.running import DataFolderError, make_folder
from bot.settings import Settings
from bot.shards import Shards
from bot.tracking import feeds_of
from engine.content import ContentFault, load_content
from engine_client.errors import EngineError
from engine_client.feeds.errors import BadFeed
from engine_client.http import HttpEngineClient
from engine_client.http_options import HttpOptions

GIB = 1024**3
LEAST_FREE = GIB // 2

_API_SECONDS = 10
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; one failing look does not stop the others."""
    findings = []
    looks = (_data_folder, look_into_files, look_into_store, _operations)
    for look in (*looks, _engine, _content, _feeds, _token, _video):
        findings += await look(settings)
    return findings


async def _data_folder(settings: Settings) -> list[Finding]:
    try:
        await asyncio.to_thread(make_folder, settings.data_dir)
    except DataFolderError as error:
        return [Finding("data folder", str(error), bad=True)]
    free = (await asyncio.to_thread(shutil.disk_usage, settings.data_dir)).free
    said = f"{settings.data_dir} is writable; {free / GIB:.1f} GiB are free."
    if free < LEAST_FREE:
        return [Finding("data folder", f"{said} Turns are refused when the disk is full.", bad=True)]
    return [Finding("data folder", said)]


async def _operations(settings: Settings) -> list[Finding]:
    if not settings.ops_port:
        return []
    said = f"/healthz, /readyz and /metrics will listen on {settings.ops_host}, port {settings.ops_port}."
    if settings.ops_host not in _LOOPBACK:
        said += " They need no token: let only your own network reach that port."
    return [Finding("operations", said)]


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
    clock = _Clock()
    client = discord.Client(intents=discord.Intents(guilds=True), http_trace=clock.trace())
    try:
        async with asyncio.timeout(_API_SECONDS), client:
            await client.login(token)
            found = [Finding("token", f"Discord knows this bot as {client.user}.")]
            found += clock.findings()
            return [*found, *await _shards(client, settings), *await _rights(client)]
    except discord.LoginFailure:
        said = "Discord refuses DISCORD_TOKEN. Copy it anew from the developer portal."
        return [Finding("token", said, bad=True)]
    except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordException) as error:
        said = f"Discord cannot be asked ({type(error).__name__}), so token and permissions are unknown."
        return [Finding("token", said, bad=True)]


class _Clock:
    """Compares Discord's clock with ours: its answers say when they were written."""

    def __init__(self) -> None:
        self._apart: float | None = None

    def trace(self) -> aiohttp.TraceConfig:
        """Make the observer of a client's calls."""

        async def ended(
            _session: aiohttp.ClientSession, _context: SimpleNamespace, done: aiohttp.TraceRequestEndParams
        ) -> None:
            with contextlib.suppress(ValueError, TypeError):
                moment = parsedate_to_datetime(done.response.headers.get("Date", ""))
                self._apart = moment.timestamp() - time.time()

        config = aiohttp.TraceConfig()
        config.on_request_end.append(ended)
        return config

    def findings(self) -> list[Finding]:
        """Say what was seen; nothing where no answer had a date."""
        return [] if self._apart is None else compare_clocks("Discord", self._apart, 0.0)


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
