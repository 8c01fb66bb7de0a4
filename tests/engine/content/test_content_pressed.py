"""Pressed content is the content to the last value, and never older than the files that it was made from."""

import shutil
import sys
from pathlib import Path

import pytest

from engine.content import load_content, loader
from engine.content.models import Document
from engine.content.pressed import digest_of, keep_pressed, load_pressed

OWN = Path(loader.__file__).parent


@pytest.fixture(autouse=True)
def _beside(monkeypatch) -> None:
    """Have compiled files lie where they usually do."""
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the game's content folder without anything pressed."""
    return Path(shutil.copytree(OWN, tmp_path / "content", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def whole() -> Document:
    """Give the game's own content, read from its TOML files."""
    return loader._load([OWN])


def test_what_is_pressed_comes_back_to_the_last_value(folder, whole, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    digest = digest_of(folder)
    assert load_pressed(folder, digest) is None
    keep_pressed(folder, digest, whole)
    assert repr(load_pressed(folder, digest)) == repr(whole)
    assert len(list((folder / "__pycache__").iterdir())) == 1


@pytest.mark.parametrize("name", ["items.toml", "checks.py"])
def test_a_changed_byte_of_content_or_code_is_noticed(folder, whole, monkeypatch, name):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    keep_pressed(folder, digest_of(folder), whole)
    text = (folder / name).read_bytes()
    (folder / name).write_bytes(text.replace(b"e", b"a", 1))
    assert load_pressed(folder, digest_of(folder)) is None
    (folder / name).write_bytes(text)
    assert load_pressed(folder, digest_of(folder)) is not None


@pytest.mark.parametrize("cut", [0, 10, 40, -1])
def test_a_damaged_file_is_not_taken(folder, whole, monkeypatch, cut):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    digest = digest_of(folder)
    keep_pressed(folder, digest, whole)
    (place,) = (folder / "__pycache__").iterdir()
    place.write_bytes(place.read_bytes()[:cut])
    assert load_pressed(folder, digest) is None


def test_where_nothing_can_be_written_nothing_is_lost(folder, whole, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (folder / "__pycache__").write_text("in the way")
    keep_pressed(folder, digest_of(folder), whole)
    assert load_pressed(folder, digest_of(folder)) is None


def test_python_without_bytecode_files_presses_nothing(folder, whole, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep_pressed(folder, digest_of(folder), whole)
    assert not (folder / "__pycache__").exists()


def test_a_second_start_reads_no_toml(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    first = load_content()

    def read(path: Path) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(loader, "_read", read)
    again = load_content()
    assert list(again.items) == list(first.items)
    with pytest.raises(AssertionError, match="was read"):
        load_content([OWN])
