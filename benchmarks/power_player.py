"""A process that plays on a forgetful disk and takes an image of it every few turns, with its log so far.

`python -m benchmarks.power_player FOLDER IMAGES SEED [NORMAL]`: with NORMAL the store runs with the weaker
synchronous mode, to show that the loss which FULL prevents would be seen.
"""

import asyncio
import random
import sys
from pathlib import Path

from benchmarks.power_disk import ForgetfulDisk
from benchmarks.store_load import commit_of, sample_turns
from storage import sqlite
from storage.store import Store

SESSIONS = 12
GAP = 40  # turns between two images, roughly
OFTEN = 120  # pages


async def _play(folder: Path, images: int, seed: str) -> None:
    dice, samples = random.Random(seed), sample_turns(20)
    disk = ForgetfulDisk()
    sqlite.CHECKPOINT_PAGES = OFTEN  # the moments while the log is moved into the file are the worst
    store = await Store.open(folder / "live" / "store.sqlite3")
    log: list[str] = []
    taken = 0

    async def play(session_id: str) -> None:
        n = 0
        while taken < images:
            n += 1
            commit = commit_of(samples, session_id, n)
            log.append(f"sent {session_id} {commit.turn_id} 1 {n - 1}")
            await store.turns.commit(commit)
            log.append(f"kept {session_id} {commit.turn_id} 1 {n}")
            if dice.random() < 2 / GAP:
                take_image()

    def take_image() -> None:
        nonlocal taken
        # The log first: what it says was acknowledged before the power fails.
        text = "\n".join(log) + "\n"
        image = folder / f"image{taken}"
        taken += 1
        disk.image(image, dice)
        (image / "log").write_text(text, "utf-8")

    await asyncio.gather(*[play(f"s{number}") for number in range(SESSIONS)])
    await store.close()


if __name__ == "__main__":
    if "NORMAL" in sys.argv:
        full = sqlite.pragmas
        sqlite.pragmas = lambda **how: [p.replace("=FULL", "=NORMAL") for p in full(**how)]
    asyncio.run(_play(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
