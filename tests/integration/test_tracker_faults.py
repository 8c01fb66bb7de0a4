"""Discord and the network refuse, forget and break: the tracker's messages stay true and few."""

import discord
import pytest

from bot.tracker import delivery
from storage.errors import StoreUnavailable
from tests.bot.tracker.world import Wire, World, game, said, world

EDITS = "/channels/*/messages/*"
POSTS = "/channels/*/messages"


async def live(w: World, *rows: dict, **options) -> list[discord.Message]:
    """Track, and let the first messages be posted."""
    w.feed.rows = list(rows) or [game(1), game(2)]
    await w.track(**options)
    await w.polls()
    return w.messages()


async def delete(w: World, message: discord.Message) -> None:
    w.env.backend.delete_message(message.channel.id, message.id)
    await w.env.settle()


async def test_a_deleted_message_comes_back_once_silently_and_is_then_let_be(tmp_path):
    async with world(tmp_path) as w:
        first = (await live(w, game(1), ping=w.role))[0]
        await delete(w, first)
        w.feed.rows = [game(1, map="moon")]
        await w.polls()
        (again,) = w.messages()
        assert again.id != first.id
        assert again.flags.suppress_notifications
        assert again.content == ""
        await delete(w, again)
        for number in range(5):
            w.feed.rows = [game(1, map=f"moon {number}")]
            await w.polls()
        assert w.messages() == []
        assert len(w.calls("POST")) == 2


async def test_the_deleted_message_of_an_ended_session_stays_deleted(tmp_path):
    async with world(tmp_path) as w:
        first, _ = await live(w)
        await delete(w, first)
        w.feed.rows = [game(2)]
        await w.polls(5)
        assert w.titles() == ["Game 2"]
        assert len(w.calls("POST")) == 2


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (403, 50013), (404, 10003)])
async def test_a_closed_channel_is_left_alone_and_its_admin_told_once(tmp_path, status, code):
    async with world(tmp_path) as w:
        await live(w)
        w.env.inject_error("PATCH", EDITS, status=status, code=code, times=None)
        for number in range(8):
            w.feed.rows = [game(1, map=f"m{number}"), game(2, map=f"m{number}")]
            await w.polls()
        assert len(w.calls("PATCH")) == 1
        told = [one.content for one in w.admin.user.dm_channel.history()]
        assert len(told) == 1
        assert w.channel.mention in told[0]
        listed = await w.admin.slash(w.channel, "track list")
        assert "tried again" in (listed.response or listed.followups[-1]).embeds[0].description
        w.env.backend.faults.clear()
        await w.advance(900)
        assert len(w.calls("PATCH")) == 3
        assert [one.embeds[0].fields[1].value for one in w.messages()] == ["m7", "m7"]
        listed = await w.admin.slash(w.channel, "track list")
        assert "✅" in (listed.response or listed.followups[-1]).embeds[0].description


async def test_the_admin_is_not_told_again_after_a_restart(tmp_path):
    async with world(tmp_path, interval=60) as w:
        await live(w)
        w.env.inject_error("PATCH", EDITS, status=403, code=50013, times=None)
        w.feed.rows = [game(1, map="moon"), game(2)]
        await w.polls()
        await w.restart()
        await w.advance(960)
        assert len(w.calls("PATCH")) >= 2
        assert len(w.admin.user.dm_channel.history()) == 1


async def test_one_closed_channel_stops_no_other(tmp_path):
    async with world(tmp_path) as w:
        other = w.guild.create_text_channel("other")
        w.env.inject_error("POST", f"/channels/{w.channel.id}/messages", status=403, code=50001, times=None)
        w.feed.rows = [game(1)]
        await w.track()
        await w.track(other)
        await w.polls(2)
        assert w.titles(other) == ["Game 1"]


async def test_an_admin_who_takes_no_messages_is_no_trouble(tmp_path):
    async with world(tmp_path) as w:
        w.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
        await live(w)
        w.env.inject_error("PATCH", EDITS, status=403, code=50001, times=None)
        w.feed.rows = [game(1, map="moon"), game(2)]
        await w.polls(3)
        assert len(w.calls("PATCH")) == 1


async def test_the_ended_edit_is_tried_until_it_is_done(tmp_path):
    async with world(tmp_path) as w:
        await live(w)
        w.env.inject_error("PATCH", EDITS, status=503, times=4)
        w.feed.rows = [game(2)]
        await w.polls(3)
        assert w.titles() == ["Game 1", "Game 2"]
        while len(w.calls("PATCH")) < 5:
            await w.advance(20)
        assert w.titles() == ["❌ Session Ended", "Game 2"]


async def test_too_many_edits_of_an_old_message_wait(tmp_path):
    async with world(tmp_path) as w:
        await live(w, game(1))
        w.env.inject_error("PATCH", EDITS, status=400, code=30046)
        w.feed.rows = [game(1, map="moon")]
        while not w.calls("PATCH"):
            await w.advance(2)
        await w.advance(58)
        assert len(w.calls("PATCH")) == 1
        await w.advance(540)
        assert len(w.calls("PATCH")) == 2
        assert w.messages()[0].embeds[0].fields[1].value == "moon"


async def test_an_old_message_is_edited_once_a_minute_at_most(tmp_path, monkeypatch):
    assert delivery.OLD == 3600
    monkeypatch.setattr(delivery, "OLD", 200.0)
    async with world(tmp_path, interval=10) as w:
        await live(w, game(1))
        for number in range(6):
            w.feed.rows = [game(1, map=f"young {number}")]
            await w.advance(10)
        assert len(w.calls("PATCH")) >= 5
        await w.advance(200)
        before = len(w.calls("PATCH"))
        for number in range(12):
            w.feed.rows = [game(1, map=f"old {number}")]
            await w.advance(10)
        assert 1 <= len(w.calls("PATCH")) - before <= 3
        await w.advance(60)
        assert w.messages()[0].embeds[0].fields[1].value == "old 11"


async def test_a_message_that_discord_will_never_take_is_not_tried_forever(tmp_path):
    async with world(tmp_path) as w:
        w.env.inject_error("POST", POSTS, status=400, code=50035, times=None)
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls(5)
        assert len(w.calls("POST")) == 1


@pytest.mark.parametrize("nonces", [True, False])
async def test_a_lost_answer_makes_no_second_message(tmp_path, nonces):
    async with world(tmp_path) as w:
        wire = Wire(w.bot, nonces=nonces)
        wire.cuts = 2
        await live(w)
        await w.polls(2)
        assert w.titles() == ["Game 1", "Game 2"]
        w.feed.rows = [game(2)]
        await w.polls(4)
        assert w.titles() == ["❌ Session Ended", "Game 2"]


async def test_a_5xx_that_took_effect_makes_no_second_message(tmp_path, monkeypatch):
    async with world(tmp_path) as w:
        request = w.bot.http.request
        broken = []

        async def odd(route, **kwargs):
            answer = await request(route, **kwargs)
            if route.method == "POST" and route.path.endswith("/messages") and len(broken) < 2:
                broken.append(route)
                raise discord.DiscordServerError(_Response(), "upstream broke")  # type: ignore[arg-type]
            return answer

        monkeypatch.setattr(w.bot.http, "request", odd)
        await live(w)
        await w.polls(2)
        assert len(broken) == 2
        assert w.titles() == ["Game 1", "Game 2"]


async def test_an_error_of_ours_after_the_post_makes_no_second_message_either(tmp_path, monkeypatch, caplog):
    async with world(tmp_path) as w:
        request = w.bot.http.request
        broken = []

        async def odd(route, **kwargs):
            answer = await request(route, **kwargs)
            if route.method == "POST" and route.path.endswith("/messages") and not broken:
                broken.append(route)
                raise RuntimeError("bug")
            return answer

        monkeypatch.setattr(w.bot.http, "request", odd)
        await live(w)
        await w.polls(3)
        assert w.titles() == ["Game 1", "Game 2"]
        assert caplog.text.count("message not brought") == 1


class _Response:
    status = 502
    reason = "Bad Gateway"


async def test_a_store_that_fails_after_the_post_makes_no_second_message(tmp_path, monkeypatch):
    async with world(tmp_path) as w:
        save = w.bot.rows.save
        failed = []

        async def away(*args, posts=(), **kwargs):
            if len(failed) < 3 and any(post.message_id for post in posts):
                failed.append(posts)
                raise StoreUnavailable("disk full")
            await save(*args, posts=posts, **kwargs)

        monkeypatch.setattr(w.bot.rows, "save", away)
        await live(w)
        await w.polls(2)
        assert len(failed) == 3
        assert w.titles() == ["Game 1", "Game 2"]


async def test_a_forum_gets_one_post_that_holds_the_messages(tmp_path):
    async with world(tmp_path) as w:
        forum = w.guild.create_forum_channel("games")
        w.feed.rows = [game(1), game(2)]
        assert "now shown" in await w.track(forum)
        await w.polls()
        (thread,) = forum.threads
        assert thread.name == "Test League: live sessions"
        assert w.titles(thread) == ["Game 1", "Game 2"]
        w.feed.rows = [game(2, map="moon"), game(3)]
        await w.polls(4)
        assert w.titles(thread) == ["❌ Session Ended", "Game 2", "Game 3"]
        assert len(forum.threads) == 1
        await w.restart()
        w.feed.rows = [game(4)]
        await w.polls(2)
        assert len(forum.threads) == 1
        assert w.titles(thread)[-1] == "Game 4"


async def test_a_forums_post_that_was_deleted_is_made_anew(tmp_path):
    async with world(tmp_path) as w:
        forum = w.guild.create_forum_channel("games")
        await live(w, channel=forum)
        (thread,) = forum.threads
        w.env.backend.delete_channel(thread.id)
        await w.env.settle()
        w.feed.rows = [game(1, map="moon"), game(2)]
        await w.polls(3)
        (again,) = forum.threads
        assert again.id != thread.id
        assert "Game 1" in w.titles(again)


async def test_a_channel_that_calls_itself_a_forum_but_is_none_is_closed(tmp_path):
    async with world(tmp_path) as w:
        w.env.inject_error("POST", POSTS, status=400, code=220001, times=None)
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls(3)
        assert len([one for one in w.calls("POST") if str(w.channel.id) in one.path]) == 1


async def test_an_archived_thread_is_opened_again(tmp_path):
    async with world(tmp_path) as w:
        everyone = discord.Permissions.all()
        w.guild.create_role("helper", permissions=everyone)
        thread = w.env.backend.create_thread(w.channel.id, "league", w.admin.id)
        handle = w.channel.threads[0]
        assert handle.id == thread.id
        await live(w, channel=handle)
        w.env.inject_error("PATCH", f"/channels/{thread.id}/messages/*", status=400, code=50083)
        w.env.inject_error("PATCH", f"/channels/{thread.id}", status=503)
        w.feed.rows = [game(1, map="moon"), game(2)]
        await w.polls(2)
        unarchived = [one.json for one in w.env.http_requests if one.path == f"/channels/{thread.id}"]
        assert {"archived": False} in [one for one in unarchived if one]
        await w.advance(600)
        assert w.messages(handle)[0].embeds[0].fields[1].value == "moon"


async def test_without_the_right_to_post_nothing_is_added(tmp_path):
    async with world(tmp_path) as w:
        deny = discord.PermissionOverwrite(send_messages=False, embed_links=False)
        hidden = w.guild.create_text_channel("hidden", overwrites={w.guild.default_role: deny})
        answer = await w.track(hidden)
        assert "Nothing was added" in answer
        assert "**Embed Links**" in answer
        assert "**Send Messages**" in answer
        assert await w.bot.rows.subscriptions() == []


async def test_leaving_a_server_forgets_it(tmp_path):
    async with world(tmp_path) as w:
        await live(w)
        guild = w.bot.get_guild(w.guild.id)
        assert guild is not None
        w.bot.dispatch("guild_remove", guild)
        await w.env.settle()
        await w.polls(2)
        assert await w.bot.rows.subscriptions() == []


async def test_what_cannot_be_tracked_is_said_in_private(tmp_path):
    async with world(tmp_path) as w:
        assert "no feed `nope`" in await w.track(feed="nope")
        assert "cannot read the filter" in await w.track(filter="???")
        await w.track()
        assert "already shown" in await w.track()
        result = await w.admin.slash(w.channel, "track remove", tracked="99")
        assert "not tracked on this server" in said(result)
        assert all(one.ephemeral for one in result.followups)
