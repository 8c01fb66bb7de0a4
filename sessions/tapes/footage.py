"""A tape's pictures in order at one size: title, turns with their in-betweens, end. Blocks."""

from collections.abc import Iterable, Iterator

from av.video.frame import VideoFrame

from engine_client.models import Turn
from sessions.tapes.develop import Developer, caption_of
from sessions.tapes.models import Beat, BeatKind, Strip
from sessions.tapes.order import Order
from sessions.tapes.pixels import BadPicture
from sessions.tapes.story import story_of
from sessions.tapes.workshop import Workshop

TITLE = Beat(BeatKind.TITLE)
END = Beat(BeatKind.END)

Shot = tuple[Beat, VideoFrame]


class Footage:
    """Gives an order's pictures. Turns whose picture is lost are simply not there."""

    def __init__(self, order: Order, workshop: Workshop, developer: Developer, *, flipbook: bool) -> None:
        self._order = order
        self._workshop = workshop
        self._developer = developer
        self._flipbook = flipbook and order.look.flipbook
        self._worn = developer.wear(order.look)
        self._done = 0

    def opening(self) -> tuple[Shot, ...]:
        """Give the title card."""
        if not self._order.cards:
            return ()
        return ((TITLE, self._developer.title(story_of(self._order.turns), self._order.look)),)

    def turns(self, turns: Iterable[Turn]) -> Iterator[Shot]:
        """Give the pictures of some turns, decoded ahead by other threads."""
        for strip in self._workshop.ahead(self._strip, turns):
            self._done += 1
            self._order.progress(self._done / len(self._order.turns))
            yield from strip

    def everything(self, turns: Iterable[Turn]) -> Iterator[Shot]:
        """Give a whole tape of some turns; the title twice, as its time is given for each half."""
        for title in self.opening():
            yield from (title, title)
        yield from self.ending(turns)

    def ending(self, turns: Iterable[Turn]) -> Iterator[Shot]:
        """Give the tape's last turns and its end card."""
        yield from self.turns(turns)
        yield from self.closing()

    def closing(self) -> tuple[Shot, ...]:
        """Give the end card."""
        if not self._order.cards:
            return ()
        return ((END, self._developer.end(story_of(self._order.turns), self._order.look)),)

    def sample(self, count: int) -> Iterator[VideoFrame]:
        """Give the title and at least so many pictures from all over the voyage, if it has them."""
        for _, title in self.opening():
            yield title
        turns = self._order.turns
        for strip in self._workshop.ahead(self._strip, turns[:: max(1, len(turns) // count)]):
            yield from (frame for _, frame in strip[-1:])

    def _strip(self, turn: Turn) -> Strip:
        data = self._order.read(turn)
        if data is None:
            return ()
        between = self._order.between(turn) if self._flipbook else ()
        try:
            return self._developer.strip(turn, data, between, self._order.look)
        except BadPicture:
            return self._without_between(turn, data)

    def _without_between(self, turn: Turn, data: bytes) -> Strip:
        """Give the turn's picture alone, or nothing when it is the picture that is bad."""
        try:
            picture = self._developer.turn(data, caption_of(turn), self._worn)
        except BadPicture:
            return ()
        return ((Beat(BeatKind.TURN, turn.n), picture),)
