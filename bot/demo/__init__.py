"""The demo: the real bot in a browser page, without a token and without the network.

It must not change what the bot does, and nothing outside this package may know that simcord exists.
"""


class DemoError(Exception):
    """The demo cannot start; the text says why and what to do about it."""
