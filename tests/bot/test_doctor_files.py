"""The doctor looks at the place of files, and says who builds tapes."""

from bot.doctor import examine
from bot.findings import Finding
from tests.harness import settings_in


async def findings(folder, **changes) -> dict[str, Finding]:
    return {finding.subject: finding for finding in await examine(settings_in(folder, **changes))}


async def test_local_files_are_tried_and_nothing_is_left(tmp_path):
    found = await findings(tmp_path)
    assert not found["files"].bad
    assert "DATA_DIR" in found["files"].sentence
    assert "tapes" not in found
    assert list(tmp_path.glob("probe/*")) == []


async def test_a_bucket_that_cannot_be_reached_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-key")
    found = await findings(tmp_path, files_url="s3://tapes/here")
    assert found["files"].bad
    assert found["files"].sentence.startswith("s3://tapes/here cannot be used: ")
    assert "secret-key" not in str(found["files"])


async def test_no_threads_on_sqlite_means_no_tapes(tmp_path):
    found = await findings(tmp_path, tape_threads=0)
    assert found["tapes"].bad
