"""The dice of one turn: a small generator behind random.Random's methods.

Python's own generator takes longer to seed than a whole turn takes to play, and a journal must replay the
same on every version of Python. A turn rolls a few dozen times at most, so a 48-bit linear congruential
generator (the numbers of POSIX drand48) is enough, once its seed is well stirred (SplitMix64's finisher).
"""

import random
from typing import Any

_MASK_64 = 0xFFFFFFFFFFFFFFFF
_MASK_48 = 0xFFFFFFFFFFFF
_STIR_1 = 0x9E3779B97F4A7C15
_STIR_2 = 0xBF58476D1CE4E5B9
_MULTIPLIER = 0x5DEECE66D
_UNIT = 2.0**-32


class Dice(random.Random):
    """Seeded by a whole number; the same seed gives the same rolls for ever."""

    def __init__(self, seed: int = 0) -> None:
        mixed = seed * _STIR_1 & _MASK_64
        mixed = (mixed ^ (mixed >> 30)) * _STIR_2 & _MASK_64
        self._state = (mixed ^ (mixed >> 27)) & _MASK_48
        self.gauss_next = None

    def seed(self, a: Any = 0, version: int = 2) -> None:
        """Start over from a whole number."""
        self.__init__(int(a))

    def random(self) -> float:
        """Roll a number from 0.0 up to, but not including, 1.0, in steps of 2**-32."""
        self._state = state = (self._state * _MULTIPLIER + 11) & _MASK_48
        return (state >> 16) * _UNIT

    def getrandbits(self, k: int, /) -> int:
        """Roll k bits."""
        bits = 0
        for _ in range(0, k, 32):
            bits = bits << 32 | int(self.random() / _UNIT)
        return bits >> (-k % 32)

    def getstate(self) -> tuple[Any, ...]:
        """Give the state for setstate."""
        return (self._state,)

    def setstate(self, state: tuple[Any, ...]) -> None:
        """Go on from a state that getstate gave."""
        (self._state,) = state
