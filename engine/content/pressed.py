"""The game's own content in one file that loads in milliseconds: its TOML files, joined and found right.

It lies where Python keeps its own compiled files, under the digest of every byte that it was made from (the
TOML files and this package's code), so it is never older than they are. Where it cannot be written, or was
damaged, the TOML files are read as ever. It must not hold anything that has a fault.
"""

import hashlib
import logging
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path

import msgspec

from engine.content.models import Document

_DECODER = msgspec.msgpack.Decoder(Document)
_DIGEST = 32  # bytes

_log = logging.getLogger(__name__)


def digest_of(folder: Path) -> bytes:
    """Give the digest of a content folder: the names and bytes of its TOML and Python files."""
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for path in sorted([*folder.glob("*.toml"), *folder.glob("*.py")]):
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)} ".encode())
        digest.update(data)
    return digest.digest()


def load_pressed(folder: Path, digest: bytes) -> Document | None:
    """Give what was pressed from these very files, or None."""
    try:
        data = _place(folder).read_bytes()
        return _DECODER.decode(data[_DIGEST:]) if data[:_DIGEST] == digest else None
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        _log.debug("the pressed content cannot be read, its sources are: %s", error)
        return None


def keep_pressed(folder: Path, digest: bytes, whole: Document) -> None:
    """Keep a faultless document for the next start, unless Python was told to write no such files."""
    if sys.dont_write_bytecode:
        return
    place = _place(folder)
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(digest + msgspec.msgpack.encode(whole))
        draft.replace(place)
    except OSError as error:
        _log.debug("the pressed content was not kept: %s", error)


def _place(folder: Path) -> Path:
    return Path(cache_from_source(str(folder / "content.py"))).with_suffix(".msgpack")
