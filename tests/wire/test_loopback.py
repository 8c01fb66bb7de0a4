"""The loopback Discord itself: what it answers to a client that is no bot of ours."""

import json
import zlib

import aiohttp
import pytest

from benchmarks.wire.gateway import BAD_SHARD, BAD_TOKEN, HELLO, IDENTIFY
from benchmarks.wire.world import TOKEN

AUTHORIZED = {"Authorization": f"Bot {TOKEN}.test"}
GUILDS = 1  # the intent


@pytest.fixture
async def client(discord):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{discord.port}") as session:
        yield session


class Wire:
    """A gateway connection that inflates what it receives."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()

    async def read(self) -> dict:
        """Give the next message."""
        return json.loads(self._inflate.decompress(await self.socket.receive_bytes()))

    async def identify(self, shard: int, count: int, token: str = TOKEN, intents: int = GUILDS) -> None:
        """Say who is there, after the hello."""
        assert (await self.read())["op"] == HELLO
        data = {"token": token, "shard": [shard, count], "intents": intents}
        await self.socket.send_json({"op": IDENTIFY, "d": data})


@pytest.fixture
async def connect(client):
    sockets = []

    async def one() -> Wire:
        sockets.append(await client.ws_connect("/gateway/?v=10&encoding=json&compress=zlib-stream"))
        return Wire(sockets[-1])

    yield one
    for socket in sockets:
        await socket.close()


async def test_a_stranger_is_refused(client):
    async with client.get("/api/v10/users/@me", headers={"Authorization": "Bot stranger"}) as answer:
        assert answer.status == 401


async def test_discords_errors_have_its_codes(client):
    async with client.get("/api/v10/channels/7", headers=AUTHORIZED) as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, 10003)


async def test_a_call_that_nobody_knows_is_noted(discord, client):
    async with client.get("/api/v10/no/such/thing", headers=AUTHORIZED) as answer:
        assert answer.status == 501
    assert len(discord.rest.unknown) == 1
    discord.rest.unknown.clear()


async def test_a_file_arrives_with_its_alt_text(discord, client):
    channel = discord.add_channel(discord.add_guild())
    form = aiohttp.FormData(quote_fields=False)
    payload = {"content": "Look", "attachments": [{"id": 0, "filename": "a.png", "description": "A ship"}]}
    form.add_field("payload_json", json.dumps(payload))
    form.add_field("files[0]", b"picture", filename="a.png", content_type="application/octet-stream")
    async with client.post(f"/api/v10/channels/{channel}/messages", data=form, headers=AUTHORIZED) as answer:
        (attachment,) = (await answer.json())["attachments"]
    assert (attachment["filename"], attachment["description"]) == ("a.png", "A ship")
    assert discord.backend.cdn.get(attachment["url"]) == b"picture"


async def test_a_lost_call_is_not_done(discord, client):
    channel = discord.add_channel(discord.add_guild())

    async def lose(method: str, _path: str) -> bool:
        return method != "POST"

    discord.rest.gate = lose
    with pytest.raises(aiohttp.ClientError):
        await client.post(f"/api/v10/channels/{channel}/messages", json={"content": "a"}, headers=AUTHORIZED)
    assert discord.backend.messages[channel] == {}


@pytest.mark.parametrize(
    ("shard", "count", "token", "code"), [(0, 1, "stranger", BAD_TOKEN), (2, 2, TOKEN, BAD_SHARD)]
)
async def test_who_may_not_connect(connect, shard, count, token, code):
    wire = await connect()
    await wire.identify(shard, count, token)
    await wire.socket.receive()
    assert wire.socket.close_code == code


async def test_each_shard_is_sent_its_own_servers_events(discord, connect):
    guilds = [discord.add_guild(shard=shard, shards=2) for shard in (0, 1)]
    wires = [await connect(), await connect()]
    for shard, wire in enumerate(wires):
        await wire.identify(shard, 2)
        assert (await wire.read())["d"]["guilds"] == [{"id": str(guilds[shard]), "unavailable": True}]
        assert (await wire.read())["t"] == "GUILD_CREATE"
    for shard in (1, 0):
        discord.add_channel(guilds[shard], f"of-{shard}")
    for shard, wire in enumerate(wires):
        event = await wire.read()
        assert (event["t"], event["d"]["name"]) == ("CHANNEL_CREATE", f"of-{shard}")


async def test_two_connections_of_a_shard_are_sent_the_same(discord, connect):
    guild = discord.add_guild()
    wires = [await connect(), await connect()]
    for wire in wires:
        await wire.identify(0, 1)
        assert [(await wire.read())["t"] for _ in range(2)] == ["READY", "GUILD_CREATE"]
    discord.add_channel(guild, "both")
    for wire in wires:
        assert (await wire.read())["d"]["name"] == "both"


async def test_nothing_is_sent_that_the_intents_do_not_ask_for(discord, connect):
    guild = discord.add_guild()
    channel = discord.add_channel(guild)
    wire = await connect()
    await wire.identify(0, 1)
    assert [(await wire.read())["t"] for _ in range(2)] == ["READY", "GUILD_CREATE"]
    discord.backend.create_message(channel, discord.add_player(guild).id, "secret")
    discord.add_channel(guild, "after")
    assert (await wire.read())["d"]["name"] == "after"


async def test_waiting_for_what_does_not_come_says_what(discord):
    with pytest.raises(TimeoutError, match="a miracle: not within"):
        await discord.until(lambda: False, "a miracle", seconds=0.01)
