"""Every sentence of the tracker that a person reads, other than what a session list itself says."""

from collections.abc import Sequence

from engine_client.feeds.models import SessionState

ENDED_TITLE = "❌ Session Ended"
STOPPED_TITLE = "⏹️ No longer tracked"
PAUSED_MARK = "⏸️"
UNNAMED = "Unnamed session"
STOPPED = "This server has stopped tracking the feed; what is shown here may be out of date."
PAUSED = "Tracking is paused, so this may be out of date."
EMPTY_BOARD = "No sessions right now."
STARTER = "Live sessions of **{title}** are shown in this post, and their messages are kept up to date."
THREAD_NAME = "{title}: live sessions"
WATCH = "Open"
FULL = ", the busiest; a filter or `style: board` shows more"
ONLY_ON_SERVERS = "Feeds are tracked in the channels of a server; ask there with `/track list`."
NOTHING_TRACKED = "Nothing is tracked on this server yet. `/track add` begins."

STATES = {
    SessionState.PREGAME: "🟢 In the lobby",
    SessionState.INGAME: "🔵 In game",
    SessionState.POSTGAME: "🏁 After the game",
    SessionState.PAUSED: "⏸️ Paused",
}

_CLOSED = {
    10003: "the channel is gone",
    10004: "I am not on that server any more",
    50001: "I cannot see the channel",
    50006: "I may not embed links there",
    50013: "I lack a permission there",
    50083: "the thread is archived and I may not open it",
    220001: "it is a forum in which I may not make posts",
}


def closed_because(code: int) -> str:
    """Say why a channel refuses us."""
    return _CLOSED.get(code, f"Discord refuses it (code {code})")


def tell_admin(channel_id: int, feed: str, code: int) -> str:
    """Tell whoever set a feed up that its channel is closed."""
    return (
        f"I cannot show the sessions of **{feed}** in <#{channel_id}>: {closed_because(code)}. "
        "I need **View Channel**, **Send Messages**, **Embed Links** and **Read Message History** there "
        "(in a forum also **Send Messages in Threads**). I try again by myself from time to time; "
        "`/track remove` ends it. I tell you this once."
    )


def lacking(names: Sequence[str], channel: str) -> str:
    """Tell which permissions the bot lacks in a channel that was to be tracked in."""
    listed = ", ".join(f"**{name}**" for name in names)
    return f"Nothing was added: I need {listed} in {channel} first."


def added(feed: str, channel: str, *, role: str, filtered: str) -> str:
    """Confirm a new subscription."""
    said = f"**{feed}** is now shown in {channel}."
    said += f" Only sessions with {filtered}." if filtered else ""
    said += f" New ones ping {role}; those that are there already do not." if role else ""
    return said


def ping_warning(role: str) -> str:
    """Warn that a role cannot be pinged by the bot."""
    return f"\n⚠️ {role} cannot be mentioned by me: allow it in the role's settings, or no ping will be heard."


def duration(seconds: float) -> str:
    """Write a duration in its two largest units."""
    minutes = max(0, round(seconds / 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {rest} min"
    return f"{rest} min" if rest else "less than a minute"
