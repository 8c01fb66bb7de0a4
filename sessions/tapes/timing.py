"""How long each picture of a tape is on screen. Milliseconds."""

from sessions.tapes.models import Beat, BeatKind

TITLE = 1250  # each of its two pictures
_END = 3200
BETWEEN = 80
_LAST = 2500
_SLOW, _QUICK = 1000, 500  # one turn, on a short and on a long tape
_SHORT, _LONG = 15, 75  # turns


class Timing:
    """Times of one tape. Short voyages are shown more slowly than long ones."""

    def __init__(self, turns: int, last: int) -> None:
        share = min(1.0, max(0.0, (turns - _SHORT) / (_LONG - _SHORT)))
        self._hold = round((_SLOW - (_SLOW - _QUICK) * share) / 10) * 10  # GIF counts in 10 ms
        self._last = last

    def final(self, *, cards: bool) -> int:
        """Give the last picture's milliseconds."""
        return _END if cards else _LAST

    def of(self, beat: Beat) -> int:
        """Give a picture's milliseconds."""
        match beat.kind:
            case BeatKind.TITLE:
                return TITLE
            case BeatKind.END:
                return _END
            case BeatKind.BETWEEN:
                return BETWEEN
            case BeatKind.TURN:
                return _LAST if beat.n == self._last else self._hold
