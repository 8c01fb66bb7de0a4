"""Jobs are done once, by one worker at a time, and are not forgotten."""

import asyncio

import pytest

from storage.errors import StaleEpoch
from storage.jobs import MAX_ATTEMPTS


async def test_a_job_is_promised_once(store):
    assert await store.jobs.add("tape", "7", 1, 100.0)
    assert not await store.jobs.add("tape", "7", 1, 100.0)
    assert await store.jobs.count_open("tape") == 1
    job = await store.jobs.claim("tape", "w", 10, 100.0)
    await store.jobs.finish(job)
    assert not await store.jobs.add("tape", "7", 1, 200.0)
    assert await store.jobs.count_open("tape") == 0


async def test_ten_workers_share_twenty_jobs(store):
    for i in range(20):
        await store.jobs.add("tape", str(i), 1, float(i))

    async def work(owner: str) -> list[str]:
        done = []
        while (job := await store.jobs.claim("tape", owner, 10, 50.0)) is not None:
            assert job.owner == owner
            await store.jobs.finish(job)
            done.append(job.session_id)
        return done

    done = await asyncio.gather(*[work(f"w{i}") for i in range(10)])
    assert sorted(name for names in done for name in names) == sorted(str(i) for i in range(20))


async def test_the_oldest_due_job_comes_first_and_others_wait(store):
    await store.jobs.add("tape", "late", 1, 90.0)
    await store.jobs.add("tape", "early", 1, 80.0)
    await store.jobs.add("other", "x", 1, 10.0)
    assert await store.jobs.claim("tape", "w", 10, 79.9) is None
    assert (await store.jobs.claim("tape", "w", 10, 100.0)).session_id == "early"
    assert (await store.jobs.claim("tape", "w", 10, 100.0)).session_id == "late"
    assert await store.jobs.claim("tape", "w", 10, 100.0) is None


async def test_an_expired_lease_is_taken_over_and_the_late_worker_refused(store):
    await store.jobs.add("tape", "7", 1, 0.0)
    dead = await store.jobs.claim("tape", "dead", 10, 100.0)
    assert await store.jobs.claim("tape", "heir", 10, 109.9) is None
    heir = await store.jobs.claim("tape", "heir", 10, 110.0)
    assert heir.attempt == 2
    for report in (
        store.jobs.finish(dead),
        store.jobs.fail(dead, "x", 111.0),
        store.jobs.renew(dead, 10, 111.0),
    ):
        with pytest.raises(StaleEpoch):
            await report
    await store.jobs.finish(heir)
    with pytest.raises(StaleEpoch):
        await store.jobs.finish(heir)


async def test_a_renewed_lease_holds(store):
    await store.jobs.add("tape", "7", 1, 0.0)
    job = await store.jobs.claim("tape", "w", 10, 100.0)
    job = await store.jobs.renew(job, 10, 109.0)
    assert await store.jobs.claim("tape", "x", 10, 118.9) is None
    await store.jobs.finish(job)


async def test_a_renewal_tells_how_far_the_work_is(store):
    await store.jobs.add("tape", "7", 1, 0.0)
    claimed = await store.jobs.claim("tape", "w", 10, 100.0)
    await store.jobs.renew(claimed, 10, 101.0, progress=0.25)
    await store.jobs.renew(claimed, 10, 102.0)
    assert await store.jobs.open("tape") == [("7", 1, 1, "w", 0.25, 112.0, "")]
    await store.jobs.renew(claimed, 10, 103.0, progress=7.0)
    assert (await store.jobs.open("tape"))[0].progress == 1.0
    await store.jobs.fail(claimed, "no", 104.0)
    assert (await store.jobs.open("tape"))[0].progress == 0.0
    assert await store.jobs.open("other") == []


async def test_a_claim_given_back_is_not_counted_and_comes_first(store):
    await store.jobs.add("tape", "7", 1, 50.0)
    await store.jobs.add("tape", "8", 1, 40.0)
    await store.jobs.finish(await store.jobs.claim("tape", "w", 10, 100.0))
    for _ in range(MAX_ATTEMPTS + 2):
        claimed = await store.jobs.claim("tape", "w", 10, 100.0)
        assert (claimed.session_id, claimed.attempt) == ("7", 1)
        await store.jobs.release(claimed)
        with pytest.raises(StaleEpoch):
            await store.jobs.release(claimed)
    assert await store.jobs.open("tape") == [("7", 1, 0, "", 0.0, 0.0, "")]
    claimed = await store.jobs.claim("tape", "x", 10, 100.0)
    await store.jobs.release(claimed, 130.0)
    assert await store.jobs.claim("tape", "x", 10, 129.0) is None


async def test_failures_wait_longer_and_end_parked_with_their_error(store):
    await store.jobs.add("tape", "7", 1, 0.0)
    now, pauses = 100.0, []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = await store.jobs.claim("tape", "w", 10, now)
        assert job.attempt == attempt
        parked = await store.jobs.fail(job, f"no luck {attempt}", now)
        if not parked:
            assert await store.jobs.claim("tape", "w", 10, now + 0.5) is None
            pauses.append(next(p for p in (2, 8, 30, 120) if p > (pauses or [0])[-1]))
            now += pauses[-1]
    assert parked
    assert await store.jobs.claim("tape", "w", 10, now + 1e6) is None
    (left,) = await store.jobs.list_parked()
    assert (left.session_id, left.error, left.attempt) == ("7", "no luck 5", MAX_ATTEMPTS)
    assert await store.jobs.list_parked("other") == []


async def test_a_job_that_kills_its_workers_is_parked(store):
    await store.jobs.add("tape", "7", 1, 0.0)
    for attempt in range(MAX_ATTEMPTS):
        assert await store.jobs.claim("tape", "w", 10, 100.0 + 10 * attempt) is not None
    await store.jobs.add("tape", "8", 1, 190.0)
    assert (await store.jobs.claim("tape", "w", 10, 200.0)).session_id == "8"
    (left,) = await store.jobs.list_parked("tape")
    assert left.error == "the worker died at it"


async def test_a_parked_or_done_job_can_be_reopened(store):
    await store.jobs.reopen("tape", "7", 1, 100.0)
    for _ in range(2):
        job = await store.jobs.claim("tape", "w", 10, 200.0)
        assert job.attempt == 1
        await store.jobs.finish(job)
        await store.jobs.reopen("tape", "7", 1, 150.0)
    assert await store.jobs.count_open("tape") == 1
