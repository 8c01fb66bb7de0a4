"""What happens in a picture beyond the place: one effect for each motif, kept and drawn as sprites."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from engine.pictures.motifs import combat, strange, travel, work
from engine.pictures.motifs.stage import Brief, Effect
from engine.rules.scene import Motif

VARIANTS = 3

_PAINTERS: MappingProxyType[Motif, Callable[[np.random.Generator, Brief], Effect]] = MappingProxyType(
    {
        Motif.CALM: travel.calm,
        Motif.JUMP: travel.jump,
        Motif.BATTLE: combat.battle,
        Motif.DOCKED: travel.docked,
        Motif.MINING: work.mining,
        Motif.STORM: strange.storm,
        Motif.DISTRESS: work.distress,
        Motif.DERELICT: work.derelict,
        Motif.ALIEN: strange.alien,
        Motif.ANOMALY: strange.anomaly,
        Motif.SCAN: travel.scan,
        Motif.SALVAGE: work.salvage,
        Motif.REPAIR: work.repair,
        Motif.POD: combat.pod,
        Motif.LOST: combat.lost,
        Motif.VICTORY: strange.victory,
    }
)


def paint_effect(motif: Motif, brief: Brief, rng: np.random.Generator) -> Effect:
    """Paint the effect of a motif."""
    return _PAINTERS[motif](rng, brief)
