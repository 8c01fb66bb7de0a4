"""Cosmic Explorer: the rules and their content (pure), the pictures, and the life of a game session."""
