"""`/run`, `/session` and the history's commands in Discord, over the real engine and store.

The bot here carries only these cogs, so that they are shown to work by themselves.
"""

import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from discord import app_commands
from discord.ext import commands
from PIL import Image
from prometheus_client import CollectorRegistry

from bot import discord_io, errors, text
from bot.charts.studio import Charts
from bot.cogs.history import HistoryCog
from bot.cogs.runs import RunsCog
from bot.operations.watch import InteractionWatch
from bot.run_news import RunNews
from bot.run_notice import VARIABLES
from bot.stopping import Underway
from engine.content import load_content
from engine.manager import SessionManager
from engine.pictures.painter import Painter
from engine_client.embedded import EmbeddedEngineClient
from engine_client.models import Abandon, Choose, SessionId, Turn
from engine_client.telemetry.metrics import Metrics
from sessions.boards import BoardBook
from sessions.history.book import History
from sessions.history.chronicle import Chronicle
from sessions.history.files import FILE_NAME, HistoryFile, to_json
from sessions.history.models import AreaShare, VoyageRecord
from sessions.locks import SessionLocks
from sessions.runs.accountant import Accountant
from sessions.runs.book import RunBook
from sessions.runs.notices import NoticeBook
from sessions.runs.reports import RunReports
from storage.store import Store
from tests.discord_limits import faults, message_payloads


def now() -> float:
    """Time as simcord lets it pass."""
    return discord.utils.utcnow().timestamp()


class LedgerBot(commands.Bot):
    """A bot with the two cogs and nothing else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(commands.when_mentioned, intents=discord.Intents(guilds=True), help_command=None)
        self.folder = folder
        self.underway = Underway()
        self.watch = InteractionWatch(Metrics(CollectorRegistry()))
        self.tree.on_error = self._on_error

    async def setup_hook(self) -> None:
        self.store = store = await Store.open(self.folder / "store.sqlite3")
        manager = SessionManager(
            store, load_content(), clock=now, seeds=lambda: 5, folder=self.folder, accountant=Accountant()
        )
        self.engine = EmbeddedEngineClient(manager, Painter(), threads=1)
        self.boards = BoardBook(store.boards)
        book = RunBook(self.engine, store.runs, SessionLocks(), now, accounted=True)
        reports = RunReports(self.folder / "logs", store.runs)
        notices = NoticeBook(store.run_notices)
        news = RunNews(self, reports, notices, self.boards, now)
        self.history = History(store.history)
        file = HistoryFile(self.folder / "logs", self.history)
        chronicle = Chronicle(self.engine, store.runs, self.history)
        await self.add_cog(RunsCog(book, reports, notices, news))
        await self.add_cog(HistoryCog(self, self.history, chronicle, file, Charts(self.folder / "cache")))
        await self.tree.sync()

    async def close(self) -> None:
        for name in list(self.cogs):
            await self.remove_cog(name)
        await self.engine.close()
        await self.store.close()
        await super().close()

    async def _on_error(self, interaction: Any, error: app_commands.AppCommandError) -> None:
        await discord_io.tell(interaction, errors.sentence_for(error) or errors.report(error, interaction))


class Deck:
    """A server with a channel, a player, an officer, and the game."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.guild = env.create_guild("Ledger")
        self.channel = self.guild.create_text_channel("bridge")
        self.ada = self.guild.add_member(env.create_user("ada", global_name="Ada"))
        officer = self.guild.create_role("officer", permissions=discord.Permissions(manage_guild=True))
        self.officer = self.guild.add_member(env.create_user("olga"), roles=[officer])
        self.session = SessionId(str(self.channel.id))

    @property
    def bot(self) -> LedgerBot:
        return self.env.bot

    async def launch(self) -> Turn:
        """Begin a voyage, with a board, as /play does."""
        turn_id = f"launch-{now()}-{self.env}"[:60]
        turn = (await self.bot.engine.start(self.session, turn_id=turn_id, captain="Ada")).turn
        await self.bot.boards.placed(turn, self.guild.id, self.channel.id, 1)
        return turn

    async def act(self, action: Any) -> Turn:
        """Take a turn."""
        turn = await self.bot.engine.state(self.session)
        assert turn is not None
        turn_id = f"{self.session}-{turn.voyage}-{turn.n}"
        result = await self.bot.engine.act(
            self.session, action, turn_id=turn_id, expected=turn.ref, actor="Ada"
        )
        return result.turn

    async def leave(self) -> Turn:
        """Go on until the ship comes to another node."""
        turn = await self.bot.engine.state(self.session)
        assert turn is not None
        here = turn.place.node_id
        for _ in range(60):
            jump = next((c for c in turn.choices if c.id.startswith(("go", "n", "course"))), turn.choices[-1])
            turn = await self.act(Choose(jump.id))
            if turn.place.node_id != here or turn.end is not None:
                return turn
        raise AssertionError("the ship does not move")

    async def trade(self) -> str:
        """Go on until a run ends that brought or cost something; give the node where it was."""
        while True:
            before = await self.bot.engine.state(self.session)
            assert before is not None
            if before.end is not None:
                before = await self.launch()
            await self.leave()
            (run,) = await self.bot.store.runs.completed(self.session, before.voyage, 1)
            if round(run.value):
                return run.node

    def notices(self) -> list[discord.Message]:
        """List the notices in the channel."""
        return [m for m in self.channel.history() if m.content.startswith("🏁")]


def answer(result: Any) -> discord.Message:
    """Give the one message that an interaction was answered with."""
    said = [message for message in [result.response, *result.followups] if message]
    return said[-1]


@asynccontextmanager
async def deck(folder: Path) -> AsyncIterator[Deck]:
    """Run the bot; check at the end that Discord would take every message."""
    async with simcord.run(LedgerBot(folder), settle_timeout=60) as env:
        yield Deck(env)
        await env.bot.close()
        broken = [said for payload in message_payloads(env.http_requests) for said in faults(payload)]
        assert broken == []


async def test_a_run_is_announced_in_one_message_per_voyage(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        first = (await world.launch()).place.node
        await world.env.advance_time(300)
        second = (await world.leave()).place.node
        await world.env.advance_time(5)
        assert world.notices() == [], "a run that brought nothing is not worth a message"
        assert await world.bot.store.runs.untold() == []
        await world.env.advance_time(300)
        assert await world.trade() == second
        await world.env.advance_time(5)
        (notice,) = world.notices()
        lines = notice.content.splitlines()
        assert lines[0].startswith(f"🏁 {second} ▷ ")
        assert "◷ 5m" in lines[0]
        assert lines[1].endswith("🆚 Avg: 0💰/h")
        assert lines[2].startswith("Session: 2 ◉ ")
        await world.env.advance_time(100)
        third = await world.trade()
        await world.env.advance_time(5)
        (notice,) = world.notices()
        assert notice.content.startswith(f"🏁 {third} ")
        assert len(notice.content.splitlines()) == 3, "only the newest run, so that the board stays in view"
        assert "Session: 3 ◉ " in notice.content
        logged = (tmp_path / "logs" / "runs.jsonl").read_text().splitlines()
        assert [json.loads(line)["node"] for line in logged] == [first, second, third]


async def test_a_deleted_notice_is_posted_again_once(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        await world.launch()
        await world.trade()
        await world.env.advance_time(5)
        world.env.backend.delete_message(world.channel.id, world.notices()[0].id)
        await world.trade()
        await world.env.advance_time(5)
        await world.leave()
        await world.env.advance_time(5)
        assert len(world.notices()) == 1


async def test_a_notice_that_a_crash_left_unnoted_is_found_again(tmp_path: Path, monkeypatch: Any) -> None:
    """Discord forgets a nonce after some minutes; what was sent before stands in the channel."""

    async def dies(*_: Any) -> None:
        raise OSError("the process dies between the message and its mark")

    async with deck(tmp_path) as world:
        await world.launch()
        with monkeypatch.context() as patch:
            patch.setattr("sessions.runs.notices.NoticeBook.placed", dies)
            await world.trade()
            await world.env.advance_time(3)
        (sent,) = world.notices()
        assert len(await world.bot.store.runs.untold()) >= 1
        await world.env.advance_time(900)
        (notice,) = world.notices()
        assert notice.id == sent.id
        assert await world.bot.store.runs.untold() == []
        placed = await world.bot.store.run_notices.get(world.session)
        assert placed is not None
        assert placed.message_id == sent.id


async def test_run_commands_and_their_refusals(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        slash = world.ada.slash
        nothing = await slash(world.channel, "run finish")
        assert "No ship has left" in answer(nothing).content
        await world.launch()
        await world.env.advance_time(120)
        paused = answer(await slash(world.channel, "run pause"))
        assert paused.embeds[0].title == "Run paused"
        assert "2m00s" in paused.embeds[0].description
        await world.env.advance_time(600)
        assert answer(await slash(world.channel, "run pause")).embeds[0].title == "Run goes on"
        done = answer(await slash(world.channel, "run finish"))
        assert done.embeds[0].title == "Run counted"
        assert "2m0" in done.embeds[0].description
        assert not done.flags.ephemeral
        twice = answer(await slash(world.channel, "run finish"))
        assert "already counted" in twice.content
        assert twice.flags.ephemeral
        await world.env.advance_time(30)
        assert answer(await slash(world.channel, "run start")).embeds[0].title == "Run begun"
        again = answer(await slash(world.channel, "run start"))
        assert "was abandoned" in again.embeds[0].description
        assert answer(await slash(world.channel, "run abandon")).embeds[0].title == "Run abandoned"
        shown = answer(await slash(world.channel, "session")).embeds[0]
        assert shown.title == "Voyage 1, under way"
        assert "**1 run** counted, 2 abandoned" in shown.description


async def test_an_impatient_player_is_asked_to_wait(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        await world.launch()
        for _ in range(3):
            await world.ada.slash(world.channel, "run start")
        refused = answer(await world.ada.slash(world.channel, "run start"))
        assert "Try again in 5 s" in refused.content


async def test_a_server_writes_its_own_notice(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        await world.launch()
        denied = await world.ada.slash(world.channel, "run notice", mode="edit")
        assert "Manage Guild" in answer(denied).content or "manage" in answer(denied).content.lower()
        modal = await world.officer.slash(world.channel, "run notice", mode="edit")
        wrong = await world.officer.submit_modal(modal, {"template": "{map_nam} {0}"})
        assert "Did you mean `{map_name}`?" in answer(wrong).content
        modal = await world.officer.slash(world.channel, "run notice", mode="edit")
        await world.officer.submit_modal(
            modal, {"template": "🏁 done {map_name} @everyone\n{map_drop_1_name}"}
        )
        left = await world.trade()
        await world.env.advance_time(5)
        (notice,) = world.notices()
        assert notice.content.startswith(f"🏁 done {left} @everyone")
        assert not notice.mention_everyone
        await world.officer.slash(world.channel, "run notice", mode="off")
        await world.leave()
        await world.env.advance_time(5)
        assert world.notices()[0].content == notice.content
        await world.officer.slash(world.channel, "run notice", mode="default")
        await world.trade()
        await world.env.advance_time(5)
        assert "🆚 Avg:" in world.notices()[-1].content


async def test_a_closed_channel_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with deck(tmp_path) as world:
        await world.launch()
        await world.trade()
        world.env.backend.delete_channel(world.channel.id)
        with caplog.at_level(logging.WARNING):
            await world.env.advance_time(10)
        assert "channel closed" in caplog.text
        assert await world.bot.store.runs.untold() == []
        assert len((tmp_path / "logs" / "runs.jsonl").read_text().splitlines()) == 2


async def fill(world: Deck, count: int = 12) -> None:
    """Put voyages into the channel's history."""
    for n in range(count):
        start = 1_800_000_000.0 + 86_400 * n
        rate = 400.0 + 50 * n
        areas = (AreaShare("The Rim", rate, 60.0), AreaShare("Core *deep*", 10.0 * n, 30.0))
        await world.bot.history.save_session(
            VoyageRecord(
                session_id=f"2027-01-{15 + n:02}_08-00-00",
                channel=world.session,
                voyage=n + 1,
                start_time=start,
                end_time=start + 5400,
                duration_minutes=90.0,
                total_gold=rate + 10.0 * n,
                gold_per_hour=rate,
                kills=n,
                flee_events=n % 3,
                flees_by_area={"Core *deep*": float(n % 3)} if n % 3 else {},
                areas_farmed=areas,
                runs=5,
                run_minutes=90.0,
                ending="Lost @everyone",
                notes="=1+1" if n == 0 else "",
            )
        )


async def test_history_pages_with_arrows_that_survive_a_restart(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        empty = answer(await world.ada.slash(world.channel, "history"))
        assert "No voyage has ended" in empty.content
        await fill(world)
        page = answer(await world.ada.slash(world.channel, "history"))
        embed = page.embeds[0]
        assert embed.footer.text == "Page 1 of 3 · 12 voyages"
        assert embed.fields[0].name.startswith("2027-01-26_08-00-00")
        assert "Your best hour is in **The Rim**: 675💰/h" in embed.fields[-1].value
        assert "You flee most in **Core \\*deep\\***: 12 flees" in embed.fields[-1].value
        await world.bot.close()
        await world.env.restart_bot(LedgerBot(tmp_path))
        turned = await world.ada.click(page, custom_id=f"hist:on:{world.session}:1")
        assert answer(turned).embeds[0].footer.text == "Page 2 of 3 · 12 voyages"


async def test_trends_and_areas_are_charts_with_alt_text(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        nothing = answer(await world.ada.slash(world.channel, "trend"))
        assert "No voyage has ended" in nothing.content
        await fill(world)
        calls = [
            ("trend", {"metric": "gold_per_hour", "voyages": 5}, "Values: 750, 800, 850, 900, 950."),
            ("trend", {"metric": "kills"}, "Newest 11"),
            ("areas", {"view": "best"}, "1. The Rim 675 credits/h"),
            ("areas", {"view": "dangerous"}, "Core *deep* 12"),
        ]
        for name, options, figures in calls:
            message = answer(await world.ada.slash(world.channel, name, **options))
            (file,) = message.attachments
            assert not message.flags.ephemeral
            assert figures in file.description
            assert message.embeds[0].image.url
            assert Image.open(io.BytesIO(await file.read())).size == (800, 450)


async def test_a_chart_that_took_long_leaves_no_announcement_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(interaction: Any, work: Any, *, thinking: bool) -> Any:
        await discord_io.acknowledge(interaction, thinking=thinking)
        return await work

    monkeypatch.setattr(discord_io, "soon", slow)
    async with deck(tmp_path) as world:
        await fill(world)
        shown = await world.ada.slash(world.channel, "trend", metric="gold_per_hour")
        (chart,) = shown.followups
        assert chart.attachments
        assert not chart.flags.ephemeral
        gone = [r for r in world.env.http_requests if r.method == "DELETE" and r.path.endswith("@original")]
        assert len(gone) == 1


async def test_two_voyages_side_by_side_and_a_note(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        await fill(world)
        a, b = "2027-01-15_08-00-00", "2027-01-26_08-00-00"
        embed = answer(await world.ada.slash(world.channel, "compare", a=a, b=b)).embeds[0]
        rate = next(field for field in embed.fields if field.name == "Credits per hour")
        assert rate.value == "A 400 credits/h · 4 %\nB 950 credits/h · 96 %\nΔ **+550 ▲**"
        missing = answer(await world.ada.slash(world.channel, "compare", a=a, b="<@1>"))
        assert "no voyage" in missing.content
        await world.ada.slash(world.channel, "note", voyage=a, note="a *fine* day")
        one = answer(await world.ada.slash(world.channel, "history", voyage=a))
        assert "📝 a \\*fine\\* day" in one.embeds[0].description


async def test_the_history_leaves_and_comes_back_as_a_file(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        await fill(world, 3)
        csv = answer(await world.ada.slash(world.channel, "export", format="csv"))
        data = await csv.attachments[0].read()
        assert data.startswith(b"\xef\xbb\xbfsession_id,")
        assert b"'=1+1" in data
        assert csv.flags.ephemeral
        exported = answer(await world.ada.slash(world.channel, "export", format="json"))
        document = await exported.attachments[0].read()
        assert len(json.loads(document)) == 3
        other = world.guild.create_text_channel("other")
        said = await world.officer.slash(other, "import", file=("voyages.json", document))
        assert answer(said).content.startswith("3 voyages added, 0 known")
        broken = await world.officer.slash(other, "import", file=("voyages.json", b"[{"))
        assert "no JSON file" in answer(broken).content


async def test_a_voyage_that_ends_is_recorded_and_exported(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        await world.launch()
        await world.env.advance_time(60)
        await world.leave()
        await world.act(Abandon("restart"))
        await world.env.advance_time(10)
        (record,) = await world.bot.history.load_sessions(world.session)
        assert record.runs == 2
        written = json.loads((tmp_path / "logs" / FILE_NAME).read_text())
        assert [entry["session_id"] for entry in written] == [record.session_id]
        (line,) = (tmp_path / "logs" / "sessions.jsonl").read_text().splitlines()
        assert json.loads(line)["maps_completed"] == 2


async def test_a_fall_in_earnings_is_told_once(tmp_path: Path) -> None:
    async with deck(tmp_path) as world:
        for n in range(9):
            start = 1_800_000_000.0 + n
            rate = 100.0 if n < 6 else 20.0
            await world.bot.history.save_session(
                VoyageRecord(
                    session_id=f"v{n}", channel=world.session, voyage=n + 1, start_time=start,
                    end_time=start, duration_minutes=0.0, gold_per_hour=rate,
                )
            )  # fmt: skip
        await world.env.advance_time(12)
        told = [m for m in world.channel.history() if m.embeds and "fallen" in m.embeds[0].title]
        assert len(told) == 1
        assert "of what was usual" in told[0].embeds[0].description
        await world.env.advance_time(12)
        assert len([m for m in world.channel.history() if m.embeds]) == 1


async def test_a_broken_file_at_the_start_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / FILE_NAME).write_bytes(b"{broken")
    async with deck(tmp_path) as world:
        assert (tmp_path / "logs" / (FILE_NAME + ".bak")).read_bytes() == b"{broken"
        assert await world.bot.history.is_empty()


async def test_a_file_of_an_earlier_home_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    old = VoyageRecord(
        session_id="2026-01-01_00-00-00", channel="4711", start_time=1767225600.0,
        end_time=1767229200.0, duration_minutes=60.0,
    )  # fmt: skip
    (tmp_path / "logs" / FILE_NAME).write_bytes(to_json([old]))
    async with deck(tmp_path) as world:
        assert [r.session_id for r in await world.bot.history.load_sessions("4711")] == [old.session_id]


def test_every_variable_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
    documented = page.replace("_1_", "_N_")
    for name in VARIABLES:
        general = name.replace("_1_", "_N_").replace("_2_", "_N_").replace("_3_", "_N_")
        assert f"`{general}`" in documented, name
    assert text.RUN_NOTICE.splitlines()[0] in page


async def test_a_warning_that_cannot_be_sent_stops_no_other_and_is_told_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    send = discord_io.send
    broken = True

    async def cut_off(client: Any, channel_id: int, **content: Any) -> Any:
        if broken and channel_id == world.channel.id:
            raise OSError("the connection broke")
        return await send(client, channel_id, **content)

    monkeypatch.setattr(discord_io, "send", cut_off)
    async with deck(tmp_path) as world:
        other = world.guild.create_text_channel("other")
        for channel in (world.channel.id, other.id):
            for n in range(8):
                start = 1_800_000_000.0 + 86_400 * n
                await world.bot.history.save_session(
                    VoyageRecord(
                        session_id=f"2027-02-{n + 1:02}_08-00-00",
                        channel=str(channel),
                        voyage=n + 1,
                        start_time=start,
                        end_time=start + 5400,
                        duration_minutes=90.0,
                        total_gold=900.0 if n < 5 else 90.0,
                        gold_per_hour=600.0 if n < 5 else 60.0,
                    )
                )
        await world.env.advance_time(20)
        assert len(other.history()) == 1
        assert world.channel.history() == []
        assert caplog.text.count("warning not sent") == 1
        broken = False
        await world.env.advance_time(6)
        assert len(world.channel.history()) == 1
        assert len(other.history()) == 1
