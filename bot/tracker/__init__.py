"""How followed multiplayer sessions look in Discord, and how their messages get there."""
