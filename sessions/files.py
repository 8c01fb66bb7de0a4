"""A session's folder, and files that are there whole or not at all. It knows nothing of what is in them."""

import contextlib
import os
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from engine_client.models import parse_session_id


def fingerprint(data: bytes) -> str:
    """Give eight characters that tell this picture from a damaged one."""
    return blake2b(data, digest_size=4).hexdigest()


def session_folder(root: Path, session_id: str) -> Path:
    """Give the folder of a session's files. Raises BadSessionId."""
    return root / "sessions" / parse_session_id(session_id)


def write_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a whole file or nothing; `durable` also survives a power loss. Blocks. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with half.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        half.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise
