"""What can be wrong with a subscription. Each one's text is a sentence for the admin who asked.

SessionError
└── TrackError
    ├── NoSuchFeed          no feed has this name, or the host lacks what it needs
    ├── BadFilter           the filter cannot be read
    ├── NoSuchSubscription  this server has no such subscription
    ├── AlreadyTracked      the same feed is shown in the same channel with the same filter
    ├── TooManyTracked      the server has as many subscriptions as it may
    └── NoPingOnBoard       a board is one message that is edited, so it can ping nobody
"""

from sessions.errors import SessionError

MAX_PER_GUILD = 25


class TrackError(SessionError):
    """Base of the tracker's expected errors."""


class NoSuchFeed(TrackError):
    """The feed cannot be followed."""

    def __init__(self, name: str, missing: tuple[str, ...] = ()) -> None:
        said = f"There is no feed `{name[:40]}`. Pick one from the list that appears while you type."
        if missing:
            listed = ", ".join(f"`{variable}`" for variable in missing)
            said = f"The feed `{name}` needs {listed} on the host; whoever runs the bot can set it."
        super().__init__(said)


class BadFilter(TrackError):
    """The filter cannot be read."""


class NoSuchSubscription(TrackError):
    """There is no such subscription on this server."""

    def __init__(self) -> None:
        super().__init__("That is not tracked on this server. `/track list` shows what is.")


class AlreadyTracked(TrackError):
    """The subscription exists."""

    def __init__(self) -> None:
        super().__init__("That feed is already shown in that channel with the same filter.")


class TooManyTracked(TrackError):
    """The server's limit is reached."""

    def __init__(self) -> None:
        super().__init__(f"A server may track {MAX_PER_GUILD} feeds. Remove one with `/track remove` first.")


class NoPingOnBoard(TrackError):
    """A board pings nobody."""

    def __init__(self) -> None:
        super().__init__("A board is one message that is edited, so it cannot ping. Use `style: cards`.")
