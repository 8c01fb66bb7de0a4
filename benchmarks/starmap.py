"""The star map: milliseconds to make one from its seed, beside the least that such a map needs.

The floor scatters as many points and joins them by the shortest tree (Prim), with no regions, names, kinds or
extra lanes. Both take turns over the same seeds; times are this thread's CPU.
"""

import math
import random
import statistics
import time
from typing import Any

from engine.content import load_content
from engine.rules.starmap import generate

FULL = (9, 60)  # runs, maps of a run
QUICK = (5, 25)


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure the figures of `starmap`."""
    runs, maps = QUICK if quick else FULL
    content = load_content()
    ours, floor, sizes = [], [], []
    for number in range(runs):
        seeds = range(number * maps, (number + 1) * maps)
        start = time.thread_time()
        counts = [len(generate(content, seed).nodes) for seed in seeds]
        middle = time.thread_time()
        for seed, count in zip(seeds, counts, strict=True):
            _least(seed, count)
        ours.append((middle - start) * 1000 / maps)
        floor.append((time.thread_time() - middle) * 1000 / maps)
        sizes += counts
    bare = statistics.median(floor)
    peer = f"points and the shortest tree alone: {bare:.3f} ms"
    return [
        _row("starmap.generate_ms", statistics.median(ours), "ms CPU", peer, runs),
        _row("starmap.generate_best_ms", min(ours), "ms CPU", f"the same at best: {min(floor):.3f} ms", runs),
        _row("starmap.nodes", statistics.median(sizes), "nodes", f"{min(sizes)} to {max(sizes)}", runs),
    ]


def _least(seed: int, count: int) -> list[tuple[int, int]]:
    """Scatter points and join them by the shortest tree."""
    roll = random.Random(seed).random
    points = [(roll(), roll()) for _ in range(count)]
    outside = list(range(1, count))
    nearest = [0] * count
    reach = [math.dist(points[0], point) for point in points]
    tree = []
    while outside:
        node = min(outside, key=reach.__getitem__)
        outside.remove(node)
        tree.append((nearest[node], node))
        for other in outside:
            length = math.dist(points[node], points[other])
            if length < reach[other]:
                reach[other], nearest[other] = length, node
    return tree


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> dict[str, Any]:
    return {"figure": figure, "value": round(value, 3), "unit": unit, "peer": peer, "runs": runs}
