"""The demo: the real bot in a browser page, without a token and without the network.

It must not change what the bot does, and nothing outside this package may know that simcord exists.
"""
