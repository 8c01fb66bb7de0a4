"""Follows multiplayer sessions: decides what is posted, edited and ended. Never Discord, never HTTP."""
