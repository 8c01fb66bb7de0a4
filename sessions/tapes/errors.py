"""The tapes' own expected errors; their text is a sentence that a player may read."""

from sessions.errors import SessionError


class TapeUnreachable(SessionError):
    """The tape's file, or the place where files are kept, cannot be reached now."""


class NothingToExport(SessionError):
    """No frame of the voyage is left, or too many for one upload."""
