"""The colours of a region: twelve tuned palettes, chosen by the region's id.

An id that is not listed takes a palette by its hash, with a small turn of its hues, so that a server owner's
new region has a look of its own too.
"""

import colorsys
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


def palette_of(region: str) -> Palette:
    """Give the palette of a region id; every id has one."""
    number = mix("palette", region)
    base = PALETTES[number % len(PALETTES)]
    return _turned(base, region, ((number >> 16) % 41 - 20) / 360)


def _turned(base: Palette, region: str, turn: float) -> Palette:
    def shift(colour: Colour) -> Colour:
        hue, light, strength = colorsys.rgb_to_hls(*(part / 255 for part in colour))
        red, green, blue = colorsys.hls_to_rgb((hue + turn) % 1, light, strength)
        return round(red * 255), round(green * 255), round(blue * 255)

    return Palette(
        f"{base.name}+{region}",
        shift(base.deep),
        shift(base.shade),
        shift(base.cloud),
        shift(base.bright),
        shift(base.contrast),
        base.light,
    )
