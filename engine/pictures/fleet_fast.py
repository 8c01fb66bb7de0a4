"""The small and quick hulls: scout, courier, gunship, skiff, pod.

Units and axes are those of `shipyard.Hull`.
"""

from engine.pictures.palettes import Colour
from engine.pictures.shapes import at, box, disc
from engine.pictures.shipyard import Engine, Hull, Lamp, Part, Skin

_WARM: Colour = (255, 214, 150)
_RED: Colour = (255, 70, 60)
_GREEN: Colour = (90, 255, 150)


def scout() -> Hull:
    """Long legs, good eyes, thin skin."""
    return Hull(
        parts=(
            Part(at("-55,-10 -95,-50 -72,-50 -5,-13"), Skin.HULL, 0.75, 0.2),
            Part(at("-60,10 -98,40 -60,38 10,13"), Skin.HULL, 0.85, 0.8),
            Part(at("-86,-13 -40,-19 35,-13 100,3 35,12 -50,16 -86,12")),
            Part(at("-30,-17 2,-26 30,-20 50,-10 0,-10"), Skin.GLASS, 1, 0.8),
            Part(at("-50,2 55,0 90,3 50,6 -50,8"), Skin.TRIM, 1, 0.6),
            Part(box(-0.94, -0.1, -0.8, 0.1), Skin.DARK, 1, 0.4),
            Part(at("-95,-50 -84,-50 -72,-38 -84,-38"), Skin.TRIM, 1, 0.3),
        ),
        lamps=(
            Lamp((0.96, 0.03), _WARM, 0.016),
            Lamp((-0.93, -0.49), _RED, 0.014),
            Lamp((-0.95, 0.39), _GREEN, 0.014),
        ),
        engines=(Engine((-0.94, 0.0), 0.09, 0.62),),
        paint=(172, 182, 196),
    )


def gunship() -> Hull:
    """Built around its guns."""
    return Hull(
        parts=(
            Part(at("-70,-16 -90,-46 -30,-40 20,-14"), Skin.HULL, 0.7, 0.3),
            Part(at("-95,-20 -20,-30 50,-18 100,6 72,16 -30,26 -95,18"), Skin.HULL, 0.85),
            Part(at("-60,12 -30,42 42,34 62,22 30,12"), Skin.HULL, 0.95, 0.85),
            Part(box(0.3, 0.27, 0.98, 0.315, 0.005), Skin.DARK, 1.2, 0.9),
            Part(box(-0.1, -0.42, 0.56, -0.375, 0.005), Skin.DARK, 1.2, 0.3),
            Part(box(-0.32, -0.46, 0.02, -0.28), Skin.DARK, 1.5, 0.5),
            Part(at("12,-22 44,-17 66,-6 20,-8"), Skin.GLASS, 1, 0.9),
            Part(at("-90,-2 20,-2 34,5 -90,6"), Skin.TRIM, 1, 0.7),
            Part(box(-1.02, -0.17, -0.9, -0.02), Skin.DARK, 1, 0.4),
            Part(box(-1.02, 0.02, -0.9, 0.16), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((-0.88, -0.45), _RED, 0.018),
            Lamp((0.97, 0.29), _RED, 0.016),
            Lamp((0.54, -0.4), _RED, 0.014),
        ),
        engines=(Engine((-1.0, -0.1), 0.08, 0.5), Engine((-1.0, 0.09), 0.08, 0.5)),
        paint=(126, 134, 142),
        trim=(196, 54, 46),
        flame=(255, 120, 80),
        panels=18,
    )


def courier() -> Hull:
    """All engine."""
    return Hull(
        parts=(
            Part(at("-80,-6 -60,-34 -36,-34 -10,-6"), Skin.HULL, 0.8, 0.3),
            Part(at("-98,-36 -34,-40 -14,-35 -34,-29 -98,-27"), Skin.TRIM, 0.9, 0.6),
            Part(at("-70,-8 10,-12 60,-5 115,2 60,8 0,11 -70,9")),
            Part(at("16,-10 36,-13 56,-5 20,-3"), Skin.GLASS, 1, 0.9),
            Part(at("-80,6 -60,30 -36,30 0,8"), Skin.HULL, 0.95, 0.8),
            Part(at("-98,25 -34,23 -14,29 -34,35 -98,34"), Skin.TRIM, 1.1, 0.8),
        ),
        lamps=(
            Lamp((1.12, 0.02), _WARM, 0.014),
            Lamp((-0.15, -0.35), _RED, 0.014),
            Lamp((-0.15, 0.29), _GREEN, 0.014),
        ),
        engines=(Engine((-0.98, -0.315), 0.07, 0.75), Engine((-0.98, 0.295), 0.07, 0.75)),
        paint=(204, 198, 186),
        trim=(222, 168, 50),
        flame=(150, 130, 255),
    )


def pod() -> Hull:
    """What is left when the ship is not."""
    return Hull(
        parts=(
            Part(at("-90,-20 -62,-30 -62,30 -90,20"), Skin.DARK, 1.3, 0.3),
            Part(disc(0.0, 0.0, 0.72, 0.44)),
            Part(at("-30,-42 2,-44 2,44 -30,42"), Skin.TRIM, 1, 0.7),
            Part(disc(0.36, -0.05, 0.2, 0.2), Skin.DARK, 1.2, 0.9),
            Part(disc(0.36, -0.05, 0.15, 0.15), Skin.GLASS, 1, 0.95),
        ),
        lamps=(Lamp((-0.14, -0.46), _RED, 0.05), Lamp((0.36, -0.05), _WARM, 0.08)),
        engines=(Engine((-0.9, 0.0), 0.12, 0.5),),
        paint=(206, 206, 202),
        panels=5,
        length=84,
    )


def skiff() -> Hull:
    """Lent to castaways, patched by each of them."""
    return Hull(
        parts=(
            Part(at("-60,-20 -66,-58 -44,-58 -20,-24"), Skin.TRIM, 0.8, 0.3),
            Part(at("-88,-28 -30,-38 40,-34 88,-8 92,10 60,30 -40,36 -88,26")),
            Part(at("26,-32 52,-29 80,-8 40,-6"), Skin.GLASS, 1, 0.9),
            Part(at("-60,-24 -24,-30 -20,-2 -56,2"), Skin.TRIM, 0.9, 0.7),
            Part(at("-10,6 26,4 30,28 -8,32"), Skin.HULL, 1.25, 0.7),
            Part(at("-44,8 -18,6 -16,22 -42,26"), Skin.DARK, 1.5, 0.6),
            Part(box(-0.02, -0.62, 0.01, -0.34, 0.004), Skin.DARK, 1.6, 0.5),
            Part(at("-50,30 -62,56 -10,52 4,30"), Skin.HULL, 0.7, 0.85),
            Part(box(-1.0, -0.16, -0.84, 0.16), Skin.DARK, 1, 0.4),
        ),
        lamps=(Lamp((0.88, 0.06), _WARM, 0.03), Lamp((-0.005, -0.63), _RED, 0.022)),
        engines=(Engine((-0.99, 0.0), 0.13, 0.5),),
        paint=(168, 160, 142),
        trim=(170, 96, 66),
        flame=(255, 190, 120),
        rough=0.35,
        length=136,
    )
