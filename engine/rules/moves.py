"""The moves that the rules accept. They are what the journal keeps, so they hold plain values only.

Free text is no move: `engine.intents` turns it into an Intent first, so that a journal replays the same
whatever the fuzzy matcher of the day would say.
"""

import msgspec


class Choose(msgspec.Struct, frozen=True, tag="choose"):
    """Take one of the offered choices."""

    choice: str


class Intent(msgspec.Struct, frozen=True, tag="intent", omit_defaults=True):
    """Do something in the player's own words: a verb of `engine.rules.verbs`, what it is done to, how much.

    `target` is an id (choice, item, node, mod …) or "". `amount` 0 means "as much as sensible".
    `text` is what the player wrote, cleaned; the rules never read it.
    """

    verb: str
    target: str = ""
    text: str = ""
    amount: int = 0


class Wait(msgspec.Struct, frozen=True, tag="wait"):
    """The countdown ran out: take the default choice."""


class Abandon(msgspec.Struct, frozen=True, tag="abandon"):
    """End the voyage. `cause` is "restart" or "idle"."""

    cause: str


Move = Choose | Intent | Wait | Abandon
