"""`/track` as an admin uses it: what is offered, described, allowed and answered."""

import discord

from tests.bot.tracker.world import game, said, world


async def test_every_command_and_option_is_described_and_for_managers(tmp_path):
    async with world(tmp_path) as w:
        (group,) = w.bot.tree.get_commands()
        described = group.to_dict(w.bot.tree)
        assert described["default_member_permissions"] == discord.Permissions(manage_guild=True).value
        assert described["contexts"] == [0]
        assert {one["name"] for one in described["options"]} == {"add", "list", "remove", "pause"}
        for command in described["options"]:
            assert len(command["description"]) > 20
            for option in command.get("options", []):
                assert len(option["description"]) > 10
        guest = w.guild.add_member(w.env.create_user("guest"))
        assert "track add" in w.admin.available_commands(w.channel)
        assert guest.available_commands(w.channel) == ()


async def test_feeds_are_offered_by_title(tmp_path):
    async with world(tmp_path) as w:
        offered = await w.admin.autocomplete(w.channel, "track add", "feed", "leag")
        assert offered == [{"name": "Test League", "value": "league"}]
        assert await w.admin.autocomplete(w.channel, "track add", "feed", "xyz") == []


async def offered(w, typed: str) -> list[str]:
    found = await w.admin.autocomplete(w.channel, "track add", "filter", typed, feed="league")
    return [one["value"] for one in found]


async def test_filters_are_offered_word_by_word_with_values_of_the_feed(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1, map="dunes", mode="free for all"), game(2, map="moon base")]
        await w.track()
        await w.polls()
        assert await offered(w, "") == [
            "name:",
            "mode:",
            "map:",
            "host:",
            "mod:",
            "version:",
            "players:",
            "state:",
        ]
        assert await offered(w, "m") == ["m", "mode:", "map:", "mod:"]
        assert await offered(w, "map:") == ["map:", "map:dunes", 'map:"moon base"']
        assert await offered(w, "state:pre") == ["state:pre", "state:pregame"]
        assert await offered(w, "map:dunes -mode:f") == [
            "map:dunes -mode:f",
            'map:dunes -mode:"free for all"',
        ]
        assert "players:>=2" in await offered(w, "players:")
        for text in await offered(w, "map:moon"):
            assert text.startswith("map:")


async def test_what_is_tracked_is_offered_and_listed(tmp_path):
    async with world(tmp_path) as w:
        result = await w.admin.slash(w.channel, "track list")
        message = result.response or result.followups[-1]
        assert "Nothing is tracked" in message.embeds[0].description
        assert message.ephemeral
        w.feed.rows = [game(1)]
        await w.track(filter="map:dunes", ping=w.role)
        await w.track(style="board", filter="players:>=1")
        await w.polls()
        offered = await w.admin.autocomplete(w.channel, "track remove", "tracked", "")
        assert offered == [
            {"name": "#1 league in #lobby (map:dunes)", "value": "1"},
            {"name": "#2 league in #lobby (players:>=1)", "value": "2"},
        ]
        assert len(await w.admin.autocomplete(w.channel, "track pause", "tracked", "dunes")) == 1
        result = await w.admin.slash(w.channel, "track list")
        text = (result.response or result.followups[-1]).embeds[0].description
        assert (
            f"**#1 Test League** in {w.channel.mention} · `map:dunes` · pings {w.role.mention} · 1 live"
            in text
        )
        assert "· one board" in text
        assert text.count("✅ last answer <t:") == 2
        w.feed.status = 500
        await w.polls()
        result = await w.admin.slash(w.channel, "track list")
        text = (result.response or result.followups[-1]).embeds[0].description
        assert "⚠️ HTTP 500" in text


async def test_another_servers_subscriptions_are_out_of_reach(tmp_path):
    async with world(tmp_path) as w:
        await w.track()
        other = w.env.create_guild("Other")
        channel = other.create_text_channel("x")
        boss = other.create_role("boss", permissions=discord.Permissions(manage_guild=True))
        stranger = other.add_member(w.env.create_user("eve"), roles=[boss])
        await w.env.settle()
        result = await stranger.slash(channel, "track remove", tracked="1")
        assert "not tracked on this server" in said(result)
        assert await stranger.autocomplete(channel, "track remove", "tracked", "") == []
        assert len(await w.bot.rows.subscriptions()) == 1


async def test_a_role_that_cannot_be_pinged_is_warned_about(tmp_path):
    async with world(tmp_path) as w:
        deny = discord.PermissionOverwrite(mention_everyone=False)
        channel = w.guild.create_text_channel("quiet", overwrites={w.guild.default_role: deny})
        mute = w.guild.create_role("mute", mentionable=False)
        me = w.bot.get_guild(w.guild.id).me.guild_permissions
        answer = await w.track(channel, ping=mute)
        assert ("cannot be mentioned" in answer) is not me.administrator
        assert "cannot be mentioned" not in await w.track(ping=w.role)
        assert "cannot ping" in await w.track(ping=w.role, style="board", filter="map:x")


async def test_numbers_are_read_as_people_write_them(tmp_path):
    async with world(tmp_path) as w:
        await w.track()
        for wrong in ("", "abc", "-1", "#", "9" * 40, "1; drop table"):
            result = await w.admin.slash(w.channel, "track pause", tracked=wrong or " ")
            assert "not tracked on this server" in said(result), wrong
        result = await w.admin.slash(w.channel, "track pause", tracked="#1 league in #lobby")
        assert "is paused" in said(result)
        result = await w.admin.slash(w.channel, "track pause", tracked="1")
        assert "followed again" in said(result)
