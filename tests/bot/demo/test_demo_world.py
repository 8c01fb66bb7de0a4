"""What keeps the demo live: time, actions that do not wait for an idle bot, one action at a time, closing."""

import asyncio
import logging
import sys
from typing import Any

import aiohttp
import discord
import pytest

from bot.demo.server import DemoWorld, demo_world
from bot.demo.world import BOT_PERMISSIONS, find_place, list_places
from bot.discord_io import REQUIRED_PERMISSIONS
from tests.bot.demo.small_bot import SmallBot, picture


async def run(demo: DemoWorld, person: str, command: str, channel: str = "bridge") -> Any:
    """Use a slash command as a person, in turn with what open pages do."""
    async with demo.preview.turnstile:
        return await demo.world.people[person].slash(demo.world.channels[channel], command)


class Client:
    """A page without a browser: it opens, reads its state and clicks, as the page's scripts do."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self.root, _, self.capability = address.partition("#")
        self.state: dict[str, Any] = {}
        self._sequence = 0

    def _headers(self) -> dict[str, str]:
        context = self.state.get("context", {}).get("id")
        return {"X-Simcord-Capability": self.capability} | ({"X-Simcord-Context": context} if context else {})

    async def open(self) -> None:
        """Open the page at the address."""
        async with self._session.post(f"{self.root}api/pages", json={}, headers=self._headers()) as answer:
            assert answer.status == 200
            self.state = await answer.json()

    async def read(self) -> dict[str, Any]:
        """Read what is published now."""
        async with self._session.get(f"{self.root}api/state", headers=self._headers()) as answer:
            self.state = await answer.json()
        return self.state

    async def fetch(self, asset: str) -> bytes | None:
        """Fetch a picture as the page does, None when it is not given."""
        async with self._session.get(f"{self.root}api/assets/{asset}", headers=self._headers()) as answer:
            return await answer.read() if answer.status == 200 else None

    async def until(self, wanted: str) -> None:
        """Read until a text is on the page."""
        async with asyncio.timeout(10):
            while wanted not in str((await self.read())["messages"]):
                pass

    async def click(self, label: str) -> dict[str, Any]:
        """Click the newest button with a label as the page shows it, however old that is."""
        self._sequence += 1
        found = [item for item in _components(self.state) if item.get("label") == label]
        body = {
            "protocol_version": 3,
            "sequence": self._sequence,
            "request_id": f"r{self._sequence}",
            "generation": self.state["context"]["generation"],
            "bot_generation": self.state["botGeneration"],
            "published_revision": self.state["publishedRevision"],
            "kind": "click",
            "control_key": found[-1]["control_key"],
            "target_id": found[-1]["control_key"].split(":")[1],
        }
        async with self._session.post(f"{self.root}api/action", json=body, headers=self._headers()) as answer:
            return await answer.json()


def _components(state: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [row for message in state["messages"].values() for row in message["components"]]
    return [item for row in rows for item in row["components"]]


async def client(session: aiohttp.ClientSession, demo: DemoWorld, channel: str, person: str) -> Client:
    page = Client(session, demo.address_of(channel, person))
    await page.open()
    return page


async def test_timers_run_by_themselves(demo: DemoWorld, small_bot: SmallBot) -> None:
    for _ in range(3):
        small_bot.beat_seen.clear()
        async with asyncio.timeout(10):
            await small_bot.beat_seen.wait()


async def test_the_bots_clock_is_the_wall_clock(demo: DemoWorld) -> None:
    apart = abs((demo.env.now() - discord.utils.utcnow()).total_seconds())
    assert apart < 1


async def test_long_work_keeps_no_action_waiting(demo: DemoWorld, small_bot: SmallBot) -> None:
    slow = await run(demo, "ada", "slow")
    assert slow.deferred, "the answer is there while the work goes on"
    quick = await run(demo, "grace", "count")
    assert "alone" in quick.response.content
    small_bot.gate.set()
    async with aiohttp.ClientSession() as session:
        page = await client(session, demo, "bridge", "ada")
        await page.until("At last.")


class Listening(logging.Handler):
    """Keeps the errors that are logged, and tells of the first."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard = asyncio.Event()
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error."""
        self.errors.append(str(record.exc_info[1] if record.exc_info else record.getMessage()))
        self.heard.set()


async def test_an_uncaught_error_is_logged_and_the_demo_goes_on(demo: DemoWorld) -> None:
    listening = Listening()
    logging.getLogger("bot.demo").addHandler(listening)
    try:
        result = await run(demo, "ada", "break")
        async with asyncio.timeout(10):
            await listening.heard.wait()
    finally:
        logging.getLogger("bot.demo").removeHandler(listening)
    assert listening.errors == ["a task of the bot broke"]
    assert result.response.content == "Broken."
    assert (await run(demo, "ada", "play")).response.embeds[0].title == "Turn 1"


async def test_pages_follow_what_others_do(demo: DemoWorld) -> None:
    async with aiohttp.ClientSession() as session:
        ada, grace = [await client(session, demo, "bridge", person) for person in ("ada", "grace")]
        await run(demo, "ada", "play")
        await ada.until("Turn 1")
        await ada.click("Go left")
        await grace.until("ada went 1:left")


async def test_two_actions_at_once_are_queued(demo: DemoWorld, small_bot: SmallBot) -> None:
    await run(demo, "ada", "play")
    async with aiohttp.ClientSession() as session:
        pages = [await client(session, demo, "bridge", person) for person in ("ada", "grace")]
        receipts = await asyncio.gather(*(page.click("Go left") for page in pages))
    assert [receipt["rejected"] for receipt in receipts] == [False, False]
    assert sorted(small_bot.clicks) == [("ada", "1:left"), ("grace", "1:left")]
    assert small_bot.turn == 2, "only the first of them moved the game"


async def test_a_click_on_an_old_board_reaches_the_bot_as_it_was_meant(
    demo: DemoWorld, small_bot: SmallBot
) -> None:
    await run(demo, "ada", "play")
    async with aiohttp.ClientSession() as session:
        ada, grace = [await client(session, demo, "bridge", person) for person in ("ada", "grace")]
        await ada.click("Go left")
        receipt = await grace.click("Go right")
        assert small_bot.clicks[-1] == ("grace", "1:right")
        assert receipt["settlement"] == "settled"
        await grace.until("That board is old.")
        assert "That board is old." not in str((await ada.read())["messages"]), "it is for Grace alone"


async def test_a_click_after_other_messages_needs_no_fresh_page(demo: DemoWorld, small_bot: SmallBot) -> None:
    await run(demo, "ada", "play")
    async with aiohttp.ClientSession() as session:
        ada = await client(session, demo, "bridge", "ada")
        other = await client(session, demo, "bridge", "grace")
        await run(demo, "grace", "count")
        await other.until("alone")
        await ada.click("Go right")
    assert small_bot.turn == 2


async def test_a_picture_can_be_fetched_after_the_board_has_gone_on(demo: DemoWorld) -> None:
    """A page reads the state first and the picture a moment later: another's click must not come between."""
    await run(demo, "ada", "play")
    async with aiohttp.ClientSession() as session:
        ada, grace = [await client(session, demo, "bridge", person) for person in ("ada", "grace")]
        shown = {name for name, item in ada.state["assets"].items() if item["filename"] == "frame.webp"}
        await grace.click("Go left")
        await grace.until("grace went 1:left")
        (name,) = shown
        assert await ada.fetch(name) == picture(1).getvalue()
        assert await grace.fetch(name) is None, "what one page was shown is not given to another"


async def test_a_page_needs_this_runs_capability(demo: DemoWorld) -> None:
    async with aiohttp.ClientSession() as session:
        root = demo.address.partition("#")[0]
        for header in ({}, {"X-Simcord-Capability": "guess.bridge.ada"}):
            assert (await session.get(f"{root}demo.json", headers=header)).status == 401
            assert (await session.post(f"{root}api/pages", json={}, headers=header)).status == 401


async def test_the_bot_has_exactly_the_permissions_it_asks_for(demo: DemoWorld, small_bot: SmallBot) -> None:
    guild = small_bot.guilds[0]
    role = next(role for role in guild.me.roles if not role.is_default())
    assert guild.name == "Dead Reckoning demo"
    assert role.permissions == BOT_PERMISSIONS
    assert all(getattr(BOT_PERMISSIONS, name) for name in REQUIRED_PERMISSIONS)


async def test_ada_may_manage_and_grace_may_play(demo: DemoWorld, small_bot: SmallBot) -> None:
    guild = small_bot.guilds[0]
    allowed = {}
    for key, person in demo.world.people.items():
        member = await guild.fetch_member(person.id)
        assert not member.guild_permissions.administrator
        allowed[key] = (member.guild_permissions.manage_channels, member.guild_permissions.send_messages)
    assert allowed == {"ada": (True, True), "grace": (False, True)}


async def test_a_taken_port_is_said_in_a_sentence(demo: DemoWorld) -> None:
    port = int(demo.address.split(":")[2].split("/")[0])
    code = (
        "import asyncio, sys\n"
        "from bot.demo import DemoError\n"
        "from bot.demo.server import serve\n"
        "from tests.bot.demo.small_bot import SmallBot\n"
        "try:\n"
        f"    asyncio.run(serve(SmallBot, port={port}, open_browser=False))\n"
        "except DemoError as error:\n"
        "    print(error)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.decode().strip() == f"Port {port} is taken: does another demo run? Choose one with --port."


async def test_serving_ends_at_a_signal_and_closes_the_bot() -> None:
    code = (
        "import asyncio, os, signal\n"
        "from bot.demo.server import serve\n"
        "from tests.bot.demo.small_bot import SmallBot\n"
        "bots = []\n"
        "def build():\n"
        "    bots.append(SmallBot())\n"
        "    return bots[0]\n"
        "def ready(address):\n"
        "    print(address.partition('#')[0])\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "asyncio.run(serve(build, port=0, open_browser=False, on_ready=ready))\n"
        "print('closed' if bots[0].was_closed else 'left open')\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    address, ending = said.decode().split()
    assert address.startswith("http://127.0.0.1:")
    assert ending == "closed"
    assert process.returncode == 0


async def test_small_print_shows_in_an_embed_as_in_discord(demo: DemoWorld, small_bot: SmallBot) -> None:
    channel = small_bot.get_partial_messageable(demo.world.channels["bridge"].id)
    await channel.send(embed=discord.Embed(description="-# Ada: Jump\nThe story."))
    async with aiohttp.ClientSession() as session:
        page = await client(session, demo, "bridge", "ada")
    (message,) = page.state["messages"].values()
    kinds = [block["type"] for block in message["embeds"][0]["description_tokens"][0]["children"]]
    assert kinds == ["subtext", "inline"]


async def test_places_are_channels_people_and_direct_messages(demo: DemoWorld) -> None:
    env, world = demo.env, demo.world
    assert find_place(env, world, "lounge.grace").channel.id == world.channels["lounge"].id
    assert find_place(env, world, "").key == find_place(env, world, "nowhere.nobody").key == "bridge.ada"
    direct = find_place(env, world, "direct.grace")
    assert direct.channel.id == world.people["grace"].user.dm_channel.id
    listed = list_places(env, world, "lounge.grace")
    assert (listed["channel"], listed["person"]) == ("lounge", "grace")


async def test_a_new_thread_is_a_place(demo: DemoWorld, small_bot: SmallBot) -> None:
    message = await small_bot.get_channel(demo.world.channels["bridge"].id).send("Here.")  # type: ignore[union-attr]
    thread = await message.create_thread(name="Side quest")
    place = find_place(demo.env, demo.world, f"{thread.id}.ada")
    assert place.channel.id == thread.id
    rooms = list_places(demo.env, demo.world, "bridge.ada")["channels"]
    assert {"key": str(thread.id), "id": str(thread.id), "name": "Side quest", "kind": "thread"} in rooms  # type: ignore[operator]


async def test_uploads_that_nobody_sees_are_forgotten(demo: DemoWorld) -> None:
    await run(demo, "ada", "play")
    async with aiohttp.ClientSession() as session:
        ada = await client(session, demo, "bridge", "ada")
        await ada.click("Go left")
    assert demo.env.forget_media() == 0, "an upload may be on its way to a message"
    assert demo.env.forget_media() == 1
    assert demo.env.forget_media() == 0


async def test_the_request_log_does_not_grow_for_ever(demo: DemoWorld) -> None:
    for number in range(300):
        demo.env.backend.emit("TYPING_START", {"number": number})
        demo.env.backend.emit("TYPING_START", {"number": number})
        demo.env.changed()
    assert len(demo.env.backend.transcript) <= 400
    assert not demo.env.changed()
    demo.env.backend.emit("TYPING_START", {})
    assert demo.env.changed()


async def test_a_second_run_has_the_same_channels_and_closes_its_bot() -> None:
    seen = []
    for _ in range(2):
        bot = SmallBot()
        async with demo_world(bot) as demo:
            seen.append([channel.id for channel in demo.world.channels.values()])
        assert bot.was_closed
    assert seen[0] == seen[1]


async def test_a_bot_that_cannot_start_is_closed() -> None:
    class Broken(SmallBot):
        async def setup_hook(self) -> None:
            raise OSError("the disk is full")

    bot = Broken()
    with pytest.raises(OSError, match="the disk is full"):
        async with demo_world(bot):
            pass
    assert bot.was_closed
