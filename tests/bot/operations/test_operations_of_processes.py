"""Real processes on a loopback Discord: what a supervisor sees of them, and what their logs hold."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from benchmarks.wire.process import BotProcess, running_bot
from benchmarks.wire.world import LoopbackDiscord, running_discord

TOKEN_OF_AN_ENGINE = "s3cret-engine-token-of-a-test"


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with running_discord() as world:
        yield world


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


async def asked(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as web, web.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def ready(port: int) -> dict[str, object]:
    """Ask /readyz as compose's healthcheck does, until it says yes."""
    async with asyncio.timeout(30):
        while True:
            try:
                status, said = await asked(port, "/readyz")
            except aiohttp.ClientConnectorError:
                status, said = 0, ""
            if status == 200:
                return json.loads(said)
            await asyncio.sleep(0.1)  # another process: there is nothing here to wait for


async def measured(port: int, sample: str) -> str:
    """Ask /metrics until it has a sample: the player sees the board before the bot has put the clock away."""
    async with asyncio.timeout(30):
        while True:
            _status, said = await asked(port, "/metrics")
            if sample in said:
                return said
            await asyncio.sleep(0.05)  # another process: there is nothing here to wait for


def lines(bot: BotProcess) -> list[dict[str, object]]:
    """Read the log; every line of it is JSON."""
    return [json.loads(line) for line in bot.log.splitlines()]


async def test_a_bot_that_tells_everything_tells_no_secret(discord, tmp_path):
    guild, port = discord.add_guild(), free_port()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    settings = {"OPS_PORT": str(port), "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"}
    async with running_bot(discord, tmp_path, **settings, ENGINE_TOKEN=TOKEN_OF_AN_ENGINE) as bot:
        said = await ready(port)
        await ada.play(channel)
        board = await ada.choose(channel)
        metrics = await measured(port, 'dead_reckoning_turn_seconds_count{outcome="done"} 1.0')
        assert await bot.stop() == 0
    assert said == {"ready": True, "parts": {"store": "ok", "engine": "ok", "gateway": "ok"}}
    assert 'dead_reckoning_shard_up{shard="0"} 1.0' in metrics
    assert 'dead_reckoning_discord_requests_total{method="POST",status="200"}' in metrics
    assert 'dead_reckoning_leases{kind="shard",process="this"} 1.0' in metrics
    turns = [line for line in lines(bot) if str(line["message"]).startswith("turn accepted")]
    assert [(line["session"], line["turn"]) for line in turns] == [(str(channel), 1), (str(channel), 2)]
    assert board.ref == (1, 2)
    paths = [str(request.path) for request in discord.backend.http_requests]
    tokens = {path.split("/")[-2] for path in paths if path.endswith("/callback")}
    assert tokens, "interaction tokens that could leak"
    for secret in (bot.token, TOKEN_OF_AN_ENGINE, *tokens):
        assert secret not in bot.log


async def test_a_worker_is_watched_like_a_bot(discord, tmp_path, postgres):
    port, url = free_port(), await postgres.create()
    worker = await BotProcess.start(
        discord, tmp_path, "worker", OPS_PORT=str(port), LOG_FORMAT="json", DATABASE_URL=url
    )
    try:
        assert await ready(port) == {"ready": True, "parts": {"store": "ok"}}
        status, metrics = await asked(port, "/metrics")
        assert status == 200
        assert "dead_reckoning_loop_lag_seconds" in metrics
        assert await worker.stop() == 0
    finally:
        await worker.kill()
    assert all("message" in line for line in lines(worker))


async def test_a_database_password_is_not_logged_when_it_is_away(discord, tmp_path):
    url = "postgresql://bot:hunter2@127.0.0.1:1/game"
    bot = await BotProcess.start(discord, tmp_path, DATABASE_URL=url, LOG_LEVEL="DEBUG")
    bot._ending = True
    assert await bot.ended() == 1
    assert "hunter2" not in bot.log
    assert "Traceback" not in bot.log


async def test_a_port_in_use_is_a_sentence(discord, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bot = await BotProcess.start(discord, tmp_path, OPS_PORT=str(taken.getsockname()[1]))
        assert await bot.ended() == 1
    assert "OPS_PORT" in bot.log
    assert "Traceback" not in bot.log


async def test_the_doctor_compares_its_clock_with_discords(discord, tmp_path):
    doctor = await BotProcess.start(discord, tmp_path, "doctor")
    await doctor.ended()
    assert "✓ clock: this machine agrees with Discord" in doctor.log
