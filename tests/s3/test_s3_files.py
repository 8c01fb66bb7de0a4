"""Files in a real bucket, as two machines see them."""

import asyncio
import os
from pathlib import Path

import pytest

from storage.errors import FileMissing, FilesAway
from storage.files import open_files

KEY = "sessions/12/images/00001-00001-abc.webp"


async def test_what_one_machine_stores_another_finds(machine):
    one, other = machine("one"), machine("other")
    await one.put(KEY, b"picture", keep=True)
    assert one.path(KEY).read_bytes() == b"picture"
    assert await other.get(KEY) == b"picture" == other.read(KEY)
    assert not other.path(KEY).exists()
    assert (await other.fetch(KEY)).read_bytes() == b"picture"
    assert await other.size(KEY) == 7
    assert [file.key for file in await other.list("sessions/12/images")] == [KEY]
    await other.delete([KEY])
    assert not other.path(KEY).exists()
    assert await one.size(KEY) is None


async def test_a_large_file_goes_up_in_parts_and_comes_whole(machine, tmp_path):
    one, other = machine("one"), machine("other")
    data = os.urandom(11_000_000)
    made = tmp_path / "made.mp4"
    made.write_bytes(data)
    key = "sessions/12/tapes/00001-abc.mp4"
    await one.put_file(key, made)
    assert not made.exists()
    assert one.path(key).read_bytes() == data == await other.get(key)
    assert await other.size(key) == len(data)


async def test_a_copy_of_another_size_is_fetched_anew(machine):
    one, other = machine("one"), machine("other")
    await one.put(KEY, b"old")
    await other.fetch(KEY)
    await one.put(KEY, b"newer")
    (stored,) = await other.list("sessions/12/images", "00001-")
    assert (await other.fetch(KEY, stored.size)).read_bytes() == b"newer"


async def test_clearing_a_voyage_leaves_the_next_one(machine):
    files = machine("one")
    for voyage in (1, 2):
        await files.put(f"sessions/12/images/{voyage:05d}-00001-abc.webp", b"x", keep=True)
    await files.clear("sessions/12/images", "00001-")
    assert [file.name[:5] for file in await files.list("sessions/12/images")] == ["00002"]
    assert [path.name[:5] for path in files.path("sessions/12/images").iterdir()] == ["00002"]
    await files.clear("sessions/99/images", "00001-")


async def test_a_hundred_files_at_once(machine):
    one, other = machine("one"), machine("other")
    keys = [f"sessions/{n % 7}/images/00001-{n:05d}-abc.webp" for n in range(100)]
    await asyncio.gather(*(one.put(key, key.encode()) for key in keys))
    assert await asyncio.gather(*(other.get(key) for key in keys)) == [key.encode() for key in keys]
    await one.delete(keys)
    assert await other.list("sessions/3/images") == []


async def test_a_missing_file_and_a_missing_bucket_are_told_apart(machine, tmp_path, s3):
    with pytest.raises(FileMissing):
        await machine("one").get(KEY)
    nowhere = open_files("s3://no-such-bucket", tmp_path / "two")
    with pytest.raises(FilesAway, match="no bucket"):
        await nowhere.put(KEY, b"x")


async def test_wrong_keys_are_away_and_not_repeated(s3_url, tmp_path):
    wrong = {**os.environ, "AWS_SECRET_ACCESS_KEY": "wrong-secret"}
    files = open_files(s3_url, tmp_path / "one", environment=wrong)
    with pytest.raises(FilesAway, match="403") as refused:
        await files.put(KEY, b"x")
    assert "wrong-secret" not in str(refused.value)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that a local data folder has had since before FILES_URL was set."""
    path = tmp_path / "one" / KEY
    path.parent.mkdir(parents=True)
    path.write_bytes(b"from before")
    return path


async def test_what_a_local_data_folder_holds_moves_along(machine, old):
    files = machine("one")
    assert await files.size(KEY) == 11
    assert await files.get(KEY) == b"from before"
    assert not await asyncio.to_thread(old.exists)
    assert await machine("other").get(KEY) == b"from before"


async def test_a_server_that_is_away_is_said_and_tried_again(machine, s3):
    files = machine("one")
    await files.probe()
    s3.stop()
    with pytest.raises(FilesAway) as away:
        await files.put(KEY, b"x")
    assert "\n" not in str(away.value)
    coming_back = asyncio.create_task(asyncio.to_thread(s3.start))
    try:
        while True:
            try:
                await files.put(KEY, b"x")
                break
            except FilesAway:
                continue
    finally:
        await coming_back
    assert await machine("other").get(KEY) == b"x"
