"""The hulls that work: freighter, prospector, ark, seeker, surveyor.

Units and axes are those of `shipyard.Hull`.
"""

from engine.pictures.palettes import Colour
from engine.pictures.shapes import arc, at, box, disc, half_hoop
from engine.pictures.shipyard import Engine, Hull, Lamp, Part, Skin

_WARM: Colour = (255, 214, 150)
_RED: Colour = (255, 70, 60)
_GREEN: Colour = (90, 255, 150)


def freighter() -> Hull:
    """A spine with crates on it."""
    crates = tuple(
        Part(box(-0.62 + 0.27 * i, top, -0.38 + 0.27 * i, top + 0.2, 0.015), skin, tone, 0.65)
        for i, (top, skin, tone) in enumerate(
            (
                (-0.27, Skin.TRIM, 0.8),
                (-0.27, Skin.HULL, 0.8),
                (-0.27, Skin.TRIM, 0.62),
                (-0.27, Skin.HULL, 1.0),
            )
        )
    )
    lower = tuple(
        Part(box(-0.62 + 0.27 * i, 0.09, -0.38 + 0.27 * i, 0.29, 0.015), skin, tone, 0.65)
        for i, (skin, tone) in enumerate(
            ((Skin.HULL, 0.9), (Skin.TRIM, 0.7), (Skin.HULL, 0.7), (Skin.TRIM, 0.9))
        )
    )
    return Hull(
        parts=(
            Part(box(-0.8, -0.07, 0.7, 0.09), Skin.DARK, 1.3, 0.3),
            *crates,
            *lower,
            Part(at("-100,-24 -74,-30 -64,-24 -64,26 -74,32 -100,24"), Skin.HULL, 0.9, 0.7),
            Part(at("46,-20 62,-38 80,-38 98,-8 100,12 80,26 46,22"), Skin.HULL, 1.1, 0.8),
            Part(at("66,-33 79,-33 90,-12 68,-16"), Skin.GLASS, 1, 0.9),
            Part(box(0.5, 0.04, 0.94, 0.1), Skin.TRIM, 1, 0.85),
            Part(box(-1.06, -0.2, -0.96, -0.04), Skin.DARK, 1, 0.4),
            Part(box(-1.06, 0.04, -0.96, 0.2), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((0.62, 0.16), _WARM, 0.014),
            Lamp((0.7, 0.16), _WARM, 0.014),
            Lamp((0.78, 0.16), _WARM, 0.014),
            Lamp((-0.86, -0.28), _RED, 0.016),
            Lamp((0.7, -0.4), _GREEN, 0.014),
        ),
        engines=(Engine((-1.05, -0.12), 0.09, 0.42), Engine((-1.05, 0.12), 0.09, 0.42)),
        paint=(160, 158, 150),
        flame=(255, 170, 90),
        panels=20,
    )


def surveyor() -> Hull:
    """A dish, a ring, a long nose."""
    return Hull(
        parts=(
            Part(at("-20,-12 -14,-44 -8,-44 -6,-12"), Skin.DARK, 1.4, 0.3),
            Part(at("-46,-62 14,-56 6,-46 -10,-40 -30,-44"), Skin.HULL, 1.15, 0.7),
            Part(at("-18,-60 -13,-78 -10,-60"), Skin.DARK, 1.5, 0.8),
            Part(box(0.5, -0.035, 1.12, 0.005, 0.005), Skin.DARK, 1.5, 0.4),
            Part(disc(-0.1, 0.02, 0.2, 0.42), Skin.TRIM, 0.8, 0.35),
            Part(disc(-0.1, 0.02, 0.13, 0.33), Skin.DARK, 1.0, 0.25),
            Part(at("-85,-12 -50,-16 40,-14 66,-2 60,10 30,16 -85,13")),
            Part(disc(0.42, 0.0, 0.13, 0.11), Skin.GLASS, 1, 0.9),
            Part(at("-75,14 -60,40 -10,36 -20,30 -40,14"), Skin.HULL, 0.7, 0.8),
            Part(box(-0.96, -0.09, -0.82, 0.1), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((1.12, -0.015), _GREEN, 0.02),
            Lamp((-0.12, -0.78), _RED, 0.016),
            Lamp((0.1, 0.03), _WARM, 0.013),
            Lamp((0.18, 0.03), _WARM, 0.013),
            Lamp((-0.5, 0.0), _WARM, 0.013),
        ),
        engines=(Engine((-0.95, 0.0), 0.085, 0.5),),
        paint=(196, 200, 196),
        trim=(70, 160, 170),
        flame=(120, 255, 220),
    )


def prospector() -> Hull:
    """Drills in front, drums behind."""
    drills = tuple(
        Part(((0.55, y - 0.15), (1.06, y), (0.55, y + 0.15)), Skin.DARK, tone, 0.8)
        for y, tone in ((-0.16, 1.9), (0.19, 1.6))
    )
    threads = tuple(
        Part(
            (
                (x, y - 0.15 + (x - 0.55) * 0.28),
                (x + 0.05, y - 0.14 + (x - 0.55) * 0.28),
                (x + 0.09, y + 0.13 - (x - 0.55) * 0.28),
                (x + 0.04, y + 0.14 - (x - 0.55) * 0.28),
            ),
            Skin.TRIM,
            0.9,
            0.9,
        )
        for y in (-0.16, 0.19)
        for x in (0.6, 0.72, 0.83)
    )
    drums = tuple(
        Part(disc(x, 0.3, 0.17, 0.17), Skin.TRIM, tone, 0.75) for x, tone in ((-0.6, 0.7), (-0.24, 0.9))
    )
    caps = tuple(Part(disc(x, 0.3, 0.08, 0.08), Skin.DARK, 1.4, 0.9) for x in (-0.6, -0.24))
    return Hull(
        parts=(
            Part(at("-80,-24 -70,-44 -30,-44 -20,-26"), Skin.HULL, 0.8, 0.4),
            *drills,
            *threads,
            Part(at("-92,-24 -10,-30 30,-40 56,-34 62,-4 62,34 30,40 -92,28")),
            Part(at("22,-38 48,-36 56,-14 30,-12"), Skin.GLASS, 1, 0.9),
            Part(box(-0.8, -0.1, 0.5, -0.02), Skin.TRIM, 1, 0.7),
            *drums,
            *caps,
            Part(box(-1.02, -0.2, -0.9, -0.02), Skin.DARK, 1, 0.4),
            Part(box(-1.02, 0.04, -0.9, 0.22), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((0.6, -0.01), (255, 244, 214), 0.03),
            Lamp((-0.7, -0.45), _RED, 0.018),
            *(Lamp((x, 0.02), _WARM, 0.012) for x in (-0.05, 0.05, 0.15)),
        ),
        engines=(Engine((-1.01, -0.11), 0.09, 0.42), Engine((-1.01, 0.13), 0.09, 0.42)),
        paint=(176, 160, 128),
        trim=(214, 150, 44),
        flame=(255, 176, 96),
        panels=22,
        length=196,
    )


def ark() -> Hull:
    """White paint, soft beds, a cross that everybody knows."""
    windows = tuple(Lamp((-0.7 + 0.085 * i, -0.13), _WARM, 0.011) for i in range(15) if i not in (6, 7, 8))
    return Hull(
        parts=(
            Part(at("-70,-24 -92,-60 -58,-58 -20,-30"), Skin.HULL, 0.85, 0.3),
            Part(arc((0.0, 0.02), (0.98, 0.36), 0, 6.1, 40)),
            Part(at("-96,-10 -60,4 60,4 97,6 80,16 -60,20 -96,14"), Skin.TRIM, 0.55, 0.8),
            Part(at("52,-24 74,-19 92,-6 60,-8"), Skin.GLASS, 1, 0.95),
            Part(disc(-0.1, 0.0, 0.2, 0.2), Skin.HULL, 1.15, 0.95),
            Part(box(-0.14, -0.15, -0.06, 0.15, 0.005), Skin.TRIM, 1.1, 1.0),
            Part(box(-0.25, -0.04, 0.05, 0.04, 0.005), Skin.TRIM, 1.1, 1.0),
            Part(at("-50,30 -66,54 -20,50 0,34"), Skin.HULL, 0.75, 0.85),
            Part(box(-1.04, -0.16, -0.92, 0.18), Skin.DARK, 1, 0.4),
        ),
        lamps=(*windows, Lamp((-0.8, -0.6), _RED, 0.018), Lamp((0.97, 0.04), _GREEN, 0.018)),
        engines=(Engine((-1.03, -0.07), 0.08, 0.4), Engine((-1.03, 0.1), 0.08, 0.4)),
        paint=(222, 224, 222),
        trim=(70, 176, 120),
        flame=(150, 255, 214),
        panels=16,
        length=214,
    )


def seeker() -> Hull:
    """A laboratory in a hoop, built to go where it should not."""
    hoop = ((0.06, 0.0), (0.17, 0.56), (0.12, 0.47))
    spokes = (Part(box(0.04, -0.5, 0.08, 0.5, 0.005), Skin.DARK, 1.3, 0.4),)
    return Hull(
        parts=(
            Part(half_hoop(*hoop, near=False), Skin.TRIM, 0.55, 0.3),
            *spokes,
            Part(at("-90,-9 -54,-16 40,-15 64,-8 64,8 40,16 -54,16 -90,9")),
            Part(disc(0.66, 0.0, 0.15, 0.14), Skin.GLASS, 1, 0.9),
            Part(box(0.78, -0.012, 1.18, 0.012, 0.002), Skin.DARK, 1.7, 0.5),
            Part(at("-70,-14 -84,-42 -60,-42 -40,-15"), Skin.HULL, 0.85, 0.4),
            Part(at("-70,14 -84,40 -60,40 -40,15"), Skin.HULL, 0.75, 0.6),
            Part(box(-0.5, -0.03, 0.4, 0.03, 0.004), Skin.TRIM, 1, 0.8),
            Part(half_hoop(*hoop, near=True), Skin.TRIM, 1.0, 0.9),
            Part(box(-0.99, -0.1, -0.88, 0.1), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((1.18, 0.0), _GREEN, 0.024),
            Lamp((0.66, -0.02), (160, 220, 255), 0.06),
            *(Lamp((x, 0.09), _WARM, 0.011) for x in (-0.4, -0.3, -0.2, 0.28, 0.36)),
        ),
        engines=(Engine((-0.98, 0.0), 0.09, 0.56),),
        paint=(188, 192, 204),
        trim=(120, 108, 214),
        flame=(180, 140, 255),
        length=200,
    )
