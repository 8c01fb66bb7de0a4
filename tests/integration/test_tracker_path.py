"""The whole path: a feed server on loopback, the poller, the store, and messages in simcord's Discord."""

import asyncio

import discord
import pytest

from tests.bot.tracker.world import game, said, world


def field(message: discord.Message, name: str) -> str | None:
    return next((one.value for one in message.embeds[0].fields if one.name == name), None)


async def test_a_session_is_posted_edited_and_ended(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1), game(2)]
        assert "**Test League** is now shown in" in await w.track()
        await w.polls()
        assert w.titles() == ["Game 1", "Game 2"]
        one = w.messages()[0]
        assert field(one, "Players") == "**2/8**\nAda, Player 1"
        assert field(one, "Mod") == "[Better Sand](https://mods.example/7)"
        assert (field(one, "Map"), field(one, "Mode"), field(one, "Host")) == ("dunes", "strategy", "Ada")
        w.feed.rows = [game(1, players=3), game(2)]
        await w.polls()
        assert field(w.messages()[0], "Players") == "**3/8**\nAda, Player 1, +1 more"
        w.feed.rows = [game(2)]
        await w.polls(2)
        assert w.titles() == ["Game 1", "Game 2"]
        await w.polls()
        ended = w.messages()[0]
        assert ended.id == one.id
        assert w.titles() == ["❌ Session Ended", "Game 2"]
        assert ended.embeds[0].colour == discord.Colour(0xED4245)
        assert field(ended, "Last known players") == "**3/8**\nAda, Player 1, +1 more"
        assert field(ended, "Mod") == "[Better Sand](https://mods.example/7)"
        assert field(ended, "Duration") == "less than a minute"
        assert len(w.calls("POST", "/messages")) == 2


async def test_an_unchanged_hour_costs_no_call(tmp_path):
    async with world(tmp_path, interval=60) as w:
        w.feed.rows = [game(n) for n in range(8)]
        await w.track()
        await w.polls(2)
        asked, before = len(w.feed.requests), len(w.env.http_requests)
        await w.advance(3600)
        assert len(w.env.http_requests) == before
        assert len(w.feed.requests) - asked == 60


async def test_a_burst_stays_within_the_channels_budget_and_nothing_is_lost(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(n) for n in range(20)]
        await w.track()
        await w.env.advance_time(10)
        assert 0 < len(w.messages()) <= 8
        await w.advance(40)
        assert w.titles() == [f"Game {n}" for n in range(20)]


async def test_every_subscription_of_every_channel_is_served_by_one_request(tmp_path):
    async with world(tmp_path) as w:
        channels = [w.guild.create_text_channel(f"c{n}") for n in range(6)]
        w.feed.rows = [game(1), game(2, map="moon")]
        for channel in channels[:3]:
            await w.track(channel)
        for channel in channels[3:]:
            await w.track(channel, filter="map:moon")
        asked = len(w.feed.requests)
        await w.polls()
        assert len(w.feed.requests) - asked == 1
        assert [len(w.messages(channel)) for channel in channels] == [2, 2, 2, 1, 1, 1]


async def test_what_was_there_first_pings_nobody_what_is_new_does(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1)]
        await w.track(ping=w.role)
        await w.polls()
        w.feed.rows = [game(1), game(2)]
        await w.polls()
        w.feed.rows = [game(1, map="moon"), game(2, map="moon")]
        await w.polls()
        first, second = w.messages()
        assert (first.content, second.content) == ("", f"<@&{w.role.id}>")
        posts = [one.json for one in w.calls("POST")]
        assert posts[0]["allowed_mentions"]["parse"] == []
        assert posts[1]["allowed_mentions"]["roles"] == [w.role.id]
        assert all(one["enforce_nonce"] is True and one["nonce"] for one in posts)
        assert len({one["nonce"] for one in posts}) == 2


async def test_a_session_that_comes_back_has_its_message_back_without_a_ping(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1), game(2)]
        await w.track(ping=w.role)
        await w.polls()
        w.feed.rows = [game(2)]
        await w.polls(4)
        assert w.titles() == ["❌ Session Ended", "Game 2"]
        w.feed.rows = [game(1), game(2)]
        await w.polls()
        assert w.titles() == ["Game 1", "Game 2"]
        assert [one.content for one in w.messages()] == ["", ""]
        assert len(w.calls("POST")) == 2


async def test_bad_answers_of_every_kind_end_nothing_and_change_nothing(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1), game(2)]
        await w.track()
        await w.polls()
        before = len(w.env.http_requests)
        bad = [
            {"status": 500},
            {"body": b"<html>maintenance</html>", "headers": {"Content-Type": "text/html"}},
            {"body": b'{"sessions": [', "headers": {"Content-Type": "application/json"}},
            {"body": b"[]", "headers": {"Content-Type": "application/json"}},
            {"body": b'{"sessions": [], "made": 5}', "headers": {"Content-Type": "application/json"}},
        ]
        for answer in bad:
            w.feed.status, w.feed.body, w.feed.headers = 200, None, {}
            for name, value in answer.items():
                setattr(w.feed, name, value)
            asked = len(w.feed.requests)
            while len(w.feed.requests) < asked + 1:
                await w.advance(120)
        assert len(w.env.http_requests) == before
        assert w.titles() == ["Game 1", "Game 2"]


async def test_host_migration_keeps_the_message(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1), game(2)]
        await w.track()
        await w.polls()
        ids = [one.id for one in w.messages()]
        w.feed.rows = [game(1) | {"id": "elsewhere", "host": "Zoe"}, game(2)]
        await w.polls(6)
        assert [one.id for one in w.messages()] == ids
        assert w.titles() == ["Game 1", "Game 2"]
        assert field(w.messages()[0], "Host") == "Zoe"


async def test_split_rounds_end_and_post_anew(tmp_path):
    async with world(tmp_path, 'rounds = "split"') as w:
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls()
        w.feed.rows = [game(1, state="pregame", map="moon")]
        await w.polls()
        assert w.titles() == ["❌ Session Ended", "Game 1"]


async def test_volatile_fields_cost_no_edit(tmp_path):
    async with world(tmp_path, 'volatile = ["players", "names"]') as w:
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls()
        w.feed.rows = [game(1, players=5, names=["Zoe"])]
        await w.polls(3)
        assert w.calls("PATCH") == []


async def test_etag_saves_the_body_and_absences_still_count(tmp_path):
    async with world(tmp_path) as w:
        w.feed.headers = {"ETag": '"a"'}
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls()
        w.feed.rows, w.feed.headers = [], {"ETag": '"b"'}
        await w.polls()
        w.feed.status = 304
        await w.polls(2)
        assert w.feed.requests[-1].headers["If-None-Match"] == '"b"'
        assert w.titles() == ["❌ Session Ended"]


async def test_a_board_is_one_message_kept_up_to_date(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1, players=1), game(2, players=7)]
        await w.track(style="board")
        await w.polls()
        (board,) = w.messages()
        text = board.embeds[0].description or ""
        assert text.index("Game 2") < text.index("Game 1")
        w.feed.rows = [game(n) for n in range(60)]
        await w.polls()
        (board,) = w.messages()
        assert "…and **40** more" in (board.embeds[0].description or "")
        w.feed.rows = []
        await w.polls(6)
        (board,) = w.messages()
        assert board.embeds[0].description == "No sessions right now."
        assert len(w.calls("POST")) == 1


async def test_pause_says_so_asks_nothing_and_resume_tells_the_truth_again(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1), game(2)]
        await w.track()
        await w.polls()
        result = await w.admin.slash(w.channel, "track pause", tracked="1")
        assert "paused; its messages say so" in said(result)
        await w.polls()
        assert w.titles() == ["⏸️ Game 1", "⏸️ Game 2"]
        asked = len(w.feed.requests)
        w.feed.rows = [game(2, map="moon"), game(3)]
        await w.polls(5)
        assert len(w.feed.requests) == asked
        result = await w.admin.slash(w.channel, "track pause", tracked="#1", resume=True)
        assert "followed again" in said(result)
        await w.polls(4)
        assert w.titles() == ["❌ Session Ended", "Game 2", "Game 3"]


async def test_remove_closes_the_messages_and_asks_no_more(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls()
        await w.admin.slash(w.channel, "track remove", tracked="1")
        await w.polls(2)
        assert w.titles() == ["⏹️ No longer tracked"]
        asked = len(w.feed.requests)
        await w.polls(3)
        assert len(w.feed.requests) == asked
        assert await w.bot.rows.subscriptions() == []
        assert (await w.bot.rows.load()).posts == []


async def test_a_feed_that_hangs_does_not_hold_up_the_bot(tmp_path):
    async with world(tmp_path) as w:
        w.feed.gate = asyncio.Event()
        await w.track()
        ticking = asyncio.create_task(w.env.advance_time(10))
        while not w.feed.requests:
            await asyncio.wait({ticking}, timeout=0.01)
        w.feed.rows = [game(1)]
        w.feed.gate.set()
        await ticking
        await w.polls()
        assert w.titles() == ["Game 1"]


@pytest.mark.parametrize(
    "name",
    [
        "@everyone <@&5> **bold** [x](http://evil.example)",
        "‮txt.exe",
        "a" * 500,
        "\u0000\u202e\n\n",
        "🎲" * 300,
    ],
)
async def test_what_a_list_says_cannot_ping_break_or_mislead(tmp_path, name):
    async with world(tmp_path) as w:
        names = [f"{name}{n}" for n in range(64)]
        w.feed.rows = [
            game(1, name=name, map=name, mode=name, host=name, mod=name, names=names, players=64, max=64)
        ]
        await w.track()
        await w.polls()
        (message,) = w.messages()
        shown = str(message.embeds[0].to_dict())
        for forbidden in ("@everyone", "<@&5>", "**bold**", "](http://evil", "\u202e", "\u0000"):
            assert forbidden not in shown
        assert "more" in (field(message, "Players") or "")
        w.feed.rows = []
        await w.polls(4)
        assert w.titles() == ["❌ Session Ended"]
