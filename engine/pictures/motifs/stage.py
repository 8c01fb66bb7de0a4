"""Where things stand in a picture, and what an effect is made from."""

from dataclasses import dataclass

from engine.pictures.palettes import NEUTRAL, Palette
from engine.pictures.raster import Sprite

SHIP = (208, 190)
NOSE = (304, 190)
STERN = (140, 190)  # inside every hull's stern: the ship covers the end of a wake
ENEMY = (462, 166)
TARGET = (448, 190)


@dataclass(frozen=True)
class Brief:
    """What an effect depends on besides its motif. Few values on purpose: effects are kept."""

    hurt: bool = False  # the ship lost hull in this turn
    wrecked: bool = False  # the hull is gone, not only the crew
    manned: bool = True  # an enemy is in the picture

    @property
    def palette(self) -> Palette:
        """Give the colours; the same in every region, so that regions can share an effect."""
        return NEUTRAL


@dataclass(frozen=True)
class Effect:
    """An effect in picture coordinates: what lies behind the ships and what lies before them."""

    behind: Sprite
    front: Sprite

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return 128 + self.behind.nbytes + self.front.nbytes
