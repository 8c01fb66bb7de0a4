"""Turns for the store's benchmarks: real ones in size, committed as fast as the store takes them.

As a program it is one of several processes on one database: it reads the turns from its input, prints
"ready", waits for a line, plays and prints how long its sessions took.
"""

import argparse
import asyncio
import random
import struct
import sys
import time
from collections.abc import Sequence

import msgspec

from storage.rows import TurnCommit, VoyageLaunch
from storage.store import Store

LAUNCH = VoyageLaunch(seed=1, captain="Ada", ship="Scout")


class Sample(msgspec.Struct, frozen=True):
    """What one real turn puts into the store."""

    action: bytes
    outcome: bytes
    state: bytes


def sample_turns(count: int = 60) -> list[Sample]:
    """Play a voyage and keep its encoded turns."""
    from engine.content import load_content
    from engine.rules import game
    from engine.rules.codec import encode
    from engine.rules.moves import Choose

    content, dice = load_content(), random.Random(7)
    turns: list[Sample] = []
    seed = 0
    while len(turns) < count:
        state, outcome = game.launch(content, seed, "Ada")
        while outcome.end is None and len(turns) < count:
            move = Choose(dice.choice(outcome.choices).id)
            rng = game.turn_random(state.seed, state.turn_count + 1)
            state, outcome = game.act(content, state, move, rng)
            turns.append(Sample(encode(move), encode(outcome), encode(state)))
        seed += 1
    return turns


def commit_of(samples: Sequence[Sample], session_id: str, n: int) -> TurnCommit:
    """Make turn n of a session's first voyage."""
    sample = samples[n % len(samples)]
    return TurnCommit(
        session_id=session_id,
        expected_version=n - 1,
        voyage=1,
        n=n,
        turn_id=f"{session_id}.{n:09d}",
        actor="Ada",
        at=1_000_000.0 + n,
        action=sample.action,
        outcome=sample.outcome,
        state=sample.state,
        launch=LAUNCH if n == 1 else None,
    )


def packed(samples: Sequence[Sample]) -> bytes:
    """Give the turns as the program below reads them: their length in four bytes, then MessagePack."""
    data = msgspec.msgpack.encode(samples)
    return struct.pack(">I", len(data)) + data


async def launch_all(store: Store, samples: Sequence[Sample], names: Sequence[str]) -> None:
    """Begin every session."""
    await asyncio.gather(*[store.turns.commit(commit_of(samples, name, 1)) for name in names])


async def play_all(
    store: Store, samples: Sequence[Sample], names: Sequence[str], turns: int
) -> tuple[float, list[float]]:
    """Play every session at once, each its next turn when the last is durable; give seconds and latencies."""
    latencies: list[float] = []

    async def play(name: str) -> None:
        for n in range(2, 2 + turns):
            before = time.perf_counter()
            await store.turns.commit(commit_of(samples, name, n))
            latencies.append(time.perf_counter() - before)

    start = time.perf_counter()
    await asyncio.gather(*[play(name) for name in names])
    return time.perf_counter() - start, latencies


async def _main(location: str, first: int, count: int, turns: int) -> None:
    (length,) = struct.unpack(">I", sys.stdin.buffer.read(4))
    samples = msgspec.msgpack.decode(sys.stdin.buffer.read(length), type=list[Sample])
    names = [f"s{number}" for number in range(first, first + count)]
    store = await Store.open(location)
    await launch_all(store, samples, names)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.buffer.readline)
    seconds, _ = await play_all(store, samples, names, turns)
    print(seconds, flush=True)
    await store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("location")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("turns", type=int)
    options = parser.parse_args()
    asyncio.run(_main(options.location, options.first, options.count, options.turns))
