"""Session lists as data: what a feed's TOML file says, and what it makes of an answer. It asks no server."""
