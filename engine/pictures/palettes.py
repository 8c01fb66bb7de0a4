"""The colours of a region: made from the three of its content, or one of twelve tuned palettes by its id.

The hash of the id picks the palette and turns its hues a little, so every region has a look of its own.
"""

import colorsys
import re
from dataclasses import dataclass

from engine.pictures.seeds import mix

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours as 0..255 RGB. `deep` is empty space, `light` the key light on hulls and planets."""

    name: str
    deep: Colour
    shade: Colour
    cloud: Colour
    bright: Colour
    contrast: Colour
    light: Colour


def _hex(text: str) -> Colour:
    value = int(text, 16)
    return value >> 16, value >> 8 & 255, value & 255


def _palette(name: str, deep: str, shade: str, cloud: str, bright: str, contrast: str, light: str) -> Palette:
    return Palette(name, _hex(deep), _hex(shade), _hex(cloud), _hex(bright), _hex(contrast), _hex(light))


PALETTES = (
    _palette("ember", "0b0710", "4a1a2c", "d9603a", "ffc98a", "2a8c9c", "ffdcb4"),
    _palette("lagoon", "030d14", "0b4456", "2fb8b0", "d4fff2", "e8705e", "e2fff6"),
    _palette("violet", "09061a", "3a1c6e", "a45cf0", "f4d0ff", "3fb6e8", "f0dcff"),
    _palette("amber", "0d0a06", "50390f", "dba034", "fff0bd", "3a74b8", "fff0cc"),
    _palette("rose", "10060e", "66193f", "ee5a92", "ffdce8", "4cc4b8", "ffe2ea"),
    _palette("ice", "050b16", "1a4272", "74bdf2", "eef9ff", "f2a05a", "eaf6ff"),
    _palette("moss", "050e0a", "18482e", "6fc864", "eeffc8", "b65cf0", "f0ffd8"),
    _palette("blood", "0d0508", "5c0f1c", "ea4038", "ffc6a0", "5b96ee", "ffd2bc"),
    _palette("ash", "090a0e", "333a4a", "98a6be", "f6f8ff", "f0923a", "ffffff"),
    _palette("dusk", "090818", "34296c", "f28a5e", "ffe2b8", "4fb0f0", "ffe6c8"),
    _palette("acid", "090d05", "3e4c0c", "bcd83a", "f8ffc0", "7a4ff0", "fbffdc"),
    _palette("abyss", "02050d", "0a2250", "3272f0", "cfe2ff", "f060c4", "dbe8ff"),
)


NEUTRAL = _palette("neutral", "06080f", "26324a", "86a4d8", "eaf3ff", "f0a868", "fffaf0")


def palette_of(region: str, look: tuple[str, ...] = ()) -> Palette:
    """Give the palette of a region: from its three colours "#rrggbb" if it has them, else by its id."""
    colours = [_read(text) for text in look[:3]]
    if len(colours) == 3 and all(colours):
        deep, cloud, bright = (found for found in colours if found is not None)
        return _from_look(region, deep, cloud, bright)
    number = mix("palette", region)
    base = PALETTES[number % len(PALETTES)]
    return _turned(base, region, ((number >> 16) % 41 - 20) / 360)


def _read(text: str) -> Colour | None:
    return _hex(text[1:]) if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else None


def _from_look(region: str, deep: Colour, cloud: Colour, bright: Colour) -> Palette:
    hue, light, strength = _hls(cloud)
    cloud = _rgb(hue, max(light, 0.42), min(1.0, strength * 1.15))
    turn = 0.42 if mix("contrast", region) % 2 else 0.56
    contrast = _rgb(hue + turn, 0.55, max(0.45, min(0.75, strength)))
    return Palette(
        f"look+{region}",
        blend((0, 0, 0), deep, 0.75),
        _rgb(hue, 0.2, min(1.0, strength * 1.1)),
        cloud,
        bright,
        contrast,
        blend((255, 255, 255), bright, 0.4),
    )


def blend(one: Colour, other: Colour, part: float) -> Colour:
    """Mix two colours; `part` 0..1 is that of the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hls(shade: Colour) -> tuple[float, float, float]:
    return colorsys.rgb_to_hls(*(part / 255 for part in shade))


def _rgb(hue: float, light: float, strength: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, light, strength)
    return round(red * 255), round(green * 255), round(blue * 255)


def _turned(base: Palette, region: str, turn: float) -> Palette:
    def shift(shade: Colour) -> Colour:
        hue, light, strength = _hls(shade)
        return _rgb(hue + turn, light, strength)

    return Palette(
        f"{base.name}+{region}",
        shift(base.deep),
        shift(base.shade),
        shift(base.cloud),
        shift(base.bright),
        shift(base.contrast),
        base.light,
    )
