"""The pictures of the filmed voyage: scenes as a game makes them, drawn by the real pictures."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.tape_voyage import REGIONS, STAY
from engine.pictures import Painter, transition
from engine.rules.scene import Gauges, Motif, NodeKind, Scene
from engine_client.models import Picture, Turn

_EVENTS = (Motif.BATTLE, Motif.SCAN, Motif.SALVAGE, Motif.STORM, Motif.DOCKED, Motif.MINING, Motif.REPAIR)


def scenes(count: int, seed: int = 3) -> list[Scene]:
    """Make a voyage: four turns at each place, an arrival, something that happens, and calm between."""
    chance = random.Random(seed)
    hull, fuel, made = 100, 20, []
    kind, node_seed = NodeKind.PLANET, 1
    for turn in range(1, count + 1):
        place = (turn - 1) // STAY
        arrival = (turn - 1) % STAY == 0
        if arrival:
            kind, node_seed = chance.choice(list(NodeKind)), chance.getrandbits(32)
            fuel = fuel - 1 or 20
        motif = Motif.JUMP if arrival else chance.choice((Motif.CALM, Motif.CALM, *_EVENTS))
        damage = chance.randint(2, 9) if motif in (Motif.BATTLE, Motif.STORM) else 0
        hull = hull - damage if hull > 20 else 100
        gauges = Gauges(
            *(hull, 100, fuel, 20, 20 - turn % 19, 20, 100 - turn % 60, 100),
            wealth=100 + turn * 37,
            cargo=turn % 30,
            cargo_max=40,
        )
        region, name = REGIONS[place // 8 % len(REGIONS)]
        made.append(
            Scene(
                *(seed, turn, region, name, f"Kestrel {place}", kind, node_seed, motif, "scout", gauges),
                enemy="raider" if motif is Motif.BATTLE else "",
                damage=damage,
                danger=place % 6,
            )
        )
    return made


def draw_pngs(folder: Path, count: int) -> list[Path]:
    """Draw the voyage to PNG files, the form that ffmpeg and mimsave read too."""
    painter = Painter()
    paths = []
    for scene in scenes(count):
        path = folder / f"{scene.turn:03d}.png"
        painter.draw(scene).save(path, compress_level=1)
        paths.append(path)
    return paths


def draw_pictures(count: int) -> list[Picture]:
    """Draw the voyage as the engine sends it."""
    painter = Painter()
    pictures = []
    for scene in scenes(count):
        image = painter.draw(scene)
        data, media_type = painter.encode(image)
        pictures.append(Picture(data, media_type, image.width, image.height))
    return pictures


def draw_between(count: int) -> Callable[[Turn], Awaitable[list[Picture]]]:
    """Draw what leads to a turn of the voyage, as the engine sends it, when it is asked for."""
    painter, flown = Painter(), scenes(count)

    def steps(turn: Turn) -> list[Picture]:
        if turn.n == 1:
            return []
        images = transition(painter, flown[turn.n - 2], flown[turn.n - 1])
        return [Picture(*painter.encode(image), image.width, image.height) for image in images]

    async def between(turn: Turn) -> list[Picture]:
        return await asyncio.to_thread(steps, turn)

    return between
