"""The sessions layer's errors. Each one's text is a sentence that a player may read.

SessionError
├── OldBoard           the click was meant for an earlier turn
├── VoyageEnded        the voyage that the click was meant for is over
├── NothingHere        no voyage was ever launched in this channel
├── NothingToRestart   a restart was confirmed after the voyage had ended
├── VoyageClosed       the bot was started with RESUME_MODE=false and has ended the old voyage
├── Stopping           the bot is being stopped and takes no new turns
└── BadSetting         a channel setting makes no sense
"""


class SessionError(Exception):
    """Base of the expected errors of `sessions`."""


class OldBoard(SessionError):
    """The click was meant for an earlier turn."""

    def __init__(self, newest: int) -> None:
        super().__init__(
            f"That moment has passed: the ship is already at turn {newest}. The board is up to date."
        )
        self.newest = newest


class VoyageEnded(SessionError):
    """The voyage that the click was meant for is over."""

    def __init__(self) -> None:
        super().__init__("That voyage is over. Start a new one with **New voyage** or `/play`.")


class NothingHere(SessionError):
    """No voyage was ever launched in this channel."""

    def __init__(self) -> None:
        super().__init__("No ship has left this channel yet. Start one with `/play`.")


class NothingToRestart(SessionError):
    """There is no voyage under way."""

    def __init__(self) -> None:
        super().__init__("No voyage is under way here, so there is nothing to restart. Use `/play`.")


class VoyageClosed(SessionError):
    """The bot was restarted with RESUME_MODE=false, and the old voyage was ended when it was touched."""

    def __init__(self) -> None:
        super().__init__(
            "The bot was restarted and does not resume voyages here: that voyage has been closed, "
            "and its tape is on the way. Start a new one with `/play`."
        )


class Stopping(SessionError):
    """The bot is being stopped and takes nothing new; what was accepted is finished."""

    def __init__(self) -> None:
        super().__init__("no new turns are taken")


class BadSetting(SessionError):
    """A channel setting is out of its range or contradicts another one."""
