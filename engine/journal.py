"""What the journal keeps as the action of a turn, and how a voyage is computed again from it.

Every turn but the first holds a move of the rules. The first holds how the voyage began: a launch from a
seed, or a save that was brought back. So entries alone are enough to replay a voyage, byte for byte.
"""

from collections.abc import Iterable

import msgspec

from engine.content.catalogue import Content
from engine.restore import resume
from engine.rules import game
from engine.rules.codec import decode_state
from engine.rules.moves import Abandon, Choose, Intent, Wait
from engine.rules.outcome import Outcome
from engine.rules.state import GameState


class Launch(msgspec.Struct, frozen=True, tag="launch"):
    """The voyage was launched from a seed."""

    seed: int
    captain: str


class Restore(msgspec.Struct, frozen=True, tag="restore"):
    """The voyage goes on from a save: an encoded state."""

    state: bytes


Entry = Launch | Restore | Choose | Intent | Wait | Abandon


def encode_entry(entry: Entry) -> bytes:
    """Encode an entry for the journal."""
    return msgspec.msgpack.encode(entry)


def decode_entry(data: bytes) -> Entry:
    """Decode an entry. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return msgspec.msgpack.decode(data, type=Entry)


def begin(content: Content, entry: Launch | Restore) -> tuple[GameState, Outcome]:
    """Compute a voyage's first turn."""
    if isinstance(entry, Launch):
        return game.launch(content, entry.seed, entry.captain)
    return resume(content, decode_state(entry.state))


def replay(content: Content, entries: Iterable[Entry]) -> list[tuple[GameState, Outcome]]:
    """Compute a voyage again from its journal; give state and outcome after each turn.

    Raises ValueError when the entries are not one whole voyage from its first turn.
    """
    turns: list[tuple[GameState, Outcome]] = []
    for entry in entries:
        opens = isinstance(entry, Launch | Restore)
        if opens == bool(turns):
            raise ValueError("a voyage begins with a launch or a restored save, and only there")
        if isinstance(entry, Launch | Restore):
            turns.append(begin(content, entry))
        else:
            turns.append(step(content, turns[-1][0], entry))
    return turns


def step(
    content: Content, state: GameState, move: Choose | Intent | Wait | Abandon
) -> tuple[GameState, Outcome]:
    """Apply one move with the random numbers that belong to this turn of this voyage. Raises RuleError."""
    return game.act(content, state, move, game.turn_random(state.seed, state.turn_count + 1))
