"""The bot's own games as a feed: "now playing" for a server, ended with the tape linked."""

import random
from pathlib import Path

import discord

from bot.cogs.track import TrackCog
from bot.tracker.budget import ChannelBudgets
from bot.tracker.wiring import OWN_GAMES, GameFacts, build_delivery, build_lists, feed_infos
from engine_client.feeds.catalog import load_catalog
from engine_client.session_lists import HttpSessionLists
from sessions.tracker.service import Tracker
from storage.tracker import TrackerStore
from tests.harness import Sea, ids_of, sea


async def with_tracker(s: Sea) -> None:
    """Give the real bot a tracker, as its composition root does."""
    services, bot = s.bot.services, s.bot

    def clock() -> float:
        return s.env.now().timestamp()

    if bot.get_cog("Track") is not None:
        return
    catalog = load_catalog()
    http = HttpSessionLists(catalog, clock)
    facts = GameFacts(services.boards, services.tapes)
    tracker = Tracker(
        TrackerStore(services.store.database),
        services.store.leases,
        build_lists(http, catalog, services.engine, facts, clock),
        feed_infos(catalog),
        owner="test",
        clock=clock,
        chance=random.Random(1),
    )
    delivery = build_delivery(bot, tracker, ChannelBudgets(clock), clock=clock, chance=random.Random(1))
    with s.env._bot_scope():
        await bot.add_cog(TrackCog(tracker, delivery))
        await bot.tree.sync()


def playing(s: Sea, channel) -> list[discord.Embed]:
    return [
        one.embeds[0]
        for one in channel.history()
        if one.embeds and "Cosmic" in (one.embeds[0].footer.text or "")
    ]


async def test_now_playing_and_then_the_tape(tmp_path: Path):
    async with sea(tmp_path) as s:
        await with_tracker(s)
        lounge = s.guild.create_text_channel("lounge")
        elsewhere = s.env.create_guild("Elsewhere")
        far = elsewhere.create_text_channel("far")
        rights = discord.Permissions(manage_guild=True)
        stranger = elsewhere.add_member(
            s.env.create_user("eve"), roles=[elsewhere.create_role("boss", permissions=rights)]
        )
        await s.env.settle()
        await s.play()
        await s.officer.slash(lounge, "track add", feed=OWN_GAMES, channel=lounge)
        await stranger.slash(far, "track add", feed=OWN_GAMES, channel=far)
        await s.env.advance_time(20)
        (embed,) = playing(s, lounge)
        assert embed.title == "Voyage 1 of Ada"
        assert embed.url == f"https://discord.com/channels/{s.guild.id}/{s.channel.id}"
        assert playing(s, far) == [], "another server's game"
        await give_up(s)
        for _ in range(4):
            await s.env.advance_time(20)
        ended = next(one for one in playing(s, lounge) if one.title == "❌ Session Ended")
        tape = s.tapes()[0]
        more = next(field.value for field in ended.fields if field.name == "More")
        assert (
            more
            == f"[Watch the death tape](https://discord.com/channels/{s.guild.id}/{s.channel.id}/{tape.id})"
        )
        assert [one.title for one in playing(s, lounge)].count("Voyage 2 of Ada") == 1


async def give_up(s: Sea) -> None:
    """Restart: the voyage under way ends, and a new one begins at once."""
    asked = await s.ada.slash(s.channel, "restart")
    button = next(one for one in ids_of(asked.response.message) if one.startswith("board:confirm:"))
    await s.ada.click(asked.response, custom_id=button)
