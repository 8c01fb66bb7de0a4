"""Simulated players and the table of how they fare. It judges the content; the game never imports it."""
