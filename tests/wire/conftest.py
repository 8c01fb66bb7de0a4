"""The bench for tests with real bot processes.

`discord` is a Discord on loopback (benchmarks/wire): make servers, channels and players on it. `running_bot`
and `BotProcess` (benchmarks/wire/process.py) start `python -m bot run`, logged in there. So a test reads:

    async def test_something(discord, tmp_path):
        guild = discord.add_guild()
        channel, ada = discord.add_channel(guild), discord.add_player(guild)
        async with running_bot(discord, tmp_path, TAPE_THREADS="1") as bot:
            board = await ada.play(channel)         # waits for the board; board.ref is (voyage, turn)
            board = await ada.choose(channel)       # a click; waits for the board of the turn it made
            sent = ada.send_click(channel, board.choices[0])    # waits for nothing
            await ada.answered(sent)                # for the first answer
            sent.again()                            # the same interaction, delivered once more
            assert await bot.stop() == 0            # SIGTERM; bot.kill() is SIGKILL; both give the exit code

- `BotProcess.start(discord, folder, **settings)`, `await bot.ready()`, `bot.signal(…)`, `await bot.ended()`
  are for one that ends in the midst of a test; `bot.log` is what it wrote so far. A process that ends
  unasked fails whoever waits. Two bots may share a folder: their logs are bot-0.log and bot-1.log.
- `discord.add_guild(shard=1, shards=2)` makes a server of that shard. Two processes with the same shard both
  get its events, as on the real Discord.
- `await discord.until(look, "what")` waits until a look gives something true; it looks after every REST call
  and connection, and needs no sleep. For what only a file or a table shows, wait for a message that follows.
- `sent.private()` are the private answers, `ada.board(channel)` the board as it is,
  `discord.backend.messages[channel]` all messages (simcord's), `discord.gateway.live(bot.token)` the
  connections, `discord.gateway.ask_to_reconnect(bot.token)` breaks them as Discord does.
- After the test: no call that simcord does not know, no message beyond Discord's limits.

PostgreSQL: the fixture `postgres` of tests/conftest.py; `DATABASE_URL=await postgres.create()`.
"""

from collections.abc import AsyncIterator

import pytest

from benchmarks.wire.world import LoopbackDiscord, running_discord
from tests.discord_limits import faults, message_payloads


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    """Run a Discord for the test; check afterwards what the bots asked of it."""
    async with running_discord() as world:
        yield world
        assert world.rest.unknown == [], "calls that simcord does not know"
        broken = [
            said for payload in message_payloads(world.backend.http_requests) for said in faults(payload)
        ]
        assert broken == [], "the bot sent messages that Discord would refuse"
