"""Every sentence that a player reads and that is not the game's own story."""

from collections.abc import Mapping, Sequence

from engine_client import errors
from sessions.channel_settings import ChannelSettings, Mode

FOREIGN_BUTTON = "This button belongs to another channel's game, so it does nothing here. Use `/play`."
CHANNEL_LOST = (
    "I cannot write in this channel: it is gone, archived or closed to me. Your game is safe; "
    "ask an admin to let me in, then use `/play`."
)
VOYAGE_SAFE = "Your game is safe."
STOPPING = "The bot is restarting. Your game is safe; press again in a moment."
PAUSED = "⏸ The bot is restarting. The countdown goes on when it is back."
UNKNOWN_CHOICE = "That choice is not offered any more. The board shows what is."
KEPT = "Good. The voyage goes on."
COMING = "It is on its way."
RECOVERING = "📼 The black box is being recovered…"
VOYAGE_IN_THE_WAY = (
    "A voyage is under way here. To end it (its tape is posted) and fly on from the file, say "
    "`/save import` again with `replace: True`."
)
TAPE_LATER = "📼 The black box resists. It is tried again in a while; `/tape` shows it when it is there."
TAPE_NONE = "📼 No tape could be made of this voyage."
TAPE_COMES = "📼 Its tape follows in this channel."
TAPE_POSTED = "📼 The tape is in this channel."
TAPE_TOO_LARGE = "The tape is too large for this server. /tape steps through it, turn by turn."
NEW_VOYAGE = "New voyage"
CUSTOM_ACTION = "Custom action"
MAP = "Map"
RESTART = "Restart"
NO_TAPES = "There is no such tape in this channel. A voyage's tape is made when it ends."
VOTING_ONLY = (
    "This channel decides by vote, so custom actions are off. Vote with a button, or let an admin choose "
    "`/settings mode:first`."
)
RESTART_ASK = (
    "**Give up this voyage?** {ship} is at turn {turn}. Giving up is turn {last}, its last: the tape of all "
    "{last} is posted, and a new voyage begins. Only this channel's game is touched."
)
COUNTDOWN_ENDS = "⏳ The ship acts alone {when}"
VOTE_ENDS = "🗳️ The vote closes {when}"
VOTE_OPEN = "🗳️ Vote by pressing a button; the first vote starts the clock."
RESTING = "💤 The crew waits for you: the countdown goes on after your next choice."

# A completed run; the variables are those of bot.run_notice and docs/history.md.
RUN_NOTICE = (
    "🏁 {map_name} ▷ {map_level} ◷ {map_runtime_fmt} ◉ {map_value_fmt}\n"
    "Run: {map_value_per_hour_fmt} 🆚 Avg: {session_value_per_hour_before_fmt}\n"
    "Session: {session_maps_completed} ◉ {session_value_fmt} ◷ {session_value_per_hour_fmt}"
)
NO_SUCH_FIGURES = "None of these voyages has that figure yet, so there is nothing to draw."
NO_FLEES = "No ship has fled from anything yet. There is no dangerous area in this channel's history."
NO_AREAS = "No area has been explored for ten minutes yet, so none can be called the best."
HISTORY_TOO_LARGE = "That file is larger than 4 MB, so it is no history of ours."
NOTE_KEPT = "The note is kept."
NOTICES_OFF = "Runs are no longer announced on this server. `/run notice mode:default` announces them again."
NOTICES_DEFAULT = "Runs are announced with the common text again."
NOTICES_CHANGED = "Runs are announced like this from now on:"
NOTICES_NEED_SERVER = "The text of the notices belongs to a server; in a direct message it stays as it is."

ENGINE_SENTENCES: Mapping[type[errors.EngineError], str] = {
    errors.UnknownChoice: UNKNOWN_CHOICE,
    errors.EngineAway: "The engine is away for a moment. Your game is safe; try again shortly.",
    errors.UnknownSession: "No ship has left this channel yet. Start one with `/play`.",
    errors.VoyageOver: "That voyage is over. Start a new one with **New voyage** or `/play`.",
    errors.VoyageUnderWay: "A voyage is already under way here. `/play` shows it.",
    errors.BadSessionId: FOREIGN_BUTTON,
}


def save_too_large(most: int) -> str:
    """Refuse a file that cannot be a save."""
    return f"That file is larger than any save ({most // 1024} kB), so it was not read. Nothing has changed."


NO_SAVE = "That file is no voyage that `/save export` gave, so it was not taken. Nothing has changed."


def count(number: int, one: str, many: str = "") -> str:
    """Count things: "1 run", "3 runs"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def recovering(share: float) -> str:
    """Say how far a tape is, 0 to 1."""
    filled = round(10 * min(max(share, 0.0), 1.0))
    return f"{RECOVERING} {'▰' * filled}{'▱' * (10 - filled)}"


def tape_posted(link: str) -> str:
    """Point to a posted tape."""
    return f"📼 [Watch the tape]({link})"


def unexpected(reference: str) -> str:
    """Tell a player that something broke, with the reference that the log has too."""
    return f"Something broke on my side. {VOYAGE_SAFE} If it happens again, tell an admin: `{reference}`."


def missing_permissions(names: Sequence[str]) -> str:
    """Tell which permissions the bot lacks here."""
    listed = ", ".join(f"**{name}**" for name in names)
    return f"I need {listed} in this channel to show the game. {VOYAGE_SAFE} Then use `/play` again."


def you_lack(names: Sequence[str]) -> str:
    """Tell which permissions the player lacks."""
    return "You need " + ", ".join(f"**{name}**" for name in names) + " for that."


def voted(label: str, total: int) -> str:
    """Confirm a vote to its voter."""
    return f"🗳️ Your vote: **{label}**. {total} {'vote' if total == 1 else 'votes'} so far; you may change it."


def board_moved(link: str) -> str:
    """Point from a command to the board."""
    return f"The board is here: {link}"


def settings_summary(chosen: ChannelSettings) -> str:
    """Say in words what a channel has chosen."""
    if not chosen.countdown:
        pace = "No countdown: the ship waits for a choice."
    elif chosen.auto_advance:
        pace = f"After {chosen.countdown} s without a choice the ship acts alone."
    elif chosen.mode is Mode.VOTE:
        pace = f"A vote closes {chosen.countdown} s after its first ballot."
    else:
        pace = (
            f"A countdown of {chosen.countdown} s is set, but without auto-advance or votes it does nothing."
        )
    who = "The most voted choice wins." if chosen.mode is Mode.VOTE else "The first click wins."
    look = [chosen.tape_format.upper(), "VHS look" if chosen.vhs else "clean look"]
    if chosen.flipbook is not None:
        look.append("with transitions" if chosen.flipbook else "without transitions")
    return f"⏱️ {pace}\n🖱️ {who}\n📼 Tapes: {', '.join(look)}."
