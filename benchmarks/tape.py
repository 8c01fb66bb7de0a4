"""The death tape beside the ffmpeg program and `imageio.mimsave`, on the same 120 frames of 640 × 360.

ffmpeg gets the same preset, quality, group length and picture rate, one packet per frame, and the same PNGs.
Ours and the peer's runs take turns; ratios are of medians. `finish` is the time from the last turn to a
stored file: everything else of the tape was encoded while the voyage went on. `scratch` has no segments.
"""

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from benchmarks.tape_scenes import draw_between, draw_pictures, draw_pngs
from benchmarks.tape_service import Service
from benchmarks.tape_stage import FRAMES, Stage
from benchmarks.tape_voyage import turns_of
from bot.running import THREAD_TURN_SECONDS
from engine_client.models import Picture
from sessions.frames import FrameRegistry
from sessions.tapes.journal import Between

TAIL = 9  # frames since the last segment
QUICK_FRAMES = 20  # that mimsave and the twenty tapes get with --quick
CHANNELS = 20
TICK = 0.002  # seconds between two looks at the loop

Row = dict[str, object]


def run(quick: bool) -> list[Row]:
    """Measure everything about tapes."""
    if shutil.which("ffmpeg") is None:
        raise SystemExit("The tape benchmark needs the ffmpeg program as its peer: apt-get install ffmpeg")
    sys.setswitchinterval(THREAD_TURN_SECONDS)  # as the bot sets it
    runs = 2 if quick else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_pngs(folder, FRAMES)
        stage = Stage(folder)
        stage.cut_segments()
        rows = [*finish_rows(stage, runs), *scratch_rows(stage, runs, quick), *file_rows(stage, quick)]
        stage.close()
        rows += memory_rows(stage, quick)
        rows += asyncio.run(record_rows(folder / "record", 1 if quick else 3, quick=quick))
        rows += asyncio.run(lag_rows(folder / "lag", QUICK_FRAMES if quick else FRAMES))
    return rows


def finish_rows(stage: Stage, runs: int) -> Iterator[Row]:
    """Measure the time from the last turn to the file, with a tail of nine frames and with none."""
    for figure, count in (("tape.finish", FRAMES - 10 + TAIL), ("tape.finish_empty", FRAMES)):
        order = stage.order(count, segments=True)
        ours, peer = in_turn(runs, lambda o=order: stage.build(o), lambda c=count: stage.ffmpeg(c))
        yield row(f"{figure}_vs_ffmpeg", ours / peer, "ratio", f"ffmpeg, {peer * 1000:.0f} ms", runs)
        yield row(f"{figure}_ms", ours * 1000, "ms", "ffmpeg", runs)


def scratch_rows(stage: Stage, runs: int, quick: bool) -> Iterator[Row]:
    """Measure a tape of which nothing was encoded before."""
    plain, vhs = stage.order(FRAMES), stage.order(FRAMES, vhs=True)
    ours, peer = in_turn(runs, lambda: stage.build(plain), lambda: stage.ffmpeg(FRAMES))
    yield row("tape.scratch_vs_ffmpeg", ours / peer, "ratio", f"ffmpeg, {peer * 1000:.0f} ms", runs)
    worn, peer = in_turn(runs, lambda: stage.build(vhs), lambda: stage.ffmpeg(FRAMES))
    yield row("tape.scratch_vhs_vs_ffmpeg", worn / peer, "ratio", "ffmpeg without the look", runs)
    if quick:
        few = stage.order(QUICK_FRAMES)
        ours = statistics.median(seconds(lambda: stage.build(few)) for _ in range(3))
    mimsave = seconds(lambda: stage.mimsave(QUICK_FRAMES if quick else FRAMES))
    yield row("tape.mimsave_vs_scratch", mimsave / ours, "ratio", "imageio.mimsave, GIF", 1)


def file_rows(stage: Stage, quick: bool) -> Iterator[Row]:
    """Measure the files and how true their pictures are. The peers' files are those of the runs before."""
    peer = stage.megabytes("peer.mp4")
    for figure, vhs in (("tape.bytes_vhs", True), ("tape.bytes", False)):
        made = stage.build(stage.order(FRAMES, vhs=vhs))
        yield row(figure, made.size / 1e6, "MB", f"ffmpeg, {peer:.2f} MB", 1)
    if not quick:
        yield row("tape.bytes_mimsave", stage.megabytes("peer.gif"), "MB", "imageio.mimsave, GIF", 1)
    yield row("tape.ssim", stage.likeness(made.path), "SSIM", "the frames with their overlay", 1)
    yield row("tape.ssim_ffmpeg", stage.likeness(stage.folder / "peer.mp4"), "SSIM", "the frames", 1)


def memory_rows(stage: Stage, quick: bool) -> Iterator[Row]:
    """Measure a whole process's peak while it makes a tape from scratch."""

    def peak(what: str, count: int) -> float:
        command = [sys.executable, "-m", "benchmarks.tape_stage", what, str(stage.folder), str(count)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    idle = peak("idle", 0)
    for figure, count in (("tape.peak_mb", FRAMES), ("tape.peak_mb_300", 300)):
        yield row(figure, peak("ours", count), "MB", f"the process idle, {idle:.0f} MB", 1)
    if not quick:
        yield row("tape.peak_mb_mimsave", peak("mimsave", FRAMES), "MB", "imageio.mimsave, GIF", 1)


async def record_rows(folder: Path, rounds: int, *, quick: bool) -> list[Row]:
    """Measure what a turn pays: its file, its row in the store, and its tenth of a segment."""
    pictures = draw_pictures(FRAMES)
    turns: list[float] = []
    calls: list[float] = []
    for number in range(rounds):
        turns.append(await film(folder / str(number), pictures, None, calls) * 1000)
    moving = pictures[: QUICK_FRAMES if quick else FRAMES]
    with_steps = await film(folder / "moving", moving, draw_between(len(moving)), []) * 1000
    plain = statistics.median(turns)
    return [
        row("tape.record_ms", plain, "ms/turn", "none: segments included", rounds),
        row("tape.record_call_ms", statistics.median(calls) * 1000, "ms", "none: one call", len(calls)),
        row("tape.record_flipbook_ms", with_steps, "ms/turn", f"without transitions, {plain:.1f} ms", 1),
    ]


async def film(folder: Path, pictures: list[Picture], between: Between | None, calls: list[float]) -> float:
    """Record a voyage and wait for its segments; give the seconds per turn, add those of each call."""
    async with Service.open(folder, pictures, between) as service:
        began = time.perf_counter()
        for turn, picture in zip(turns_of("1", len(pictures)), pictures, strict=True):
            call = time.perf_counter()
            await service.frames.record("1", turn, picture)
            calls.append(time.perf_counter() - call)
        await service.tapes.settle()
        return (time.perf_counter() - began) / len(pictures)


async def lag_rows(folder: Path, frames: int) -> list[Row]:
    """Measure how late the event loop is while twenty tapes are built from scratch at once."""
    pictures = draw_pictures(frames)
    async with Service.open(folder, pictures) as service:
        await asyncio.gather(*(fly(folder, service, str(n), pictures) for n in range(CHANNELS)))
        idle = await lag(asyncio.sleep(1.0))
        outcomes: list[object] = []

        async def build() -> None:
            outcomes.extend(await service.tapes.drain())

        began = time.perf_counter()
        busy = await lag(build())
        took = time.perf_counter() - began
    peer = f"the idle loop, {percentile(idle, 99):.2f} ms"
    return [
        row("tape.loop_lag_p99_ms", percentile(busy, 99), "ms", peer, len(busy)),
        row("tape.loop_lag_max_ms", max(busy), "ms", f"the idle loop, {max(idle):.2f} ms", len(busy)),
        row("tape.twenty_s", took, "s", f"none: {len(outcomes)} tapes of {frames} frames", 1),
    ]


async def fly(folder: Path, service: Service, session_id: str, pictures: list[Picture]) -> None:
    """Leave a voyage's frames and its job, but no segments."""
    frames = FrameRegistry(folder, service.store.frames)
    for turn, picture in zip(turns_of(session_id, len(pictures)), pictures, strict=True):
        await frames.record(session_id, turn, picture)
    await service.store.jobs.add("tape", session_id, 1, 0.0)


async def lag(work: Coroutine[Any, Any, None]) -> list[float]:
    """Give the milliseconds by which a ticking task was late while some work was done."""
    late: list[float] = []
    task = asyncio.create_task(work)
    while not task.done():
        wanted = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append((time.perf_counter() - wanted) * 1000)
    await task
    return late


def in_turn(runs: int, ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """Run both in turn, once unmeasured, and give the median seconds of each."""
    ours()
    peer()
    times = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(values: list[float], share: int) -> float:
    """Give a percentile."""
    return statistics.quantiles(values, n=100)[share - 1]


def row(figure: str, value: float, unit: str, peer: str, runs: int) -> Row:
    """Make one line of the table."""
    return {"figure": figure, "value": round(value, 4), "unit": unit, "peer": peer, "runs": runs}
