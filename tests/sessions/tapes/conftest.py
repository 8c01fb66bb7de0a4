"""A small engine with a marker in every picture, and the real store, for the tests of tapes."""

import gc
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest
from PIL import Image

from engine_client.errors import EngineAway, UnknownSession
from engine_client.models import Gauge, Picture, Place, SessionId, Turn, TurnRef, VoyageEnd
from sessions.frames import FrameRegistry
from sessions.tapes.models import TapeOptions
from sessions.tapes.service import Tapes
from storage.store import Store

END = VoyageEnd("hull", "Hull breach", "The reactor let go two jumps from home.")
MARK = 20  # pixels of one bit's square
BITS = 24  # 12 of the session, 12 of the turn


def marked_rows(session: int, n: int, *, noise: bool = False) -> np.ndarray:
    """Draw a picture that says in 24 squares whose it is and which turn it shows."""
    random = np.random.default_rng(session * 1000 + n)
    if noise:
        rows = random.integers(0, 256, (360, 640, 3), np.uint8)
    else:
        small = random.integers(20, 120, (9, 16, 3), np.uint8)
        rows = small.repeat(40, axis=0).repeat(40, axis=1)
    value = session << 12 | n
    for bit in range(BITS):
        x, y = 80 + bit % 12 * 40, 140 + bit // 12 * 60
        rows[y : y + MARK, x : x + MARK] = 255 if value >> bit & 1 else 0
    return rows


def read_mark(rows: np.ndarray) -> tuple[int, int] | None:
    """Read (session, turn) from a picture of any size, or None where there is no marker."""
    scale = rows.shape[1] / 640
    value = 0
    for bit in range(BITS):
        x, y = (80 + bit % 12 * 40) * scale, (140 + bit // 12 * 60) * scale
        quarter = MARK * scale / 4
        inner = rows[int(y + quarter) : int(y + 3 * quarter) + 1, int(x + quarter) : int(x + 3 * quarter) + 1]
        level = float(inner[..., :3].mean())
        if 90 < level < 150:
            return None
        value |= (level >= 150) << bit
    return (value >> 12, value & 0xFFF) if value else None


def picture_of(rows: np.ndarray, kind: str = "jpeg") -> Picture:
    """Encode a picture."""
    out = io.BytesIO()
    options = {"jpeg": {"quality": 90}, "png": {"compress_level": 1}, "webp": {"quality": 90, "method": 0}}
    Image.fromarray(rows).save(out, kind, **options[kind])
    return Picture(out.getvalue(), f"image/{kind}", rows.shape[1], rows.shape[0])


class MarkEngine:
    """Keeps turns and draws marked pictures; `away` makes it refuse."""

    def __init__(self) -> None:
        self.journal: dict[str, list[Turn]] = {}
        self.away = False
        self.noise = False
        self.kind = "jpeg"
        self.drawn: list[tuple[str, int]] = []

    def fly(self, session_id: str, turns: int, *, voyage: int = 1, ended: bool = True) -> list[Turn]:
        """Write a voyage of so many turns into the journal."""
        flown = [_turn(session_id, voyage, n, END if ended and n == turns else None) for n in _upto(turns)]
        self.journal.setdefault(session_id, []).extend(flown)
        return flown

    def picture(self, turn: Turn) -> Picture:
        """Draw a turn's picture."""
        return picture_of(marked_rows(mark_of(turn), turn.n, noise=self.noise), self.kind)

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        if self.away:
            raise EngineAway("no answer")
        if session_id not in self.journal:
            raise UnknownSession(session_id)
        later = [t for t in self.journal[session_id] if (t.voyage, t.n) > (after.voyage, after.n)]
        return later[:limit]

    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture:
        if self.away:
            raise EngineAway("no answer")
        self.drawn.append((session_id, ref.n))
        turn = next(t for t in self.journal[session_id] if t.ref == ref)
        return self.picture(turn)


def mark_of(turn: Turn) -> int:
    """Give the marker of a session's voyage, 0 to 4095."""
    return (int(turn.session_id) * 7 + turn.voyage) % 4096


def _upto(turns: int) -> range:
    return range(1, turns + 1)


def _turn(session_id: str, voyage: int, n: int, end: VoyageEnd | None) -> Turn:
    place = Place(f"r{n // 12}", f"Region {n // 12}", f"n{n // 3}", f"Node {n // 3}")
    gauges = (Gauge("hull", "Hull", 100 - n % 100, 100), Gauge("credits", "Credits", 40 * n))
    return Turn(
        session_id=session_id,
        voyage=voyage,
        n=n,
        turn_id=f"{session_id}-{voyage}-{n}",
        at=1_700_000_000.0 + 60 * n,
        actor="Ann",
        action=f"Action {n}",
        title=f"Turn {n}",
        story=f"What happened in turn {n}.",
        messages=(),
        choices=(),
        gauges=gauges,
        place=place,
        captain="Ann Lee",
        ship="Albatross",
        picture_text="A ship",
        end=end,
    )


class House:
    """The real parts around one data folder, with a clock that stands still until it is moved."""

    def __init__(self, root: Path, store: Store, engine: MarkEngine) -> None:
        self.root = root
        self.store = store
        self.engine = engine
        self.now = 1_700_100_000.0
        self.options = TapeOptions()
        self.frames = FrameRegistry(root, store.frames)
        self.tapes = self.service()

    def service(self, **options: object) -> Tapes:
        """Make a tape service on this folder, as another process would."""

        async def options_of(session_id: str) -> TapeOptions:
            return self.options

        return Tapes(
            self.root,
            self.store,
            self.engine,
            self.frames,
            options_of=options_of,
            clock=lambda: self.now,
            threads=2,
            **options,  # pyright: ignore[reportArgumentType]
        )

    async def film(self, turns: list[Turn]) -> None:
        """Record turns' frames and wait for their segments."""
        for turn in turns:
            await self.frames.record(turn.session_id, turn, self.engine.picture(turn))
        await self.tapes.settle()

    async def end(self, turn: Turn) -> None:
        """Promise the voyage's tape, as the store does with the last turn."""
        await self.store.jobs.add("tape", turn.session_id, turn.voyage, self.now)


@pytest.fixture
async def open_house(tmp_path: Path, engine: MarkEngine) -> AsyncIterator[Callable[[], Awaitable[House]]]:
    """Open the data folder, more than once if its last user is gone."""
    async with AsyncExitStack() as stack:

        async def open_it() -> House:
            store = await Store.open(tmp_path / "store.sqlite3")
            stack.push_async_callback(store.close)
            made = House(tmp_path, store, engine)
            stack.push_async_callback(made.tapes.stop)
            return made

        yield open_it


@pytest.fixture
def engine() -> MarkEngine:
    """An engine with an empty journal."""
    return MarkEngine()


@pytest.fixture
async def house(open_house: Callable[[], Awaitable[House]]) -> House:
    """A data folder with its store and tape service."""
    return await open_house()


@pytest.fixture
def encoded() -> Callable[[np.ndarray, str], Picture]:
    """Encode rows of pixels."""
    return picture_of


@pytest.fixture
def mark_in() -> Callable[[bytes], tuple[int, int] | None]:
    """Read the marker of one encoded picture."""
    return lambda data: read_mark(imageio.imread(data))


@pytest.fixture
def marks() -> Iterator[Callable[[Path], list[tuple[int, int]]]]:
    """Read the markers of a tape's pictures in order, cards left out."""

    def read(path: Path) -> list[tuple[int, int]]:
        plugin = "pyav" if path.suffix == ".mp4" else "pillow"
        found = [read_mark(rows) for rows in imageio.imiter(path, plugin=plugin)]
        return [mark for mark in found if mark is not None]

    gc.freeze()  # imageio collects garbage after each file, and a test run's heap is large
    yield read
    gc.unfreeze()
