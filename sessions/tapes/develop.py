"""From a turn's picture to finished planes: decoded, with the overlay, worn if so wished. Blocks."""

from collections.abc import Sequence
from functools import lru_cache

from av.video.frame import VideoFrame

from engine_client.models import Picture, Turn
from sessions.tapes.cards import CARD, Cards
from sessions.tapes.h264 import Recipe
from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Beat, BeatKind, Caption, Look, Size, Story
from sessions.tapes.overlay import Overlay
from sessions.tapes.pixels import decode, to_planes
from sessions.tapes.vhs import VhsLook

_WORN = 8  # looks whose wear is kept


class Developer:
    """Makes planes of pictures at one size."""

    def __init__(self, lettering: Lettering, size: Size | None = None) -> None:
        self.size = size or Size()
        self.recipe = Recipe(self.size)
        self.swift_recipe = Recipe(self.size, threads=2)  # for a tape that has the machine to itself
        self.cards_recipe = Recipe(self.size, threads=2, stills=True)
        self._lettering = lettering
        self._overlay = Overlay(lettering)
        self._cards = Cards(lettering)
        self._wear = lru_cache(_WORN)(lambda grain: VhsLook(self.size, grain))

    def resized(self, size: Size) -> "Developer":
        """Give a developer of another size."""
        return Developer(self._lettering, size)

    def strip(
        self, turn: Turn, picture: bytes, between: Sequence[Picture], look: Look
    ) -> tuple[tuple[Beat, VideoFrame], ...]:
        """Develop a turn's in-betweens and its picture. Raises BadPicture."""
        worn = self.wear(look)
        caption = caption_of(turn)
        steps = [(Beat(BeatKind.BETWEEN, turn.n), step.data) for step in between]
        steps.append((Beat(BeatKind.TURN, turn.n), picture))
        return tuple((beat, self.turn(data, caption, worn)) for beat, data in steps)

    def wear(self, look: Look) -> VhsLook | None:
        """Give the wear that a look puts on every frame."""
        return self._wear(look.grain) if look.vhs else None

    def turn(self, data: bytes, caption: Caption, worn: VhsLook | None) -> VideoFrame:
        """Develop one picture with its overlay. Raises BadPicture."""
        frame = decode(data, self.size)
        self._overlay.draw(frame, caption)
        if worn is not None:
            worn.wear(frame)
        return frame

    def title(self, story: Story, look: Look) -> VideoFrame:
        """Develop the title card."""
        return self._card(self._cards.title(story), look)

    def end(self, story: Story, look: Look) -> VideoFrame:
        """Develop the end card."""
        return self._card(self._cards.end(story), look)

    def _card(self, frame: VideoFrame, look: Look) -> VideoFrame:
        if self.size != CARD:
            frame = to_planes(frame, self.size)
        worn = self.wear(look)
        if worn is not None:
            worn.wear(frame)
        return frame


def caption_of(turn: Turn) -> Caption:
    """Give the overlay's words for a turn."""
    return Caption(turn.n, turn.place.region)
