"""What the history refuses. Each one's text is a sentence for the player; nothing has changed.

HistoryRefused
├── NoVoyages      the channel has no voyage in its history
├── NoSuchVoyage   no voyage of the channel has this name
└── BadFile        what was given to be brought in is no history
"""

from sessions.errors import SessionError


class HistoryRefused(SessionError):
    """Base of what the history refuses."""


class NoVoyages(HistoryRefused):
    """There is nothing to show yet."""

    def __init__(self) -> None:
        super().__init__(
            "No voyage has ended in this channel yet, so there is no history. `/play` begins one."
        )


class NoSuchVoyage(HistoryRefused):
    """No voyage has this name."""

    def __init__(self, name: str) -> None:
        shown = "".join(character for character in name[:40] if character.isalnum() or character in "-_")
        super().__init__(f"This channel's history has no voyage `{shown or '?'}`. `/history` lists them.")


class BadFile(HistoryRefused):
    """The file is no history."""
