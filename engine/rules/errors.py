"""What the rules can refuse.

RuleError
├── Refused        understood or not, it costs nothing; `sentence` says why to the player
├── UnknownChoice  the turn does not offer this choice
└── GameOver       the voyage has ended
"""


class RuleError(Exception):
    """Base of everything that the rules refuse. The given state is never changed."""


class Refused(RuleError):
    """The action is not possible now. `sentence` is for the player."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UnknownChoice(RuleError):
    """The turn does not offer the choice `choice`."""

    def __init__(self, choice: str) -> None:
        super().__init__(f"no such choice: {choice!r}")
        self.choice = choice


class GameOver(RuleError):
    """The voyage has ended; only a launch goes on from here."""
