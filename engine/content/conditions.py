"""The small language of conditions in the content: what must be true for an event or a choice to appear.

    wealth >= 200      fuel < 30        hull, food, health, day, danger, keystones
    scanner >= 5       any stat of the ship
    item ore           item ore >= 3    the hold has it
    flag met_monks     flag debt >= 2   a flag is set
    effect fever       quest salt_run   done salt_run     ship freighter     pod

Each may start with "no". Parsed once at load; `engine.rules.judge` decides.
"""

import operator
import re
from collections.abc import Callable

import msgspec

NUMBERS = ("wealth", "fuel", "hull", "food", "health", "day", "danger", "ships_destroyed", "systems_visited")
NAMED = ("item", "flag", "effect", "quest", "done", "ship", "pod", "region")
STATS = (
    "hull",
    "tank",
    "larder",
    "cargo",
    "attack",
    "shield",
    "speed",
    "scanner",
    "mining",
    "repair",
    "medbay",
    "drive",
    "trade",
)

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_FORM = re.compile(r"(no )?([a-z_]+)(?: ([a-z0-9_]+))?(?: ?(>=|<=|<|>|=) ?(\d+))?")


class Condition(msgspec.Struct, frozen=True):
    """One parsed condition. `subject` is a number, a stat or a named thing."""

    subject: str
    name: str
    compare: str
    number: int
    negated: bool

    def accepts(self, value: int) -> bool:
        """Say whether the value of the subject satisfies the condition."""
        return _COMPARE[self.compare](value, self.number) != self.negated


def parse_condition(text: str) -> Condition:
    """Parse one condition. Raises ValueError with a sentence."""
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise ValueError(f"cannot read the condition {text!r}")
    negated, subject, name, compare, number = form.groups()
    if subject not in NUMBERS and subject not in NAMED and subject not in STATS:
        raise ValueError(f"the condition {text!r} asks for {subject!r}, which is unknown")
    if subject in NAMED and subject != "pod" and not name:
        raise ValueError(f"the condition {text!r} needs a name after {subject!r}")
    if subject not in NAMED and (name or not compare):
        raise ValueError(f"the condition {text!r} needs a comparison such as '{subject} >= 5'")
    return Condition(subject, name or "", compare or ">=", int(number or 1), bool(negated))


def parse_test(text: str) -> tuple[str, int]:
    """Parse a choice's test, "stat difficulty". Raises ValueError with a sentence."""
    stat, _, difficulty = text.partition(" ")
    if stat not in STATS or not difficulty.isdigit():
        raise ValueError(f"the test {text!r} should be a stat and a number, such as 'scanner 5'")
    return stat, int(difficulty)
