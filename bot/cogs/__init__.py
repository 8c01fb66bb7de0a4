"""Slash commands and timers: a cog translates between Discord and `sessions` and decides nothing itself."""
