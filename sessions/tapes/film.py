"""An MP4 tape: segments as they are, the rest encoded, all in one file within the limit. Blocks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from engine_client.models import Turn
from sessions.channel_settings import TapeFormat
from sessions.tapes.develop import Developer
from sessions.tapes.footage import Footage, Shot
from sessions.tapes.h264 import Recipe, encode, write_mp4
from sessions.tapes.models import BeatKind, Coded, Product
from sessions.tapes.order import Order, TooFewFrames, TooLarge
from sessions.tapes.segments import Segment, read_segment, segment_path, span_of
from sessions.tapes.timing import Timing
from sessions.tapes.workshop import Workshop

Piece = Segment | Sequence[Turn]

_AIM = 0.92  # of the limit, for the one-pass fit
_PER_PICTURE, _PER_FILE = 24, 8192  # bytes of the MP4's index
# Scale and stride, tried in turn when a tape is too large even for the rate buffer.
_FITS = ((1.0, 1), (0.75, 1), (0.5, 1), (0.25, 1), (0.25, 4), (0.125, 16))


class Film:
    """The work on one MP4."""

    def __init__(self, order: Order, workshop: Workshop, developer: Developer, cap: int) -> None:
        self._order = order
        self._workshop = workshop
        self._developer = developer
        self._cap = cap
        self._timing = Timing(len(order.turns), order.turns[-1].n)

    def make(self, path: Path) -> Product:
        """Write the tape. Raises TooFewFrames, TooLarge, OSError, av.FFmpegError."""
        pieces = self._pieces()
        method = "segments" if any(isinstance(piece, Segment) for piece in pieces) else "scratch"
        try:
            return self._write(path, self._recipe(pieces), pieces, method)
        except TooLarge:
            return self._fitted(path)

    def _recipe(self, pieces: Sequence[Piece]) -> Recipe:
        """Choose how to encode what no segment holds."""
        if all(isinstance(piece, Segment) for piece in pieces):
            return self._developer.cards_recipe
        return self._developer.recipe if self._workshop.crowded else self._developer.swift_recipe

    def _pieces(self) -> list[Piece]:
        """Cut the voyage into segments that can be used and the runs of turns between them."""
        parameter_sets = self._developer.recipe.parameter_sets
        pieces: list[Piece] = []
        run: list[Turn] = []
        turns = list(self._order.turns)
        while turns:
            first, last = span_of(turns[0].n)
            part = [turn for turn in turns[: last - first + 1] if turn.n <= last]
            turns = turns[len(part) :]
            segment = self._segment(part, first, last, parameter_sets)
            if segment is None:
                run += part
                continue
            if run:
                pieces.append(run)
                run = []
            pieces.append(segment)
        return [*pieces, run] if run else pieces

    def _segment(self, part: Sequence[Turn], first: int, last: int, parameter_sets: bytes) -> Segment | None:
        if (part[0].n, part[-1].n, len(part)) != (first, last, last - first + 1):
            return None
        path = segment_path(self._order.segments, part[0].voyage, first)
        return read_segment(path, parameter_sets, self._order.look)

    def _fitted(self, path: Path) -> Product:
        """Encode everything again so that it fits: a rate buffer first, then smaller and fewer pictures."""
        for scale, stride in _FITS:
            turns = self._order.turns[::stride]
            size = self._developer.size.scaled(scale)
            budget = int(self._order.options.limit * _AIM) - _PER_FILE - _PER_PICTURE * len(turns)
            recipe = Recipe(size, budget=max(1, budget), pictures=len(turns) + 3)
            try:
                return self._write(path, recipe, [turns], "fitted")
            except TooLarge:
                continue
        raise TooLarge

    def _write(self, path: Path, recipe: Recipe, pieces: Sequence[Piece], method: str) -> Product:
        fitted = method == "fitted"
        developer = self._developer.resized(recipe.size) if fitted else self._developer
        footage = Footage(self._order, self._workshop, developer, flipbook=not fitted)
        reel = _Counted(self._timing, self._cap)
        voyage = self._order.turns[0]
        note = msgspec.json.encode({"session": voyage.session_id, "voyage": voyage.voyage}).decode()
        packets = _Packets(recipe, footage, pieces, self._workshop)
        write_mp4(path, recipe, lambda encoder: reel.count(packets.all(encoder)), comment=note)
        if reel.frames < 2:
            raise TooFewFrames
        size = path.stat().st_size
        if size > self._cap:
            raise TooLarge
        left_out = len(self._order.turns) - reel.frames
        return Product(path, TapeFormat.MP4, reel.frames, left_out, reel.milliseconds / 1000, size, method)


class _Counted:
    """Gives each packet its time and keeps count."""

    def __init__(self, timing: Timing, cap: int) -> None:
        self._timing = timing
        self._cap = cap
        self.frames = 0
        self.milliseconds = 0
        self._bytes = _PER_FILE

    def count(self, packets: Iterator[Coded]) -> Iterator[tuple[Coded, int]]:
        for packet in packets:
            self.frames += packet.beat.kind is BeatKind.TURN
            self._bytes += len(packet.data) + _PER_PICTURE
            if self._bytes > self._cap:
                raise TooLarge
            milliseconds = self._timing.of(packet.beat)
            self.milliseconds += milliseconds
            yield packet, milliseconds


class _Packets:
    """Every packet of a tape: segments as they are, runs freshly encoded."""

    def __init__(self, recipe: Recipe, footage: Footage, pieces: Sequence[Piece], workshop: Workshop) -> None:
        self._recipe = recipe
        self._footage = footage
        self._pieces = pieces
        self._workshop = workshop

    def all(self, encoder: VideoCodecContext) -> Iterator[Coded]:
        """Give the packets in order; `encoder` serves the first run that is encoded."""
        runs = [piece for piece in self._pieces if not isinstance(piece, Segment)]
        if len(runs) < len(self._pieces):
            return self._joined(encoder)
        return encode(encoder, self._footage.everything(chain.from_iterable(runs)))

    def _joined(self, encoder: VideoCodecContext) -> Iterator[Coded]:
        """Encode the cards and the tail in one run, then put everything in order.

        The cards are drawn first: drawing holds the interpreter's lock, and would pass it to and fro with
        the encoder for every letter.
        """
        opening, closing = self._footage.opening(), self._footage.closing()
        *pieces, last = self._pieces
        tail: Sequence[Turn] = ()
        if isinstance(last, Segment):
            pieces.append(last)
        else:
            tail = last
        ending = _keyed(chain(self._footage.turns(tail), closing))
        coded = list(encode(encoder, chain(opening, ending)))
        for title in coded[: len(opening)]:
            # Two key pictures in a row would need unlike numbers, and a segment follows.
            yield from (title, Coded(self._recipe.hold, False, title.beat))
        for piece in pieces:
            if isinstance(piece, Segment):
                yield from piece.coded
            else:
                yield from encode(self._recipe.encoder(), self._footage.turns(piece))
        yield from coded[len(opening) :]


def _keyed(shots: Iterable[Shot]) -> Iterator[Shot]:
    """Have the first picture encoded as a key: what comes before it in the file is not what was before it."""
    for number, (beat, frame) in enumerate(shots):
        if number == 0:
            frame.pict_type = PictureType.I
        yield beat, frame
