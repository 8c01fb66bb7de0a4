"""What the journal keeps as the action of a turn, and how a voyage is computed again from it.

Every turn but the first holds a move of the rules. The first holds how the voyage began: a launch from a
seed, or a save that was brought back. So entries alone are enough to replay a voyage, byte for byte.
"""

from collections.abc import Iterable
from copy import copy

import msgspec

from engine.content.catalogue import Content
from engine.restore import resume
from engine.rules import game
from engine.rules.codec import decode_state
from engine.rules.moves import Abandon, Choose, Intent, Wait
from engine.rules.outcome import Outcome, VoyageEnd
from engine.rules.state import GameState, Screen


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


def end_anyhow(state: GameState, outcome: Outcome, move: Abandon) -> tuple[GameState, Outcome]:
    """End a voyage without the rules: when they trip over its state, it can still be left behind.

    Such an end does not replay; `outcome` is the voyage's newest one, whose picture is shown once more.
    """
    title, sentence = (
        "Lost with its charts",
        "The charts no longer show where this ship was.",
    )
    end = VoyageEnd(move.cause, title, sentence)
    changes = {"messages": (), "choices": (), "action": "Abandon ship", "title": title, "story": sentence}
    left = msgspec.structs.replace(outcome, n=outcome.n + 1, end=end, **changes)
    over = copy(state)
    over.game_over, over.end_cause, over.screen = True, move.cause, Screen.OVER
    over.available_choices, over.turn_count = (), state.turn_count + 1
    return over, left


def step(
    content: Content, state: GameState, move: Choose | Intent | Wait | Abandon
) -> tuple[GameState, Outcome]:
    """Apply one move with the random numbers that belong to this turn of this voyage. Raises RuleError."""
    return game.act(content, state, move, game.turn_random(state.seed, state.turn_count + 1))
