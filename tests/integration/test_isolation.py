"""One channel, one universe: twenty channels in two servers play interleaved, and nothing leaks."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.app import DeadReckoning
from bot.settings import Settings
from tests.harness import Sea, sea
from tests.marking import MarkingPainter, stamps_in

CHANNELS = 20


def marking_bot(chosen: Settings) -> DeadReckoning:
    """Make the bot with counted seeds and stamped pictures."""
    seeds = itertools.count(1)
    return DeadReckoning(chosen, seeds=lambda: next(seeds), painter=MarkingPainter())


def make_channels(world: Sea) -> list[ChannelHandle]:
    """Make twenty channels, half of them in a second server, and let one player into both."""
    other = world.env.create_guild("The other server")
    world.grace = other.add_member(world.env.create_user("gus", global_name="Gus"))
    here = [world.guild.create_text_channel(f"here-{n}") for n in range(CHANNELS // 2)]
    return here + [other.create_text_channel(f"there-{n}") for n in range(CHANNELS - len(here))]


def player(world: Sea, channels: list[ChannelHandle], index: int):
    """Give the member who plays in a channel."""
    return world.ada if index < len(channels) // 2 else world.grace


async def ensure_under_way(world: Sea, channel: ChannelHandle, actor: MemberActor) -> None:
    """Launch a voyage where the last one has ended."""
    if (await world.bot.services.play.current(str(channel.id))).end is not None:
        await world.press("new", channel, actor)


async def restart(world: Sea, channel: ChannelHandle, actor) -> None:
    """Restart one channel's voyage, with the confirmation."""
    asked = await actor.slash(channel, "restart")
    button = asked.response.components[0]["components"][0]["custom_id"]
    await actor.click(asked.response, custom_id=button)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.lists(st.integers(0, CHANNELS - 1), min_size=60, max_size=90),
    victim=st.integers(0, CHANNELS - 1),
)
async def test_twenty_channels_do_not_touch_each_other(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], victim: int
) -> None:
    folder = tmp_path_factory.mktemp("isolation")
    async with sea(folder, marking_bot) as world:
        channels = make_channels(world)
        for index, channel in enumerate(channels):
            await world.play(channel, player(world, channels, index))
        for index in order:
            await take_any_choice(world, channels[index], player(world, channels, index))

        await ensure_under_way(world, channels[victim], player(world, channels, victim))
        before = [await state_of(world, channel) for channel in channels]
        await restart(world, channels[victim], player(world, channels, victim))
        after = [await state_of(world, channel) for channel in channels]
        assert [index for index in range(CHANNELS) if before[index] != after[index]] == [victim]

        for index, channel in enumerate(channels):
            if index != victim:
                await restart(world, channel, player(world, channels, index))
        for channel in channels:
            await check_tapes(world, folder, channel)


async def take_any_choice(world: Sea, channel: ChannelHandle, actor) -> None:
    """Take the first choice, or a new voyage where the last one has ended."""
    turn = await world.bot.services.play.current(str(channel.id))
    if turn.end is None:
        await world.choose(0, channel, actor)
    else:
        await world.press("new", channel, actor)


async def state_of(world: Sea, channel: ChannelHandle) -> tuple[object, ...]:
    """Give everything that belongs to a session: newest turn, frames, board, cargo."""
    services, session_id = world.bot.services, str(channel.id)
    turn = await services.engine.state(session_id)
    assert turn is not None
    frames = await services.store.frames.list(session_id, turn.voyage)
    board = await services.boards.of(session_id)
    return turn, tuple(frames), board, await services.engine.inventory(session_id)


async def check_tapes(world: Sea, folder: Path, channel: ChannelHandle) -> None:
    """Hold every tape of a channel against that channel's own journal, by the stamps in its pixels."""
    services, session_id = world.bot.services, str(channel.id)
    tapes = await services.tapes.list(session_id)
    assert tapes
    for tape in tapes:
        assert tape.path.is_relative_to(folder / "sessions" / session_id / "tapes")
        voyage = await services.store.voyages.get(session_id, tape.voyage)
        assert voyage is not None
        stamps = list(stamps_in(tape.path.read_bytes()))
        assert stamps == [(voyage.seed, n) for n in range(1, voyage.turns + 1)]
    posted = world.tapes(channel)
    assert len(posted) == len(tapes)
    await services.manager.save_all_sessions()
    saved = json.loads((folder / "sessions" / session_id / "state.json").read_text(encoding="utf-8"))
    assert saved["session_id"] == session_id
