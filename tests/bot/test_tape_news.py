"""What the board says of a tape: at once that it comes, after two seconds how far it is, then its fate."""

import msgspec
import pytest

from bot import text
from bot.tape_news import PATIENCE, TapeNews
from engine_client.models import Place, Turn, VoyageEnd
from sessions.tapes.models import Outcome


class NoTapes:
    async def list(self, session_id: str) -> list[object]:
        return []


class NoBoards:
    async def of(self, session_id: str) -> None:
        return None


class Watch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


END = VoyageEnd("hull", "Hull breach", "It let go.")
LAST = Turn(
    session_id="5",
    voyage=1,
    n=9,
    turn_id="t",
    at=0.0,
    actor="Ann",
    action="Go",
    title="Gone",
    story="It ended.",
    messages=(),
    choices=(),
    gauges=(),
    place=Place("r", "Region", "n", "Node"),
    captain="Ann",
    ship="Albatross",
    picture_text="A wreck",
    end=END,
)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def news(watch: Watch) -> TapeNews:
    return TapeNews(NoTapes(), NoBoards(), watch)  # pyright: ignore[reportArgumentType]


async def test_the_player_is_told_at_once_that_the_tape_comes(news: TapeNews) -> None:
    assert await news.line(LAST) == text.RECOVERING
    assert await news.line(msgspec.structs.replace(LAST, end=None)) == ""


async def test_progress_is_shown_when_it_takes_longer_than_two_seconds(news: TapeNews, watch: Watch) -> None:
    assert PATIENCE == 2.0
    assert not news.progress("5", 0.1)
    watch.now += 1.9
    assert not news.progress("5", 0.5)
    assert await news.line(LAST) == text.RECOVERING
    watch.now += 0.2
    assert news.progress("5", 0.6)
    assert (await news.line(LAST)).count("▰") == 6
    watch.now += 1
    assert news.progress("5", 0.9)
    assert (await news.line(LAST)).count("▰") == 9


async def test_what_became_of_it_is_told(news: TapeNews) -> None:
    assert news.done(Outcome("5", 1, None, "Not enough frames for a tape."))
    assert "Not enough frames for a tape." in await news.line(LAST)
    assert news.done(Outcome("5", 1, None, "The disk is full.", will_retry=True))
    assert await news.line(LAST) == text.TAPE_LATER
