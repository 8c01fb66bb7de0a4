"""The tapes' own expected errors; their text is a sentence that a player may read."""

from sessions.errors import SessionError


class NothingToExport(SessionError):
    """No frame of the voyage is left, or too many for one upload."""
