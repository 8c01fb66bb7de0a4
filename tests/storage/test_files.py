"""Files in a local folder: whole or not at all, by keys that cannot leave it; what refuses to be opened."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from storage.errors import FileMissing, FilesAway, StorageError
from storage.files import BadKey, Files, move, open_files
from storage.files_s3 import S3Files

KEY = "sessions/12/images/00001-00001-abc.webp"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files("", tmp_path)


async def test_what_is_put_can_be_got_listed_and_removed(tmp_path, files):
    await files.put(KEY, b"picture")
    assert (tmp_path / KEY).read_bytes() == b"picture" == await files.get(KEY) == files.read(KEY)
    assert await files.size(KEY) == 7
    assert await files.fetch(KEY) == files.path(KEY) == tmp_path / KEY
    await files.put(KEY, b"another")
    assert [(file.key, file.size) for file in await files.list("sessions/12/images")] == [(KEY, 7)]
    await files.delete([KEY, KEY])
    assert await files.list("sessions/12/images") == []
    assert not files.remote


async def test_a_missing_file_is_said_to_be_missing(files):
    assert await files.size(KEY) is None
    for ask in (files.get, files.fetch):
        with pytest.raises(FileMissing):
            await ask(KEY)
    with pytest.raises(FileMissing):
        files.read(KEY)
    assert await files.list("sessions/nobody/tapes") == []


async def test_a_listing_has_a_folder_s_own_files_by_name_and_no_halves(tmp_path, files):
    for name in ("00002-a.h264", "00001-b.h264", "00001-a.h264", ".00001-c.h264.x.part"):
        path = tmp_path / "sessions/12/films/segments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    await files.put("sessions/12/films/export-1.zip", b"zip")
    found = await files.list("sessions/12/films/segments", "00001-")
    assert [file.name for file in found] == ["00001-a.h264", "00001-b.h264"]
    assert [file.name for file in await files.list("sessions/12/films")] == ["export-1.zip"]
    assert await files.list("sessions/12/film") == []  # not a beginning of films


@pytest.mark.parametrize(
    "key",
    [
        "",
        "sessions/12",
        "sessions/../../etc/passwd",
        "sessions/12/../13/state.json",
        "sessions/12/images/.hidden",
        "sessions/12//state.json",
        "/sessions/12/state.json",
        "sessions/12/a\\b",
        "sessions/12/a b",
        "sessions/12/ä",
        "sessions/12/state.json\n",
        "sessions/" + "x" * 65 + "/state.json",
        "sessions/12/" + "a/" * 5 + "b",
        "logs/bot.log",
        "probe/../sessions/12/state.json",
    ],
)
async def test_a_key_cannot_leave_its_session(files, key):
    for ask in (files.get, files.size, files.fetch, lambda k: files.put(k, b""), lambda k: files.delete([k])):
        with pytest.raises(BadKey):
            await ask(key)
    with pytest.raises(BadKey):
        files.path(key)


async def test_a_finished_file_is_renamed_not_copied(tmp_path, files):
    made = tmp_path / "made.mp4"
    made.write_bytes(b"tape")
    inode = made.stat().st_ino
    key = "sessions/12/tapes/00001.mp4"
    await files.put_file(key, made)
    assert not made.exists()
    assert files.path(key).stat().st_ino == inode
    await files.put_file(key, files.path(key))
    assert await files.get(key) == b"tape"


async def test_a_file_of_another_disk_is_whole_or_not_there(tmp_path, monkeypatch):
    source, target = tmp_path / "source", tmp_path / "deep/target"
    source.write_bytes(b"data")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("storage.files.Path.replace", full)
        with pytest.raises(OSError, match="No space"):
            move(source, target)
    assert list(target.parent.iterdir()) == []


async def test_writers_at_once_leave_one_whole_file(files):
    await asyncio.gather(*(files.put(KEY, bytes([n]) * 5000) for n in range(20)))
    data = await files.get(KEY)
    assert len(data) == 5000
    assert len(set(data)) == 1
    assert len(list(files.path(KEY).parent.iterdir())) == 1


async def test_a_probe_leaves_nothing(tmp_path, files):
    await files.probe()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_failed_write_is_an_oserror_and_leaves_nothing(tmp_path, files, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("storage.files.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        await files.put(KEY, b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "url",
    ["http://host/bucket", "s3://", "s3:///prefix", "s3://user:secret@bucket/x", "s3://bucket:80", "bucket",
     "s3://bucket?region=x"],
)  # fmt: skip
def test_a_url_that_names_no_bucket_is_refused_without_repeating_it(tmp_path, url):
    with pytest.raises(StorageError, match="FILES_URL") as refused:
        open_files(url, tmp_path)
    assert "secret" not in str(refused.value)


async def test_a_bucket_that_cannot_be_reached_is_away_and_its_copies_still_serve(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    files = open_files("s3://bucket/prefix", tmp_path)
    assert files.remote
    copy = files.path(KEY)
    assert copy.is_relative_to(tmp_path / "copies")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"picture")
    assert await files.get(KEY) == b"picture"
    assert (await files.fetch(KEY, 7)).read_bytes() == b"picture"
    asks = [files.put("sessions/12/state.json", b"{}"), files.size(KEY), files.list("sessions/12/images")]
    for answer in await asyncio.gather(*asks, files.fetch(KEY, 8), return_exceptions=True):
        assert isinstance(answer, FilesAway)
        assert isinstance(answer, OSError)
        assert "\n" not in str(answer)
    assert copy.exists()


async def test_copies_are_bounded_by_age_and_size_and_young_ones_stay(tmp_path):
    files = open_files("s3://bucket", tmp_path, most_copies=250)
    now = 1_800_000_000.0

    def copy(name: str, age: float) -> Path:
        path = files.path(f"sessions/12/images/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 100)
        os.utime(path, (now - age, now - age))
        return path

    ancient, old, newer = copy("a", 90_000), copy("b", 3_000), copy("c", 2_000)
    young, half = copy("d", 5), copy("half", 90_000).rename(files.path(KEY).with_name(".x.part"))
    own = tmp_path / "sessions/12/state.json"  # of an earlier local data folder
    own.parent.mkdir(parents=True)
    own.write_bytes(b"y" * 1000)
    os.utime(own, (1, 1))
    assert await files.tidy(now) == 3
    assert [path.exists() for path in (ancient, old, newer, young, half)] == [False, False, True, True, False]
    assert own.exists()
    assert await files.tidy(now) == 0


async def test_a_copy_of_what_was_there_before_is_not_given(tmp_path):
    files = open_files("s3://bucket/prefix", tmp_path)
    assert isinstance(files, S3Files)
    files._bucket = MemoryStore()  # type: ignore[assignment]
    await files.put(KEY, b"old", keep=True)
    assert (await files.fetch(KEY)).read_bytes() == b"old"
    await files.put(KEY, b"new")
    assert await files.get(KEY) == b"new"
    assert (await files.fetch(KEY)).read_bytes() == b"new"


async def test_a_copy_that_goes_while_the_others_are_tidied_is_no_error(tmp_path, monkeypatch):
    files = open_files("s3://bucket", tmp_path)
    for name in ("a", "b"):
        path = files.path(f"sessions/12/images/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (1, 1))
    found = sorted(files.folder.rglob("*"))
    files.path("sessions/12/images/a").unlink()
    monkeypatch.setattr("storage.files_s3.Path.rglob", lambda *_: iter(found))
    assert await files.tidy(1_800_000_000.0) == 1
