"""The custom ids of the bot's buttons and modals: how they are written, read and checked.

`act:<session>:<voyage>:<turn>:<choice>` takes a choice; `board:<verb>:<session>:<voyage>:<turn>` does what
its verb says; `say:…` is the custom action's modal. An id may be forged: the session must be the channel's
own.
"""

import re

import discord
import msgspec

from bot.errors import ForeignButton
from engine_client.models import SessionId, TurnRef, parse_session_id

_TURN = r"(?P<session>[A-Za-z0-9_-]{1,64}):(?P<voyage>[0-9]{1,9}):(?P<turn>[0-9]{1,9})"
ACT = re.compile(rf"act:{_TURN}:(?P<choice>[a-z0-9_]{{1,24}})")
BOARD = re.compile(rf"board:(?P<verb>custom|map|restart|confirm|keep|new):{_TURN}")
SAY = re.compile(rf"say:{_TURN}")


class Target(msgspec.Struct, frozen=True):
    """Which turn of which session a button was made for."""

    session_id: SessionId
    ref: TurnRef


def session_of(interaction: discord.Interaction) -> SessionId:
    """Derive the session id from the interaction's channel, thread or direct message."""
    return parse_session_id(interaction.channel_id or "")


def target_of(match: re.Match[str]) -> Target:
    """Read the target out of a matched id."""
    ref = TurnRef(int(match["voyage"]), int(match["turn"]))
    return Target(parse_session_id(match["session"]), ref)


def check_origin(target: Target, interaction: discord.Interaction) -> None:
    """Refuse a button of another channel's game. Raises ForeignButton."""
    if target.session_id != str(interaction.channel_id):
        raise ForeignButton


def act_id(target: Target, choice: str) -> str:
    """Write the id of a choice button."""
    return f"act:{target.session_id}:{target.ref.voyage}:{target.ref.n}:{choice}"


def board_id(verb: str, target: Target) -> str:
    """Write the id of one of the board's other buttons."""
    return f"board:{verb}:{target.session_id}:{target.ref.voyage}:{target.ref.n}"


def say_id(target: Target) -> str:
    """Write the id of the custom action's modal."""
    return f"say:{target.session_id}:{target.ref.voyage}:{target.ref.n}"
