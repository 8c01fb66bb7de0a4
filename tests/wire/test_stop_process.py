"""SIGTERM in the midst of everything: the real process ends within ten seconds, and nothing is lost."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from benchmarks.wire.process import BotProcess, running_bot
from bot import text
from engine_client.closing import BUDGET_SECONDS


def rows(folder: Any, statement: str) -> list[tuple[Any, ...]]:
    """Read from the store; no process may have it open."""
    with sqlite3.connect(folder / "dead_reckoning.sqlite3") as store:
        return store.execute(statement).fetchall()


async def stop(bot: BotProcess) -> int:
    """Wait for the end of a bot that was sent a signal just now; give its exit code."""
    begun = time.monotonic()
    code = await bot.ended()
    assert time.monotonic() - begun < BUDGET_SECONDS
    return code


@pytest.fixture
async def game(discord):
    guild = discord.add_guild()
    return discord.add_channel(guild), discord.add_player(guild), guild


class Gate:
    """Holds back what the bot answers to one interaction."""

    def __init__(self) -> None:
        self.held_id = ""
        self.arrived, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, _method: str, path: str) -> bool:
        if self.held_id and self.held_id in path:
            self.arrived.set()
            await self.open.wait()
        return True


async def test_stopped_in_the_midst_of_turns_a_countdown_and_a_tape(discord, game, tmp_path):
    bridge, ada, guild = game
    lounge, cellar = discord.add_channel(guild, "lounge"), discord.add_channel(guild, "cellar")
    discord.rest.gate = gate = Gate()
    async with running_bot(discord, tmp_path, TAPE_THREADS="1") as bot:
        await ada.slash(lounge, "settings", countdown=600, auto_advance="on")
        counting = await ada.play(lounge)
        await ada.play(cellar)
        for _turn in range(3):
            flown = await ada.choose(cellar)
        board = await ada.play(bridge)
        # A voyage ends, so a tape is under work; a turn's answer is on its way; then the signal comes.
        await give_up(discord, ada, cellar, flown)
        sent = ada.send_click(bridge, board.choices[0])
        gate.held_id = str(sent.record.id)
        await gate.arrived.wait()
        bot.signal(15)
        stopping = asyncio.create_task(stop(bot))
        await refused_at_last(ada, lounge)
        gate.open.set()
        assert await stopping == 0
    assert "Traceback" not in bot.log
    shown = ada.board(bridge)
    assert shown is not None
    assert shown.ref == (1, 2), "the turn under way got its answer"
    paused = ada.board(lounge)
    assert paused is not None
    assert paused.message.content == text.PAUSED
    turns = [row[0] for row in rows(tmp_path, "SELECT turn_id FROM turn")]
    assert turns.count(str(sent.record.id)) == 1
    assert len(turns) == len(set(turns)) == 1 + 6 + 2
    assert {row[0] for row in rows(tmp_path, "SELECT owner FROM lease")} == {""}
    discord.rest.gate = None
    async with running_bot(discord, tmp_path):
        back = await ada.board_when(lounge, lambda now: not now.message.content)
        assert back.ref == counting.ref
        assert (await ada.choose(lounge)).ref == (1, 2)


async def give_up(discord: Any, ada: Any, channel: int, board: Any) -> None:
    """Restart a channel's voyage and wait for the next one's board."""
    place = f"{channel}:{board.ref[0]}:{board.ref[1]}"
    asked = await ada.click(channel, f"board:restart:{place}")
    await discord.until(asked.private, "the question")
    ada.send_click(channel, f"board:confirm:{place}")
    await ada.board_when(channel, lambda now: now.ref == (board.ref[0] + 1, 1))


async def refused_at_last(ada: Any, channel: int) -> None:
    """Ask for the modal of a custom action until it is refused: a signal may come after a click or two."""
    for _try in range(200):
        sent = await ada.click(channel, f"board:custom:{channel}:1:1")
        if sent.private() == [text.STOPPING]:
            return
        assert sent.private() == [], "nothing but the modal"
    raise AssertionError("never refused")


async def test_a_tape_under_construction_is_given_back_and_posted_by_the_next_start(discord, game, tmp_path):
    bridge, ada, _guild = game
    async with running_bot(discord, tmp_path, TAPE_THREADS="1") as bot:
        await ada.play(bridge)
        for _turn in range(12):
            board = await ada.choose(bridge)
        await give_up(discord, ada, bridge, board)
        bot.signal(15)
        assert await stop(bot) == 0
    assert "Traceback" not in bot.log
    ((phase, owner, attempt, error),) = rows(tmp_path, "SELECT phase, owner, attempt, error FROM job")
    assert (phase, owner, attempt, error) == ("open", "", 0, "") or phase == "done"
    async with running_bot(discord, tmp_path):
        await discord.until(lambda: tapes_in(discord, bridge), "the tape")
        assert len(tapes_in(discord, bridge)) == 1


def tapes_in(discord: Any, channel: int) -> list[Any]:
    """List the messages of a channel that carry a tape."""
    return [
        message
        for message in discord.backend.messages[channel].values()
        if any(file["filename"].startswith("voyage-") for file in message.attachments)
    ]


@asynccontextmanager
async def silent_engine() -> AsyncIterator[str]:
    """Run a server that takes every call and answers none; give its URL."""
    over = asyncio.Event()

    async def take(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        over.set()


async def test_an_engine_that_never_answers_holds_no_stop_up(discord, game, tmp_path):
    bridge, ada, _guild = game
    async with silent_engine() as url, running_bot(discord, tmp_path, ENGINE_URL=url) as bot:
        sent = ada.send_slash(bridge, "play")
        await ada.answered(sent)  # "thinking…"
        bot.signal(15)
        assert await stop(bot) == 0
        assert sent.private() == [text.STOPPING]
        assert "the running turns: cut off after" in bot.log
    assert {row[0] for row in rows(tmp_path, "SELECT owner FROM lease")} == {""}


async def test_a_second_signal_does_not_wait(discord, game, tmp_path):
    bridge, ada, _guild = game
    async with silent_engine() as url, running_bot(discord, tmp_path, ENGINE_URL=url) as bot:
        sent = ada.send_slash(bridge, "play")
        await ada.answered(sent)
        bot.signal(15)
        late = ada.send_slash(bridge, "play")
        await discord.until(lambda: late.private() == [text.STOPPING], "a refusal")
        bot.signal(15)
        assert await bot.ended() == 128 + 15


async def test_a_signal_before_the_login_ends_it(discord, tmp_path):
    asked, never = asyncio.Event(), asyncio.Event()

    async def hold(_method: str, _path: str) -> bool:
        asked.set()
        await never.wait()
        return False

    discord.rest.gate = hold
    bot = await BotProcess.start(discord, tmp_path)
    await asked.wait()
    bot.signal(15)
    assert await stop(bot) == 0
    never.set()
    assert "Traceback" not in bot.log
