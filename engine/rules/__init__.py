"""The rules: (state, move, random) -> (state', outcome).

No clock, no I/O, no asyncio, no global randomness.
"""
