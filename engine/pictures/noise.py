"""Cloud-like noise as float fields 0..1, made from small random grids that Pillow enlarges smoothly."""

import numpy as np
from PIL import Image

from engine.pictures.raster import Field


def layer(rng: np.random.Generator, width: int, height: int, cell: float) -> Field:
    """Give one octave, 0..1, with a random value about every `cell` pixels."""
    across = max(2, round(width / cell) + 2)
    down = max(2, round(height / cell) + 2)
    grid = Image.fromarray(rng.random((down, across), dtype=np.float32))
    # Fine octaves are faint: the difference cannot be seen, and a third of the time is saved.
    way = Image.Resampling.BICUBIC if cell > 12 else Image.Resampling.BILINEAR
    return np.asarray(grid.resize((width, height), way), dtype=np.float32)


def clouds(
    rng: np.random.Generator, width: int, height: int, cell: float, octaves: int = 5, gain: float = 0.5
) -> Field:
    """Sum octaves from `cell` pixels down, each `gain` as strong as the last; stretched to fill 0..1."""
    total = np.zeros((height, width), dtype=np.float32)
    strength = 1.0
    for _ in range(octaves):
        total += layer(rng, width, height, cell) * np.float32(strength)
        strength *= gain
        cell = max(cell / 2, 1.5)
    return stretch(total)


def ridges(rng: np.random.Generator, width: int, height: int, cell: float, octaves: int = 4) -> Field:
    """Give folded noise: bright threads on a dark ground, 0..1."""
    total = np.zeros((height, width), dtype=np.float32)
    strength = 1.0
    for _ in range(octaves):
        fold = 1 - np.abs(2 * layer(rng, width, height, cell) - 1)
        total += fold * fold * np.float32(strength)
        strength *= 0.55
        cell = max(cell / 2, 1.5)
    return stretch(total)


def stretch(field: Field) -> Field:
    """Stretch a field so that its values fill 0..1."""
    low, high = float(field.min()), float(field.max())
    return (field - np.float32(low)) / np.float32(max(high - low, 1e-6))


def bend(field: Field, across: Field, down: Field) -> Field:
    """Take each pixel from a place moved by the two fields, in pixels; edges are mirrored."""
    height, width = field.shape[:2]
    rows = np.arange(height, dtype=np.float32)[:, None] + down
    columns = np.arange(width, dtype=np.float32)[None, :] + across
    return field[_mirror(rows, height), _mirror(columns, width)]


def _mirror(index: Field, size: int) -> np.ndarray:
    folded = np.abs(index.astype(np.int32)) % (2 * size)
    return np.where(folded >= size, 2 * size - 1 - folded, folded)


def enlarge(field: Field, width: int, height: int) -> Field:
    """Enlarge a field (or a field of three colours) smoothly to a size in pixels."""
    if field.ndim == 2:
        image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
        return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
    return np.stack([enlarge(field[..., band], width, height) for band in range(3)], axis=-1)
