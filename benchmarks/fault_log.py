"""The log by which a store is judged: what was sent and what was acknowledged, a line each (fault_check)."""

import asyncio
import os
from pathlib import Path


class TurnLog:
    """Appends to a log. `kept_one` is set by every acknowledged turn."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.kept_one = asyncio.Event()

    def sent(self, session_id: str, turn_id: str, voyage: int, n: int) -> None:
        """Note an action before it is sent; voyage and n are those of the turn that it was meant for."""
        self._write("sent", session_id, turn_id, voyage, n)

    def kept(self, session_id: str, turn_id: str, voyage: int, n: int) -> None:
        """Note the turn that an action was said to have become."""
        self._write("kept", session_id, turn_id, voyage, n)
        self.kept_one.set()

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _write(self, *words: object) -> None:
        os.write(self._descriptor, (" ".join(map(str, words)) + "\n").encode())
