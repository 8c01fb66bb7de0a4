"""Stable numbers out of ids and seeds. Never Python's own `hash`, which differs from process to process."""

from hashlib import blake2b

import numpy as np


def mix(*parts: object) -> int:
    """Mix any printable parts into one number of 63 bits, the same in every process."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1


def generator(*parts: object) -> np.random.Generator:
    """Give the random generator of these parts."""
    return np.random.Generator(np.random.PCG64(mix(*parts)))
