"""Where a session's files are, as paths and as keys. It knows nothing of what is in them."""

from hashlib import blake2b
from pathlib import Path

from engine_client.models import parse_session_id
from storage.files import write_atomically

__all__ = ["IMAGES", "SEGMENTS", "TAPES", "fingerprint", "session_folder", "session_key", "write_atomically"]

IMAGES, SEGMENTS, TAPES = "images", "films/segments", "tapes"


def fingerprint(data: bytes) -> str:
    """Give eight characters that tell this picture from a damaged one."""
    return blake2b(data, digest_size=4).hexdigest()


def session_folder(root: Path, session_id: str) -> Path:
    """Give the folder of a session's files. Raises BadSessionId."""
    return root / "sessions" / parse_session_id(session_id)


def session_key(session_id: str, place: str) -> str:
    """Give the key of a place in a session's folder. Raises BadSessionId."""
    return f"sessions/{parse_session_id(session_id)}/{place}"
