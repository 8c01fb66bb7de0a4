"""What can go wrong with a feed.

FeedError
├── BadFeed        a feed's TOML file is wrong; the text names the file, the key and the fault
├── UnknownFeed    no feed has this name
├── MissingSecret  the feed needs a value that the host was not given; names the variables
└── FeedAway       no usable answer came; `retry_after` is the server's own wish in seconds, or 0
"""


class FeedError(Exception):
    """Base of every expected error of the feeds."""


class BadFeed(FeedError):
    """A feed's TOML file is wrong."""


class UnknownFeed(FeedError):
    """No feed has this name."""


class MissingSecret(FeedError):
    """The host lacks the values `names` that the feed's address needs."""

    def __init__(self, feed: str, names: tuple[str, ...]) -> None:
        super().__init__(f"the feed {feed} needs {', '.join(names)} on the host")
        self.names = names


class FeedAway(FeedError):
    """The list did not answer, or not with a list. The text holds no address and no secret."""

    def __init__(self, reason: str, *, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
