"""How a followed session looks; limits and cleaning under hypothesis."""

from types import SimpleNamespace
from typing import cast

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot import limits
from bot.tracker import choices, embeds, text
from engine_client.feeds.models import Listing, SessionState
from sessions.tracker.content import new_post
from sessions.tracker.models import (
    Board,
    Card,
    Condition,
    FeedInfo,
    Followed,
    Phase,
    Work,
    WorkKind,
)
from tests.discord_limits import faults
from tests.sessions.tracker.helpers import T0, listing, subscription


def followed(one: Listing | None = None, **changes) -> Followed:
    values = {"key": "k", "listing": one or listing("a"), "digest": "d", "first_seen": T0} | changes
    return Followed(**values)


def card(one: Listing | None = None, condition: Condition = Condition.LIVE, **changes) -> discord.Embed:
    return embeds.card_embed(Card(followed(one, **changes), condition))


def value(embed: discord.Embed, name: str) -> str | None:
    return next((field.value for field in embed.fields if field.name == name), None)


FULL = Listing(
    id="x",
    name="Evening match",
    mode="Strategy",
    map="Dunes",
    players=3,
    max=10,
    names=("Ada", "Kim", "Zoe"),
    host="Ada",
    state=SessionState.INGAME,
    password=True,
    locked=True,
    version="2.0",
    join="https://join.example/1",
    image="https://img.example/1.png",
    mod="Better [Sand]",
    mod_url="https://mods.example/77",
)


def test_a_live_session_shows_all_that_is_known():
    embed = card(FULL)
    assert embed.title == "Evening match"
    assert embed.url == "https://join.example/1"
    assert embed.thumbnail.url == "https://img.example/1.png"
    assert {field.name: field.value for field in embed.fields} == {
        "Players": "**3/10**\nAda, Kim, Zoe",
        "Map": "Dunes",
        "Mode": "Strategy",
        "Mod": "[Better \\[Sand\\]](https://mods.example/77)",
        "Host": "Ada",
        "State": "🔵 In game · 🔒 password · 🚫 locked",
        "Version": "2.0",
        "Join": "[Open](https://join.example/1)",
        "Since": f"<t:{int(T0)}:R>",
    }


def test_an_ended_session_shows_what_was_known_last():
    embed = card(
        FULL, Condition.ENDED, phase=Phase.ENDED, last_seen=T0 + 2 * 3600 + 120, ended_at=T0 + 2 * 3600 + 300
    )
    assert embed.title == "❌ Session Ended"
    assert embed.colour == discord.Colour(0xED4245)
    assert embed.description == "**Evening match**"
    assert {field.name: field.value for field in embed.fields} == {
        "Last known players": "**3/10**\nAda, Kim, Zoe",
        "Map": "Dunes",
        "Mod": "[Better \\[Sand\\]](https://mods.example/77)",
        "Duration": "2 h 2 min",
        "Ended": f"<t:{int(T0) + 7320}:R>",
    }


def test_an_ended_game_of_ours_leads_to_its_tape():
    one = replace(FULL, link="https://discord.com/channels/1/2/3", link_text="Watch the death tape")
    embed = card(one, Condition.ENDED, phase=Phase.ENDED, last_seen=T0, ended_at=T0)
    assert value(embed, "More") == "[Watch the death tape](https://discord.com/channels/1/2/3)"


def test_paused_and_stopped_messages_say_so():
    assert (card(FULL, Condition.PAUSED).title or "").startswith("⏸️ Evening")
    assert card(FULL, Condition.STOPPED).title == "⏹️ No longer tracked"
    assert "Evening match" in (card(FULL, Condition.STOPPED).description or "")


def test_sixty_four_players_are_shortened():
    names = tuple(f"Player number {n:02}" for n in range(64))
    said = value(card(replace(FULL, players=64, max=64, names=names)), "Players") or ""
    assert said.startswith("**64/64**\nPlayer number 00, ")
    assert said.endswith(", +44 more")
    long = tuple(f"{n:02}" + "*" * 60 for n in range(64))
    said = value(card(replace(FULL, players=64, names=long)), "Players") or ""
    assert len(said) <= limits.FIELD_VALUE
    assert " more" in said


@pytest.mark.parametrize(
    ("players", "maximum", "names", "said"),
    [
        (0, 8, (), "**0/8**"),
        (5, None, (), "**5**"),
        (5, 0, (), "**5**"),
        (None, None, ("Ada",), "**1**\nAda"),
        (None, None, (), None),
        (5, 8, ("Ada",), "**5/8**\nAda, +4 more"),
        (1, 8, ("Ada", "Zoe"), "**1/8**\nAda, Zoe"),
    ],
)
def test_counts_and_names(players, maximum, names, said):
    assert value(card(replace(FULL, players=players, max=maximum, names=names)), "Players") == said


def test_only_web_links_are_links():
    one = replace(
        FULL, mod_url="javascript:alert(1)", join="steam://connect/1", image="ftp://x.example/a.png"
    )
    embed = card(one)
    assert value(embed, "Mod") == "Better \\[Sand\\]"
    assert value(embed, "Join") == "steam:\u200b//connect/1"
    assert embed.url is None
    assert embed.thumbnail.url is None


def test_a_nameless_session_has_a_title_all_the_same():
    assert card(Listing("x")).title == text.UNNAMED


def test_every_state_has_words_and_a_colour_of_its_own():
    for state in SessionState:
        embed = card(replace(FULL, state=state, password=False, locked=False))
        assert embed.colour == embeds.COLOURS[state]
        assert value(embed, "State") == text.STATES.get(state)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (-5, "less than a minute"),
        (60, "1 min"),
        (3600, "1 h 0 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations(seconds, said):
    assert text.duration(seconds) == said


def test_a_board_has_one_line_for_each_session():
    board = Board((followed(FULL), followed(Listing("y"))), 7, Condition.LIVE)
    embed = embeds.board_embed(board, "Test *League*", "https://league.example/")
    lines = (embed.description or "").split("\n")
    assert embed.title == "Test \\*League\\*"
    assert embed.url == "https://league.example/"
    assert lines == [
        "🔵 **Evening match** · 3/10 · Dunes · Strategy · 🔒",
        "• **Unnamed session**",
        "…and **5** more",
    ]


def test_the_mark_in_the_footer_is_found_again():
    row = subscription()
    work = Work(
        kind=WorkKind.POST,
        subscription=row,
        post=new_post(row, "k", T0, pings=False),
        content=Card(followed(FULL), Condition.LIVE),
        feed=FeedInfo("feed", "Test #League #", 60.0),
        token="t",
        unsure=False,
    )
    embed = embeds.embed_of(work)

    other = [discord.Embed().set_footer(text="Voyage 3 · Turn 7"), discord.Embed()]
    assert embeds.find_mark(message_with([embed])) == work.post.nonce
    assert embeds.find_mark(message_with(other)) is None


def message_with(shown: list[discord.Embed]) -> discord.Message:
    """Make what `find_mark` looks at of a message."""
    return cast(discord.Message, SimpleNamespace(embeds=shown))


WILD = st.text(max_size=400)
NAMES = st.lists(st.text(max_size=120), max_size=128)


@settings(max_examples=80, deadline=None)
@given(
    st.builds(
        Listing,
        id=WILD,
        name=WILD,
        mode=WILD,
        map=WILD,
        players=st.none() | st.integers(-5, 10**9),
        max=st.none() | st.integers(-5, 10**9),
        names=NAMES.map(tuple),
        host=WILD,
        state=st.sampled_from(SessionState),
        password=st.none() | st.booleans(),
        version=WILD,
        join=WILD,
        image=WILD,
        mod=WILD,
        mod_url=WILD | st.just("https://x.example/" + "a" * 490),
        link=WILD | st.just("https://x.example/" + "b" * 490),
        link_text=WILD,
    ),
    st.sampled_from(Condition),
)
def test_limits_hold_whatever_a_list_says(one, condition):
    phase = Phase.ENDED if condition is Condition.ENDED else Phase.LIVE
    embed = card(one, condition, phase=phase, last_seen=T0)
    assert faults({"embeds": [embed.to_dict()]}) == []
    board = Board(tuple(followed(one) for _ in range(20)), 40, condition)
    assert faults({"embeds": [embeds.board_embed(board, one.name, one.join).to_dict()]}) == []
    assert "@everyone" not in str(embed.to_dict()).replace("@\u200beveryone", "")


def test_a_list_in_a_direct_message_does_not_speak_of_a_server() -> None:
    alone = choices.list_embed([], in_server=False)
    assert "server" not in (alone.title or "")
    assert alone.description == text.ONLY_ON_SERVERS
    assert choices.list_embed([]).description == text.NOTHING_TRACKED
