"""The tracker of multiplayer sessions, put together for the composition root."""

import random
from collections.abc import Callable
from pathlib import Path

from discord.ext import commands

from bot.cogs.track import TrackCog
from bot.operations.feeds import counted
from bot.services import Services
from bot.settings import Settings
from bot.tracker.budget import ChannelBudgets
from bot.tracker.wiring import GameFacts, build_delivery, build_lists, feed_infos
from engine_client.feeds.catalog import SHIPPED, Catalog, load_catalog
from engine_client.session_lists import HttpSessionLists
from sessions.tracker.service import Tracker
from storage.tracker import TrackerStore


async def add_tracking(
    bot: commands.Bot | commands.AutoShardedBot,
    services: Services,
    settings: Settings,
    budgets: ChannelBudgets,
    clock: Callable[[], float],
) -> HttpSessionLists:
    """Add `/track`. Gives the HTTP client of the lists, to be closed with the bot. Raises BadFeed."""
    catalog = feeds_of(settings)
    chance = random.Random()
    http = HttpSessionLists(catalog, clock)
    facts = GameFacts(services.boards, services.tapes)
    tracker = Tracker(
        TrackerStore(services.store.database),
        services.store.leases,
        counted(build_lists(http, catalog, services.engine, facts, clock), services.metrics),
        feed_infos(catalog),
        owner=services.owner,
        clock=clock,
        chance=chance,
    )
    delivery = build_delivery(bot, tracker, budgets, clock=clock, chance=chance)
    await bot.add_cog(TrackCog(tracker, delivery))
    return http


def feeds_of(settings: Settings) -> Catalog:
    """Read the shipped feeds and the host's own. Raises BadFeed, which names the file."""
    own: list[Path] = [settings.feeds_dir] if settings.feeds_dir else []
    secrets = {
        "STEAM_API_KEY": settings.steam_api_key.get_secret_value(),
        "FACTORIO_USERNAME": settings.factorio_username,
        "FACTORIO_TOKEN": settings.factorio_token.get_secret_value(),
    }
    return load_catalog(SHIPPED, *own, secrets=secrets)
