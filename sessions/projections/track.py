"""How far one projection has come in one session. Pure: no store, no clock.

A place is (voyage, n), as in the journal; (0, 0) is before the first turn. What is done out of order waits
until everything before it is done, so that a cursor never passes a turn that is missing.
"""

from typing import Final

Place = tuple[int, int]

START: Final[Place] = (0, 0)
MOST_AHEAD = 256  # done turns that wait for one before them; more are simply done again


def may_follow(place: Place, before: Place) -> bool:
    """Say whether a turn can be the very next one: of the same voyage, or the launch of the voyage after."""
    return place in ((before[0], before[1] + 1), (before[0] + 1, 1))


class Track:
    """The turns that are done, as far as they follow each other without a gap.

    `reached` is None until the stored cursor is known. `written` is that cursor. With `newest_only` one turn
    stands for all before it (a board that shows a turn needs to show no older one).
    """

    __slots__ = ("_ahead", "_ended", "_newest_only", "reached", "written")

    def __init__(self, *, newest_only: bool = False) -> None:
        self.reached: Place | None = None
        self.written: Place = START
        self._newest_only = newest_only
        self._ended = True  # whether the reached turn ended its voyage: before the first there is none
        self._ahead: dict[Place, bool] = {}

    def stored(self, place: Place) -> None:
        """Take in where the stored cursor stands."""
        self.written = max(self.written, place)
        self.to(place, ended=place == START)

    def done(self, place: Place, *, ended: bool) -> None:
        """One turn is done; `ended` says that it ended its voyage."""
        if self.reached is not None and place <= self.reached:
            return
        if len(self._ahead) < MOST_AHEAD or self._newest_only:
            self._ahead[place] = ended
        self._close_up()

    def to(self, place: Place, *, ended: bool) -> None:
        """Everything up to a turn is done, or nobody's concern."""
        if self.reached is None or place > self.reached:
            self.reached, self._ended = place, ended
        self._close_up()

    def unsure(self) -> None:
        """Forget what is reached: somebody else may have gone on. The stored cursor is to be read again."""
        self.reached = None

    def _close_up(self) -> None:
        if self.reached is None or not self._ahead:
            return
        if self._newest_only:
            last = max(self._ahead)
            if last > self.reached:
                self.reached, self._ended = last, self._ahead[last]
            self._ahead.clear()
            return
        while (follower := self._follower()) is not None:
            self.reached, self._ended = follower, self._ahead[follower]
        self._ahead = {place: ended for place, ended in self._ahead.items() if place > self.reached}

    def _follower(self) -> Place | None:
        """Give the turn that follows in the journal, where it is done."""
        assert self.reached is not None
        voyage, n = self.reached
        if (voyage, n + 1) in self._ahead:
            return voyage, n + 1
        launch = (voyage + 1, 1)
        return launch if self._ended and launch in self._ahead else None
