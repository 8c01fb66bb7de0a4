"""Frames on disk, and the ways to make a file of them: ours, ffmpeg's, mimsave's.

As a program, `python -m benchmarks.tape_stage idle|ours|mimsave FOLDER COUNT`, it does one of them and prints
its own peak memory in MB.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.video.frame import VideoFrame

from benchmarks.tape_voyage import turns_of
from engine_client.models import Turn
from sessions.tapes.assemble import assemble
from sessions.tapes.develop import Developer, caption_of
from sessions.tapes.h264 import GROUP, RATE, Recipe
from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Look, Product, Size, TapeOptions
from sessions.tapes.order import Order
from sessions.tapes.pixels import decode, plane
from sessions.tapes.segments import TURNS, segment_path, write_segment
from sessions.tapes.workshop import Workshop

FRAMES = 120
_CARDS_BEFORE = 2
_WINDOW = 8  # pixels, of the SSIM


class Stage:
    """One voyage's frames as PNG files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workshop = Workshop()
        self.developer = Developer(Lettering())
        self.segments = folder / "segments"

    def order(self, count: int, *, vhs: bool = False, segments: bool = False) -> Order:
        """Order a tape of the first frames; beyond 120 they begin again."""
        options = TapeOptions(vhs=vhs)
        used = self.segments if segments else self.folder / "none"
        look = Look.of(options, "1", 1)
        return Order(self.folder / "tape", turns_of("1", count), options, look, used, self._read)

    def build(self, order: Order) -> Product:
        """Assemble in the calling thread, with the decoders beside it."""
        return assemble(order, self.workshop, self.developer)

    def ffmpeg(self, count: int) -> None:
        """Make the peer's film, with our own encoder's settings."""
        command = ["ffmpeg", "-v", "error", "-y", "-framerate", str(RATE)]
        command += [
            "-i",
            str(self.folder / "%03d.png"),
            "-frames:v",
            str(count),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "23",
        ]
        command += ["-tune", "animation", "-bf", "0", "-g", str(GROUP), "-pix_fmt", "yuv420p"]
        command += ["-movflags", "+faststart", str(self.folder / "peer.mp4")]
        subprocess.run(command, check=True)

    def mimsave(self, count: int = FRAMES) -> None:
        """Do what a developer would reach for."""
        import imageio.v2 as imageio  # here, so that it is not in the memory of our own measurement

        images = [np.asarray(imageio.imread(self._path(n))) for n in range(1, count + 1)]
        imageio.mimsave(self.folder / "peer.gif", cast(list[Any], images), duration=500, loop=0)

    def megabytes(self, name: str) -> float:
        """Measure a file."""
        return (self.folder / name).stat().st_size / 1e6

    def likeness(self, path: Path) -> float:
        """Give the mean SSIM of the luma of every third picture; ours are compared with their overlay on."""
        ours = path.name != "peer.mp4"
        found = []
        with av.open(str(path)) as film:
            for number, frame in enumerate(film.decode(video=0)):
                n = number + 1 - (_CARDS_BEFORE if ours else 0)
                if 1 <= n <= FRAMES and n % 3 == 0:
                    found.append(_ssim(self._source(n, overlay=ours), plane(frame, 0)))
        return float(np.mean(found))

    def close(self) -> None:
        """Let the threads end."""
        self.workshop.close()

    def _source(self, n: int, *, overlay: bool) -> np.ndarray:
        data = self._path(n).read_bytes()
        turn = turns_of("1", FRAMES)[n - 1]
        developed: VideoFrame = (
            self.developer.turn(data, caption_of(turn), None) if overlay else decode(data, Size())
        )
        return plane(developed, 0)

    def _read(self, turn: Turn) -> bytes:
        return self._path((turn.n - 1) % FRAMES + 1).read_bytes()

    def _path(self, n: int) -> Path:
        return self.folder / f"{n:03d}.png"

    def cut_segments(self) -> None:
        """Write the segments that a voyage leaves while it goes on."""
        order = self.order(FRAMES)
        for first in range(1, FRAMES + 1, TURNS):
            turns = order.turns[first - 1 : first - 1 + TURNS]
            strips = [self.developer.strip(turn, self._read(turn), (), order.look) for turn in turns]
            path = segment_path(self.segments, 1, first)
            write_segment(path, Recipe(Size()), order.look, [shot for strip in strips for shot in strip])


def _ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Give the structural similarity of two luma planes over square windows (Wang et al. 2004)."""
    a, b = one.astype(float), other.astype(float)
    mean_a, mean_b = _windows(a), _windows(b)
    spread = _windows(a * a) - mean_a**2 + _windows(b * b) - mean_b**2
    common = _windows(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    value = (2 * mean_a * mean_b + c1) * (2 * common + c2)
    return float((value / ((mean_a**2 + mean_b**2 + c1) * (spread + c2))).mean())


def _windows(rows: np.ndarray) -> np.ndarray:
    sums = np.cumsum(np.cumsum(np.pad(rows, ((1, 0), (1, 0))), axis=0), axis=1)
    w = _WINDOW
    return (sums[w:, w:] - sums[:-w, w:] - sums[w:, :-w] + sums[:-w, :-w]) / w**2


def main() -> None:
    """Do one thing and print the process's peak memory."""
    what, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    stage = Stage(folder)
    if what == "ours":
        stage.build(stage.order(count))
    elif what == "mimsave":
        stage.mimsave()
    stage.close()
    print(_peak_megabytes())


def _peak_megabytes() -> float:
    """Read the peak of this program alone; getrusage would count the parent's before exec."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
