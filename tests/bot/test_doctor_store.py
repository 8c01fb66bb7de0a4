"""What the doctor says of the database: schema, clock, jobs, leases; and of the disk and the open port."""

import sqlite3
import time
from pathlib import Path

import pytest

from bot import doctor
from bot.doctor import examine
from bot.doctor_store import MOST_APART, compare_clocks
from bot.findings import Finding
from storage.migrations import HEAD
from storage.store import FILE_NAME, Store
from tests.harness import sea, settings_in


async def findings(folder: Path, subject: str, **settings: object) -> list[Finding]:
    found = await examine(settings_in(folder, **settings))
    return [finding for finding in found if finding.subject == subject]


async def test_it_looks_beside_a_running_bot(tmp_path):
    async with sea(tmp_path) as s:
        await s.play()
        (database,) = await findings(tmp_path, "database")
    assert not database.bad
    assert database.sentence == f"1 sessions, 1 with a voyage under way; schema {HEAD}."


async def test_it_says_who_holds_what(tmp_path):
    store = await Store.open(tmp_path / FILE_NAME)
    now = time.time()
    held = await store.leases.acquire("shard:0/1", "host-1-ab", 3600.0, now)
    assert held is not None
    await store.leases.acquire("tracker", "host-2-cd", 1.0, now - 60.0)
    given_back = await store.leases.acquire("cleanup", "host-3-ef", 3600.0, now)
    assert given_back is not None
    await store.leases.release(given_back)
    await store.close()
    (lease,) = await findings(tmp_path, "lease")
    assert not lease.bad
    assert lease.sentence.startswith("shard:0/1 is held by host-1-ab for 3")


async def test_a_parked_job_is_told_with_its_error(tmp_path, postgres):
    url = await postgres.create()
    store = await Store.open(url)
    now = time.time()
    await store.jobs.add("tape", "1001", 3, now)
    await store.jobs.add("tape", "1001", 4, now)
    for attempt in range(5):
        claimed = await store.jobs.claim("tape", "me", 60.0, now + 1000.0 * attempt)
        assert claimed is not None
        assert claimed.voyage == 3
        await store.jobs.fail(claimed, "the disk is full", now - 10_000.0)
    await store.close()
    (parked,) = await findings(tmp_path, "parked job", database_url=url)
    (waiting,) = await findings(tmp_path, "jobs", database_url=url)
    (clock,) = await findings(tmp_path, "clock", database_url=url)
    assert parked.bad
    assert parked.sentence == "tape of session 1001, voyage 3, failed too often: the disk is full"
    assert waiting.sentence == "1 wait or are being worked on."
    assert not clock.bad, "the server of the tests runs on this machine"


@pytest.mark.parametrize(
    ("revision", "bad", "said"),
    [("0001", False, "the next start brings it to"), ("9999", True, "of a newer release")],
)
async def test_a_schema_of_another_release_is_named(tmp_path, revision, bad, said):
    await (await Store.open(tmp_path / FILE_NAME)).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as file:
        file.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    file.close()
    (database,) = await findings(tmp_path, "database")
    assert (database.bad, said in database.sentence) == (bad, True), database.sentence


async def test_a_file_without_tables_is_no_fault(tmp_path):
    sqlite3.connect(tmp_path / FILE_NAME).close()
    (database,) = await findings(tmp_path, "database")
    assert (database.bad, "no tables yet" in database.sentence) == (False, True)


@pytest.mark.parametrize(("apart", "bad"), [(0.0, False), (-1.9, False), (2.5, True), (-90.0, True)])
def test_clocks_that_do_not_agree_are_named(apart, bad):
    (finding,) = compare_clocks("the database", 1000.0 + apart, 1000.0)
    assert finding.bad is bad
    assert bad is (abs(apart) > MOST_APART)
    if bad:
        assert ("ahead of" if apart > 0 else "behind") in finding.sentence


async def test_a_disk_that_is_nearly_full_is_named(tmp_path, monkeypatch):
    (well,) = await findings(tmp_path, "data folder")
    monkeypatch.setattr(doctor, "LEAST_FREE", 10**18)
    (full,) = await findings(tmp_path, "data folder")
    assert (well.bad, full.bad) == (False, True)
    assert "GiB are free" in full.sentence


async def test_a_port_beyond_this_machine_is_mentioned(tmp_path):
    assert await findings(tmp_path, "operations") == []
    (near,) = await findings(tmp_path, "operations", ops_port=9100)
    (far,) = await findings(tmp_path, "operations", ops_port=9100, ops_host="0.0.0.0")
    assert "no token" not in near.sentence
    assert "need no token" in far.sentence
