"""Rounds of violence: a player is killed with SIGKILL at a random moment, started again, killed again.

Used by `benchmarks faults` and, with few rounds, by the tests.
"""

import contextlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 60.0  # seconds for a player to take its first turn
LONGEST = 0.5  # seconds under load before the kill


@contextlib.contextmanager
def player(location: str, log: Path, run: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a player; it is killed at the end, if not before."""
    errors = log.with_suffix(".errors")
    command = [sys.executable, "-m", "benchmarks.fault_player", location, str(log), run]
    with errors.open("ab") as stderr, subprocess.Popen(command, stderr=stderr) as process:
        try:
            yield process
            if process.poll() is not None and process.returncode != -signal.SIGKILL:
                raise RuntimeError(f"a player ended by itself: {errors.read_text('utf-8')[-2000:]}")
        finally:
            process.kill()


def kill_round(location: str, log: Path, number: int) -> None:
    """Let a player play for a random while, and kill it. Every fifth is killed while it starts."""
    dice = random.Random(number)
    with player(location, log, f"r{number}") as process:
        if number % 5 == 4:
            time.sleep(dice.uniform(0.1, 1.5))
            return
        wait_for_turn(process, log, f"/r{number}/")
        time.sleep(dice.uniform(0, LONGEST))


def wait_for_turn(process: subprocess.Popen[bytes], log: Path, mark: str, *, more: bool = False) -> None:
    """Wait until the log has a turn of this run that was acknowledged, with `more` one from now on."""
    size = log.stat().st_size if log.exists() else 0
    start = size if more else max(0, size - 4096)
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None:
        if log.exists():
            with log.open("rb") as stream:
                stream.seek(start)
                lines = stream.read().decode(errors="replace").splitlines()
            if any(line.startswith("kept") and mark in line for line in lines):
                return
        if time.monotonic() > deadline:
            raise RuntimeError("a player takes no turn")
        time.sleep(0.01)
