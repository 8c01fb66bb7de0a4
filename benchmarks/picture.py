"""Pictures: drawing one turn on a kept background, and drawing with encoding, beside the least one can do.

The floor of drawing is Pillow copying the finished picture; the floor of the whole is that copy encoded the
same way. Ours and the floor take turns. Times are this thread's CPU, so that a busy machine tells the truth.
"""

import statistics
import time
from collections.abc import Callable

from engine.pictures import Painter
from engine.rules.scene import Gauges, Motif, NodeKind, Scene

FULL = (9, 60)  # runs, pictures of a run
QUICK = (5, 20)
CACHE = 64 * 2**20
LOOK = ("#160b26", "#b8562f", "#ffcf70")


def run(quick: bool) -> list[dict[str, object]]:
    """Measure the figures of `picture`."""
    runs, count = QUICK if quick else FULL
    painter, scenes = Painter(CACHE), _scenes()
    finished = [painter.draw(scene) for scene in scenes]
    first = _milliseconds(lambda: Painter(CACHE).draw(scenes[0]), 1)
    ours: dict[str, list[float]] = {"draw": [], "copy": [], "total": [], "encode": []}
    work: dict[str, Callable[[int], object]] = {
        "draw": lambda n: painter.draw(scenes[n % len(scenes)]),
        "copy": lambda n: finished[n % len(scenes)].copy(),
        "total": lambda n: painter.encode(painter.draw(scenes[n % len(scenes)])),
        "encode": lambda n: painter.encode(finished[n % len(scenes)].copy()),
    }
    for _ in range(runs):
        for name, task in work.items():
            ours[name].append(_of_each(task, count))
    sizes = [len(painter.encode(image)[0]) for image in finished]
    middle = {name: statistics.median(values) for name, values in ours.items()}
    return [
        _row(
            "picture.draw_ms", middle["draw"], "ms CPU", f"Pillow's copy of it: {middle['copy']:.3f} ms", runs
        ),
        _row(
            "picture.total_ms", middle["total"], "ms CPU", f"copy and encode: {middle['encode']:.3f} ms", runs
        ),
        _row("picture.first_ms", first, "ms CPU", "nothing kept yet, not even the font", 1),
        _row("picture.bytes", max(sizes) / 1000, "kB", "aim 60, the largest of 16 motifs", 1),
    ]


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> dict[str, object]:
    return {"figure": figure, "value": round(value, 3), "unit": unit, "peer": peer, "runs": runs}


def _of_each(task: Callable[[int], object], count: int) -> float:
    """Give the milliseconds of one of `count` calls."""
    start = time.thread_time()
    for number in range(count):
        task(number)
    return (time.thread_time() - start) * 1000 / count


def _milliseconds(task: Callable[[], object], count: int) -> float:
    return _of_each(lambda _: task(), count)


def _scenes() -> list[Scene]:
    """Give one turn of each motif, on four places, with changing numbers."""
    kinds = (NodeKind.PLANET, NodeKind.STATION, NodeKind.BELT, NodeKind.STAR)
    return [
        Scene(
            seed=4,
            turn=number,
            region="lantern",
            region_name="The Lantern Drift",
            node_name=("Paper Moon", "Gloam", "Nine Lamps", "Tallowmere")[number % 4],
            node_kind=kinds[number % 4],
            node_seed=number % 4,
            motif=motif,
            ship_type="scout",
            gauges=Gauges(
                100 - 5 * number, 100, 90 - 4 * number, 100, 40, 60, 77, 100, 500 + 31 * number, 9, 50
            ),
            enemy="pirate" if motif is Motif.BATTLE else "",
            damage=7 if motif is Motif.BATTLE else 0,
            danger=number % 6,
            look=LOOK,
        )
        for number, motif in enumerate(Motif)
    ]
