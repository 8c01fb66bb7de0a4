"""What the run commands refuse. Each one's text is a sentence for the player; nothing has changed.

RunRefused
├── NoRun              POST without PRE, or POST twice: no run is under way
├── RunMovedOn         the run that was asked about ended meanwhile
├── TooSoon            the inventory was asked for too often; says when it may be asked again
└── BadTemplate        the template of the notification names an unknown variable or is too long
"""

from sessions.errors import SessionError


class RunRefused(SessionError):
    """Base of what the run commands refuse."""


class NoRun(RunRefused):
    """No run is under way. `last` names the place of the last one that was completed."""

    def __init__(self, last: str = "") -> None:
        ended = f" The last one, at {last}, is already counted." if last else ""
        super().__init__(
            f"No run is under way.{ended} The next one begins when the ship arrives somewhere, "
            "or with `/run start`."
        )


class RunMovedOn(RunRefused):
    """The run ended while the inventory was taken."""

    def __init__(self) -> None:
        super().__init__("The ship has moved on meanwhile, and that run was counted when it left.")


class TooSoon(RunRefused):
    """The inventory was asked for too often."""

    def __init__(self, seconds: float) -> None:
        wait = max(1, round(seconds))
        super().__init__(f"The hold was just counted. Try again in {wait} s; your run goes on.")
        self.seconds = seconds


class BadTemplate(RunRefused):
    """The template cannot be used."""
