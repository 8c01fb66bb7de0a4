"""The drawn pictures between two turns, for the flipbook."""

from collections.abc import Iterator

from PIL import Image

from engine.pictures.painter import Painter
from engine.rules.scene import Scene


def transition(painter: Painter, before: Scene, after: Scene, steps: int = 8) -> Iterator[Image.Image]:
    """Draw `steps` pictures that lead from one turn to the next, both ends left out."""
    first, last = painter.draw(before), painter.draw(after)
    for step in range(1, steps + 1):
        yield Image.blend(first, last, step / (steps + 1))
