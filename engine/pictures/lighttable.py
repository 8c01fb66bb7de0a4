"""A sheet of light for one effect: spots, beams, rings, sparks and bolts are laid on it and added up.

Everything stays out of the HUD: light fades towards the top and the bottom of the picture.
"""

import itertools

import numpy as np

from engine.pictures.lens import hud_room
from engine.pictures.palettes import Colour
from engine.pictures.raster import (
    HEIGHT,
    WIDTH,
    Field,
    Sprite,
    axes,
    colour,
    film,
    glow,
    smooth,
    tiles,
)

WHITE: Colour = (255, 255, 255)


class LightTable:
    """Collects light over the whole picture."""

    def __init__(self) -> None:
        self.light: Field = np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32)

    def spot(self, x: float, y: float, radius: float, shade: Colour, strength: float = 1.0) -> None:
        """Lay a round glow; it has faded at three radii."""
        view, across, down = self._window(
            x - 3 * radius, y - 3 * radius, x + 3 * radius, y + 3 * radius, x, y
        )
        far = np.sqrt(across**2 + down**2) / np.float32(radius)
        value = np.exp(-far * 1.6) * smooth(3, 1.2, far) * np.float32(strength)
        view += value[..., None] * colour(shade)

    def beam(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        width: float,
        shade: Colour,
        strength: float = 1.0,
    ) -> None:
        """Lay a line of light with a white heart and a soft skin."""
        pad = 4.5 * width
        left, right = min(start[0], end[0]) - pad, max(start[0], end[0]) + pad
        top, bottom = min(start[1], end[1]) - pad, max(start[1], end[1]) + pad
        view, across, down = self._window(left, top, right, bottom, start[0], start[1])
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = max(1.0, float(np.hypot(dx, dy)))
        along = np.clip((across * dx + down * dy) / np.float32(length**2), 0, 1)
        far = np.hypot(across - along * dx, down - along * dy) / np.float32(width)
        skin = np.exp(-far * 0.9) * smooth(4.5, 2.5, far) * np.float32(strength)
        view += skin[..., None] * colour(shade)
        view += (np.exp(-((far * 1.5) ** 2)) * np.float32(strength))[..., None] * colour(WHITE)

    def ring(
        self,
        x: float,
        y: float,
        reach: tuple[float, float],
        width: float,
        shade: Colour,
        strength: float = 1.0,
        gap: Field | None = None,
    ) -> None:
        """Lay an ellipse of light; `gap` may hold the two angles, in radians, that an arc runs between."""
        pad = 4 * width
        view, across, down = self._window(
            x - reach[0] - pad, y - reach[1] - pad, x + reach[0] + pad, y + reach[1] + pad, x, y
        )
        size = min(reach)
        far = (np.hypot(across / np.float32(reach[0]), down / np.float32(reach[1])) - 1) * np.float32(
            size / width
        )
        value = (
            np.exp(-(far**2)) + np.exp(-np.abs(far) * 0.8) * 0.3 * smooth(4, 2, np.abs(far))
        ) * np.float32(strength)
        if gap is not None:
            value = value * _arc(across / reach[0], down / reach[1], float(gap[0]), float(gap[1]))
        view += value[..., None] * colour(shade)

    def sparks(
        self,
        rng: np.random.Generator,
        x: float,
        y: float,
        count: int,
        reach: float,
        shade: Colour,
        spread: tuple[float, float] = (0.0, 6.2832),
    ) -> None:
        """Throw short bright trails out from a point, between two angles in radians."""
        for _ in range(count):
            turn, far = rng.uniform(*spread), reach * float(rng.random()) ** 0.7
            near = far * rng.uniform(0.55, 0.9)
            way = (float(np.cos(turn)), float(np.sin(turn)))
            start = (x + way[0] * near, y + way[1] * near)
            self.beam(
                start,
                (x + way[0] * far, y + way[1] * far),
                rng.uniform(0.6, 1.3),
                shade,
                rng.uniform(0.4, 1.1),
            )

    def bolt(
        self,
        rng: np.random.Generator,
        start: tuple[float, float],
        end: tuple[float, float],
        width: float,
        shade: Colour,
        forks: int = 3,
    ) -> None:
        """Lay a crooked bolt of lightning with side branches."""
        points = _crooked(rng, start, end, 0.16)
        for a, b in itertools.pairwise(points):
            self.beam(a, b, width, shade, 0.9)
        for _ in range(forks):
            root = points[int(rng.integers(1, len(points) - 1))]
            turn, far = rng.uniform(0, 6.28), rng.uniform(24, 70)
            tip = (root[0] + far * float(np.cos(turn)), root[1] + far * float(np.sin(turn)))
            branch = _crooked(rng, root, tip, 0.2)
            for a, b in itertools.pairwise(branch):
                self.beam(a, b, width * 0.6, shade, 0.55)

    def add(self, field: Field, shade: Colour, strength: float = 1.0) -> None:
        """Add a field of the whole picture's size in one colour."""
        self.light += field[..., None] * (colour(shade) * np.float32(strength))

    def sprite(self, exposure: float = 1.3) -> Sprite:
        """Give the sheet as a sprite in picture coordinates, cut into the tiles that shine."""
        shines = self.light.sum(axis=2) > 0.02
        rows, columns = np.flatnonzero(shines.any(axis=1)), np.flatnonzero(shines.any(axis=0))
        if len(rows) == 0:
            return Sprite(())
        part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        # A little is taken off so that faint tails end, and empty tiles cost nothing.
        shown = (film(self.light[part], exposure) - 0.012) * hud_room()[part][..., None]
        return Sprite(tuple(tiles(glow(shown, -int(columns[0]), -int(rows[0])))))

    def _window(
        self, left: float, top: float, right: float, bottom: float, x: float, y: float
    ) -> tuple[Field, Field, Field]:
        first, last = max(0, int(left)), min(WIDTH, int(right) + 2)
        upper, lower = max(0, int(top)), min(HEIGHT, int(bottom) + 2)
        last, lower = max(first, last), max(upper, lower)
        across, down = axes(last - first, lower - upper, x - first, y - upper)
        return self.light[upper:lower, first:last], across, down


def _arc(across: Field, down: Field, start: float, end: float) -> Field:
    """Give 1 between two angles, fading at both ends. Cosines do: no angle is computed."""
    middle, half = (start + end) / 2, (end - start) / 2
    toward = across * np.float32(np.cos(middle)) + down * np.float32(np.sin(middle))
    turn = toward / np.maximum(np.hypot(across, down), 1e-3)
    return smooth(float(np.cos(half)), float(np.cos(half * 0.75)), turn)


def _crooked(
    rng: np.random.Generator, start: tuple[float, float], end: tuple[float, float], bend: float
) -> list[tuple[float, float]]:
    points = [start, end]
    offset = float(np.hypot(end[0] - start[0], end[1] - start[1])) * bend
    while offset > 3 and len(points) < 33:
        finer = [points[0]]
        for a, b in itertools.pairwise(points):
            middle = (
                (a[0] + b[0]) / 2 + rng.normal(0, offset * 0.6),
                (a[1] + b[1]) / 2 + rng.normal(0, offset * 0.6),
            )
            finer += [middle, b]
        points, offset = finer, offset * 0.55
    return points
