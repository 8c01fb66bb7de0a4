"""Pictures between two turns: only where something moves, leading from one turn to the next."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.pictures import Painter, transition
from engine.pictures.transitions import Passage, passage
from engine.rules.scene import Gauges, Motif, NodeKind, Scene

BEFORE = Scene(
    seed=5,
    turn=4,
    region="rust",
    region_name="The Rust Belt",
    node_name="Anvil",
    node_kind=NodeKind.STATION,
    node_seed=11,
    motif=Motif.CALM,
    ship_type="scout",
    gauges=Gauges(80, 100, 60, 100, 40, 60, 90, 100, 100, 12, 50),
)
LOWER = msgspec.structs.replace(BEFORE.gauges, ship_condition=20)

AFTER = {
    Passage.JUMP: {"node_seed": 12, "node_name": "Rivet", "node_kind": NodeKind.PLANET, "motif": Motif.JUMP},
    Passage.HIT: {"motif": Motif.BATTLE, "enemy": "pirate", "damage": 60, "gauges": LOWER},
    Passage.DOCKING: {"motif": Motif.DOCKED},
    Passage.LOSS: {"motif": Motif.LOST, "gauges": msgspec.structs.replace(LOWER, ship_condition=0)},
}


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(48 * 2**20)


def after(kind: Passage) -> Scene:
    return msgspec.structs.replace(BEFORE, turn=5, **AFTER[kind])


def apart(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).mean())


@pytest.mark.parametrize("kind", list(Passage))
def test_a_passage_has_its_pictures(painter: Painter, kind: Passage) -> None:
    assert passage(BEFORE, after(kind)) is kind
    frames = list(transition(painter, BEFORE, after(kind), steps=8))
    assert len(frames) == 8
    assert all(frame.size == (640, 360) and frame.mode == "RGB" for frame in frames)
    first, last = painter.draw(BEFORE), painter.draw(after(kind))
    assert apart(frames[-1], last) < apart(frames[-1], first), "it ends at the new turn"
    moved = [apart(one, other) for one, other in pairwise(frames)]
    assert min(moved) > 0.1, "every frame moves on"


@pytest.mark.parametrize("kind", list(Passage))
def test_a_passage_is_the_same_every_time(painter: Painter, kind: Passage) -> None:
    one = [frame.tobytes() for frame in transition(painter, BEFORE, after(kind), steps=3)]
    other = [frame.tobytes() for frame in transition(Painter(0), BEFORE, after(kind), steps=3)]
    assert one == other


@pytest.mark.parametrize("kind", list(Passage))
def test_the_hud_counts_the_turn_that_the_pictures_lead_to(
    painter: Painter, kind: Passage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Scene] = []
    finish = Painter.finish
    monkeypatch.setattr(
        Painter, "finish", lambda self, view, scene: told.append(scene) or finish(self, view, scene)
    )
    changed = msgspec.structs.replace(after(kind), region_name="Quiet Reach")
    assert len(list(transition(painter, BEFORE, changed, steps=4))) == 4
    assert [(scene.turn, scene.region_name) for scene in told] == [(5, "Quiet Reach")] * 4


def test_nothing_moves_in_a_quiet_turn(painter: Painter) -> None:
    quiet = msgspec.structs.replace(BEFORE, turn=5, motif=Motif.SCAN)
    assert list(transition(painter, BEFORE, quiet)) == []
    assert list(transition(painter, BEFORE, after(Passage.JUMP), steps=0)) == []


def test_the_gauges_glide(painter: Painter) -> None:
    frames = list(transition(painter, BEFORE, after(Passage.HIT), steps=6))
    lit = [int((np.asarray(frame.convert("L"))[335, 16:156] > 70).sum()) for frame in frames]
    assert lit == sorted(lit, reverse=True)
    assert lit[0] > lit[-1] + 30
