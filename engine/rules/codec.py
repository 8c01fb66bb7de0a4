"""State, move and outcome as msgpack bytes and back, validated. It knows nothing of files or databases."""

import msgspec

from engine.rules.moves import Abandon, Choose, Intent, Move, Wait
from engine.rules.outcome import Outcome
from engine.rules.state import GameState


def encode(value: GameState | Choose | Intent | Wait | Abandon | Outcome) -> bytes:
    """Encode a state, a move or an outcome. Equal values give equal bytes."""
    return msgspec.msgpack.encode(value)


def decode_state(data: bytes) -> GameState:
    """Decode a state. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return msgspec.msgpack.decode(data, type=GameState)


def decode_move(data: bytes) -> Move:
    """Decode a move. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return msgspec.msgpack.decode(data, type=Move)


def decode_outcome(data: bytes) -> Outcome:
    """Decode an outcome. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return msgspec.msgpack.decode(data, type=Outcome)
