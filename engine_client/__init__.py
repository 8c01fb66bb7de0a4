"""How the rest of the house talks to a game engine: one protocol, its models and errors, its transports."""
