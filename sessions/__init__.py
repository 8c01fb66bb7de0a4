"""What a channel's game leaves behind, and the one path by which it moves.

Never Discord, never HTTP: it knows the engine protocol and the store.
"""
