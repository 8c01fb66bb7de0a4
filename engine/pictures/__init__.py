"""The pictures of Cosmic Explorer: a Scene or a Chart in, a Pillow image out.

Drawing only: no rules, no I/O beyond the two font files, no clock, no global randomness. The same scene
gives the same pixels on one machine, in any thread and in any order.
"""

from engine.pictures.painter import Painter
from engine.pictures.transitions import transition

__all__ = ["Painter", "transition"]
