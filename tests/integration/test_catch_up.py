"""What follows from the journal, with real store, files, pictures and engine: complete after any crash."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.services import Services
from engine.pictures.painter import Painter
from engine_client.models import Abandon, Turn, TurnRef
from sessions.projections.projector import GRACE_SECONDS
from sessions.projections.sweeps import SWEEPS
from tests.catching_up import SESSIONS, House, build, house
from tests.engine_process import ROOT, running
from tests.harness import sea

ID = SESSIONS[0]
NAMES = ("frames", "boards", *SWEEPS)


class Crash(BaseException):
    """The process dies here: nothing may catch it."""


class Fuse:
    """Lets everything die at the n-th step, and lets nothing be done after that."""

    def __init__(self) -> None:
        self.passed = 0
        self.deadly = 0

    def step(self) -> None:
        self.passed += 1
        if self.deadly and self.passed >= self.deadly:
            raise Crash

    def through(self, owner: type, name: str, patch: pytest.MonkeyPatch) -> None:
        """Have a method of a class be a step before and after its work."""
        real: Callable[..., Any] = getattr(owner, name)

        async def fused(*args: Any, **named: Any) -> Any:
            self.step()
            given = await real(*args, **named)
            self.step()
            return given

        patch.setattr(owner, name, fused)


@pytest.fixture(scope="module")
def painter() -> Painter:
    """One painter for all processes: what it remembers makes the tests quicker."""
    return Painter()


@pytest.fixture
def fuse(monkeypatch: pytest.MonkeyPatch) -> Fuse:
    """A fuse in every await between a turn's commit and its cursors."""
    from engine_client.embedded import EmbeddedEngineClient
    from sessions.frames import FrameRegistry
    from sessions.history.files import HistoryFile
    from storage.boards import BoardStore
    from storage.cursors import CursorStore
    from storage.following import FollowStore
    from storage.frames import FrameStore
    from storage.history import HistoryStore
    from storage.runs import RunStore

    fuse = Fuse()
    for owner, names in (
        (EmbeddedEngineClient, ("frame", "turns", "start", "act")),
        (FrameRegistry, ("_keep", "whole")),
        (FrameStore, ("add",)),
        (BoardStore, ("put",)),
        (CursorStore, ("advance_many",)),
        (FollowStore, ("positions", "lagging")),
        (RunStore, ("mark_logged", "mark_told", "mark_account_logged")),
        (HistoryStore, ("save",)),
        (HistoryFile, ("write",)),
    ):
        for name in names:
            fuse.through(owner, name, monkeypatch)
    return fuse


async def live(built: House) -> None:
    """A short life: a voyage that is restarted, another one, rounds and sweeps between."""
    turn = await built.launch(ID, "launch")
    turn = await built.choose(turn)
    await built.services.play.settle()
    await built.services.projector.run_once()
    turn = await built.restart(turn)
    await built.sweep()
    await built.choose(turn)
    await built.services.play.settle()
    await built.settle()


async def check(services: Services, folder: Path) -> None:
    """Frames, run log, history, boards and cursors equal the journal."""
    store = services.store
    logged = [json.loads(line) for line in lines_of(folder / "logs" / "runs.jsonl")]
    assert len({run["key"] for run in logged}) == len(logged)
    expected_runs, voyages = set(), []
    for summary in await services.engine.list_sessions():
        session_id = summary.session_id
        journal = await all_turns(services, session_id)
        newest = journal[-1]
        frames = await store.frames.list(session_id, newest.voyage)
        if newest.end is None:
            assert [frame.n for frame in frames] == [t.n for t in journal if t.voyage == newest.voyage]
            for frame in frames:
                assert (folder / "sessions" / session_id / frame.file).is_file()
        images = folder / "sessions" / session_id / "images"
        kept = {Path(frame.file).name for frame in frames}
        assert {p.name for p in images.glob(f"{newest.voyage:05d}-*")} == kept
        for voyage in range(1, newest.voyage + 1):
            runs = await store.runs.runs(session_id, voyage)
            expected_runs |= {(session_id, run.voyage, run.n, run.part) for run in runs}
        voyages += [(session_id, turn.voyage) for turn in journal if turn.end is not None]
        for name in NAMES:
            assert await store.cursors.get(name, session_id) == (newest.voyage, newest.n), name
        board = await store.boards.get(session_id)
        assert board is None or board.dirty or (board.voyage, board.n) == (newest.voyage, newest.n)
    assert {(r["session_id"], r["voyage"], r["turn"], r["part"]) for r in logged} == expected_runs
    assert await store.runs.untold() == []
    recorded = json.loads((folder / "logs" / "farming_sessions.json").read_bytes())
    assert sorted((r["channel"], r["voyage"]) for r in recorded) == sorted(voyages)


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


async def all_turns(services: Services, session_id: Any) -> list[Turn]:
    found: list[Turn] = []
    while page := await services.engine.turns(session_id, after=found[-1].ref if found else TurnRef(0, 0)):
        found += page
    return found


async def drop(built: House) -> None:
    """Let a process be gone: nothing of it is flushed."""
    services = built.services
    for task in [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]:
        if "keep frame" in task.get_name() or "follow end" in task.get_name():
            task.cancel()
    with contextlib.suppress(Crash, Exception):
        await services.play.settle()
    await services.tapes.stop()
    await services.leave_engine()
    await services.store.close()


async def test_an_undisturbed_life_leaves_everything_in_order(tmp_path, painter, fuse):
    async with house(tmp_path, 1000.0, painter) as built:
        await live(built)
        await check(built.services, tmp_path)
    assert fuse.passed > 60


@pytest.mark.slow
async def test_a_crash_at_any_step_after_a_commit_is_made_good(tmp_path, painter, fuse):
    async with house(tmp_path / "counted", 1000.0, painter) as built:
        await live(built)
    steps = fuse.passed
    for deadly in range(1, steps, 1 if os.environ.get("EVERY_STEP") else 5):
        folder = tmp_path / str(deadly)
        fuse.passed, fuse.deadly = 0, deadly
        built = await build(folder, 1000.0, painter)
        with contextlib.suppress(Crash):
            await live(built)
        await drop(built)
        fuse.deadly = 0
        async with house(folder, 5000.0, painter) as again:
            await again.settle()
            if await again.services.engine.list_sessions():
                await check(again.services, folder)


@pytest.mark.slow
async def test_a_killed_process_leaves_nothing_undone(tmp_path, painter):
    """Three kills at different moments of one life, on the same files."""
    for round_number, turns in enumerate((3, 20, 45)):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.catching_up", str(tmp_path)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        last: dict[str, tuple[int, int]] = {}
        for _ in range(turns):
            _, session_id, voyage, n = (await child.stdout.readline()).split()
            last[session_id.decode()] = (int(voyage), int(n))
        child.send_signal(signal.SIGKILL)
        await child.wait()
        async with house(tmp_path, 3e9 + round_number * 1e6, painter) as built:
            for session_id, acknowledged in last.items():
                newest = (await all_turns(built.services, session_id))[-1]
                assert (newest.voyage, newest.n) >= acknowledged
            await built.settle()
            await check(built.services, tmp_path)


async def test_a_frame_that_is_lost_or_damaged_before_its_cursor_is_drawn_again(tmp_path, painter):
    built = await build(tmp_path, 1000.0, painter)
    turn = await built.launch(ID, "launch")
    for _ in range(3):
        turn = await built.choose(turn)
    await built.services.play.settle()
    frames = await built.services.store.frames.list(ID, 1)
    paths = [tmp_path / "sessions" / ID / frame.file for frame in frames]
    whole = [path.read_bytes() for path in paths]
    await drop(built)
    paths[1].unlink()
    paths[2].write_bytes(whole[2][:100])
    async with house(tmp_path, 5000.0, painter) as again:
        await again.settle()
        await check(again.services, tmp_path)
        assert [path.read_bytes() for path in paths] == whole


async def test_a_full_disk_leaves_the_frames_cursor_behind_until_there_is_room(
    tmp_path, painter, monkeypatch
):
    from sessions.frames import FrameRegistry

    async def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    async with house(tmp_path, 1000.0, painter) as built:
        turn = await built.launch(ID, "launch")
        await built.services.play.settle()
        with monkeypatch.context() as patch:
            patch.setattr(FrameRegistry, "_keep", full)
            turn = await built.choose(turn)
            await built.services.play.settle()
            await built.settle()
        turn = await built.choose(turn)
        await built.services.play.settle()
        await built.services.projector.flush()
        assert await built.services.store.cursors.get("frames", ID) == (1, 1)
        assert built.services.projector.behind()["frames"] == 1
        for _ in range(3):
            await built.settle()
        await check(built.services, tmp_path)


async def test_a_voyage_that_is_over_gets_no_new_frames(tmp_path, painter):
    built = await build(tmp_path, 1000.0, painter)
    turn = await built.launch(ID, "launch")
    turn = await built.choose(turn)
    await built.services.play.settle()
    engine = built.services.engine
    await engine.act(ID, Abandon("idle"), turn_id="over", expected=turn.ref, actor="")
    await drop(built)
    async with house(tmp_path, 5000.0, painter) as again:
        (outcome,) = await again.services.tapes.drain()
        assert outcome.tape is not None
        await again.settle()
        assert await again.services.store.frames.list(ID, 1) == []
        assert list((tmp_path / "sessions" / ID / "images").iterdir()) == []
        await check(again.services, tmp_path)


async def test_what_a_dead_process_of_a_fleet_left_is_done_by_the_one_whose_it_becomes(
    tmp_path, painter, postgres
):
    location, ours = await postgres.create(), set()

    async def mine(session_id: str) -> bool:
        return session_id in ours

    first = await build(tmp_path / "first", 3e9, painter, database_url=location)
    second = await build(tmp_path / "second", 3e9, painter, mine, database_url=location)
    try:
        turn = await first.launch(ID, "launch")
        turn = await first.choose(turn)
        turn = await first.restart(turn)
        await first.choose(turn)
        await drop(first)
        await second.settle()
        for name in NAMES:
            assert await second.services.store.cursors.get(name, ID) == (0, 0), name
        ours.add(ID)
        second.services.projector.look_again()
        await second.settle()
        await check(second.services, tmp_path / "second")
        assert await second.services.store.jobs.count_open("tape") == 1
    finally:
        await second.services.close()


class Elsewhere:
    """The settings of a bot whose engine is in another process."""

    def __init__(self, url: str) -> None:
        self.changes = {"engine_url": url, "engine_token": "correct-horse"}


@pytest.mark.parametrize("dies_in", ["the run's account", "the promise of the tape", "both"])
async def test_an_engine_elsewhere_whose_bot_dies_after_an_acknowledgement(tmp_path, dies_in, monkeypatch):
    from sessions.runs.book import RunBook
    from storage.jobs import JobStore

    async def dies(*_: Any) -> None:
        raise Crash

    (tmp_path / "engine").mkdir()
    async with running(tmp_path / "engine", ENGINE_TOKEN="correct-horse") as server:
        changes = Elsewhere(server.url).changes
        folder = tmp_path / "bot"
        built = await build(folder, 3e9, **changes)
        turn = await built.launch(ID, "launch")
        turn = await built.choose(turn)
        await built.services.play.settle()
        await built.services.projector.run_once()
        with monkeypatch.context() as patch:
            if dies_in != "the promise of the tape":
                patch.setattr(RunBook, "observe", dies)
            if dies_in != "the run's account":
                patch.setattr(JobStore, "add", dies)
            with pytest.raises(Crash):
                await built.services.play.restart(ID, turn_id="again", expected=turn.ref, captain="Ada")
        await drop(built)
        async with house(folder, 3.1e9, **changes) as again:
            store = again.services.store
            await again.settle()
            (newest,) = [turn for turn in await all_turns(again.services, ID) if turn.end is not None]
            assert newest.end is not None
            for name in (*NAMES, "runs", "tape_promises"):
                assert await store.cursors.get(name, ID) == (newest.voyage, newest.n), name
            assert await store.jobs.count_open("tape") == 1
            (account,) = await store.runs.ended()
            assert account.voyage == 1
            assert {run.state for run in await store.runs.runs(ID, 1)} == {"completed"}
            (record,) = await again.history.load_sessions(ID)
            assert record.voyage == 1


async def test_a_board_whose_edit_broke_shows_the_newest_turn_soon(tmp_path, monkeypatch):
    """A fault that nobody foresaw between the commit and the board: the projector marks it as behind."""
    async with sea(tmp_path) as world:
        await world.play()
        with monkeypatch.context() as patch:
            patch.setattr("bot.presenter.board_embed", lambda *_, **__: 1 / 0)
            await world.choose()
        assert "Turn 1" in (await world.board()).embeds[0].footer.text
        await world.env.advance_time(GRACE_SECONDS + 20)
        assert "Turn 2" in (await world.board()).embeds[0].footer.text


async def test_a_board_that_a_crash_left_unnoted_is_adopted_by_the_next_click(tmp_path, monkeypatch):
    async def dies(*_: Any) -> None:
        raise OSError("the process dies between the message and its row")

    async with sea(tmp_path) as world:
        with monkeypatch.context() as patch:
            patch.setattr("sessions.boards.BoardBook.placed", dies)
            await world.play()
        board, session_id = await world.board(), str(world.channel.id)
        assert (await world.bot.services.boards.of(session_id)) is None
        await world.choose()
        row = await world.bot.services.boards.of(session_id)
        assert row is not None
        assert (row.message_id, row.voyage, row.n) == (board.id, 1, 2)
        await world.bot.services.boards.behind(session_id)
        await world.env.advance_time(10)
        assert await world.bot.services.boards.all_behind() == []


async def test_after_a_clean_stop_the_live_path_is_not_repeated_and_sweeps_go_on(tmp_path):
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        await world.env.advance_time(10)
        await world.choose()
        await world.restart_bot()
        store, session_id = world.bot.services.store, str(world.channel.id)
        for name in ("frames", "boards"):
            assert await store.cursors.get(name, session_id) == (1, 3), name
        await world.env.advance_time(10)
        for name in NAMES:
            assert await store.cursors.get(name, session_id) == (1, 3), name
