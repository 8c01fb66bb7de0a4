"""Where all projections stand in one session, and when what failed is tried again. Pure."""

from collections.abc import Iterator, Set
from typing import NamedTuple

from sessions.projections.track import START, Place, Track, may_follow


class Pause(NamedTuple):
    """How often a projection failed in a row, and when it is tried again (UTC seconds)."""

    tries: int
    until: float


class Standing:
    """One session's newest turn as far as it is known, and each projection's track.

    `due_at` is when the live path has had its time; None while nothing was begun.
    """

    __slots__ = ("_pauses", "due_at", "newest", "tracks")

    def __init__(self, names: tuple[str, ...], newest_only: Set[str]) -> None:
        self.newest: Place = START
        self.due_at: float | None = None
        self.tracks = {name: Track(newest_only=name in newest_only) for name in names}
        self._pauses: dict[str, Pause] = {}

    @property
    def known(self) -> bool:
        """Say whether every stored cursor is known."""
        return all(track.reached is not None for track in self.tracks.values())

    @property
    def at_rest(self) -> bool:
        """Say whether everything is done and written."""
        newest = self.newest
        return all(
            track.reached is not None and track.reached >= newest and track.written >= track.reached
            for track in self.tracks.values()
        )

    def behind(self) -> Iterator[str]:
        """Name the projections that have not done the newest turn."""
        return (name for name, track in self.tracks.items() if (track.reached or START) < self.newest)

    def moves(self) -> Iterator[tuple[str, Place]]:
        """Give the cursors that are to be written."""
        for name, track in self.tracks.items():
            if track.reached is not None and track.reached > track.written:
                yield name, track.reached

    def is_due(self, name: str, now: float) -> bool:
        """Say whether a projection's missing work is to be done now."""
        track = self.tracks[name]
        if track.reached is None or track.reached >= self.newest:
            return False
        if self.due_at is not None and now < self.due_at:
            return False
        return name not in self._pauses or now >= self._pauses[name].until

    def begun(self, place: Place, due_at: float) -> None:
        """A newer turn was accepted. What waits since before must not wait longer for it."""
        if self.newest != START and not may_follow(place, self.newest):
            self.unsure()  # another process has taken turns meanwhile, and moved the cursors
        self.newest = place
        if self.due_at is None:
            self.due_at = due_at

    def passed(self, now: float) -> None:
        """What was due by now has been tried."""
        if self.due_at is not None and (now >= self.due_at or self.at_rest):
            self.due_at = None

    def unsure(self) -> None:
        """Have the stored cursors read again: somebody else may have moved them."""
        for track in self.tracks.values():
            track.unsure()

    def postpone(self, name: str, now: float, first: float, longest: float) -> int:
        """Put a projection's work off, each time for longer; give how often it failed in a row."""
        tries = self._pauses[name].tries + 1 if name in self._pauses else 1
        self._pauses[name] = Pause(tries, now + min(longest, first * 2 ** min(tries - 1, 16)))
        return tries

    def succeeded(self, name: str) -> None:
        """Forget a projection's failures."""
        self._pauses.pop(name, None)
