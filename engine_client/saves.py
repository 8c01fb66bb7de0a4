"""What a save file looks like from outside. Whether a voyage can go on from it, only the engine knows."""

import msgspec

FORMAT = "dead-reckoning-save"  # as engine/session_saves.py writes it
MAX_SAVE_BYTES = 256 * 1024


class _Head(msgspec.Struct, frozen=True):
    format: str


def looks_like_save(data: bytes) -> bool:
    """Say whether a file is of a save's size and calls itself a save of this game."""
    if len(data) > MAX_SAVE_BYTES:
        return False
    try:
        return msgspec.json.decode(data, type=_Head).format == FORMAT
    except msgspec.MsgspecError:
        return False
