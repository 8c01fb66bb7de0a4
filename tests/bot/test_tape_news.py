"""What a board says of a tape that another process builds."""

from bot import text
from bot.tape_news import PATIENCE, TapeNews
from engine_client.models import Place, Turn, VoyageEnd
from sessions.tapes.models import Queued, Tape

END = VoyageEnd("hull", "Hull breach", "The reactor let go.")


class Stored:
    """Tapes and boards as the news asks for them."""

    def __init__(self) -> None:
        self.tapes: list[Tape] = []

    async def list(self, session_id: str) -> list[Tape]:
        return self.tapes

    async def of(self, session_id: str) -> None:
        return None


class World:
    def __init__(self) -> None:
        self.now = 100.0
        self.stored = Stored()
        self.news = TapeNews(self.stored, self.stored, lambda: self.now)  # type: ignore[arg-type]

    async def line(self) -> str:
        place = Place("r", "Region", "n", "Node")
        return await self.news.line(
            Turn("1", 1, 9, "x", 100.0, "Ann", "", "", "", (), (), (), place, "Ann", "Albatross", "", end=END)
        )


def queued(share: float, builder: str = "far", *, failed: bool = False) -> Queued:
    return Queued("1", 1, builder, share, 130.0, failed)


async def test_progress_shows_after_a_while_and_only_when_it_changes():
    world = World()
    assert world.news.far([queued(0.1)]) == set()
    assert await world.line() == text.RECOVERING
    world.now += PATIENCE
    assert world.news.far([queued(0.3)]) == {"1"}
    assert await world.line() == text.recovering(0.3)
    assert world.news.far([queued(0.3)]) == set()
    assert world.news.far([queued(0.6)]) == {"1"}


async def test_a_tape_that_failed_elsewhere_is_told_to_come_later():
    world = World()
    assert world.news.far([queued(0.0, builder="", failed=True)]) == {"1"}
    assert await world.line() == text.TAPE_LATER


async def test_one_that_left_the_queue_without_a_tape_is_said_not_to_come():
    world = World()
    world.news.far([queued(0.1)])
    assert world.news.far([]) == {"1"}
    assert await world.line() == text.TAPE_NONE
    world.news.far([queued(0.0)])  # somebody has it built again
    assert await world.line() == text.RECOVERING


async def test_one_that_was_built_elsewhere_is_recovered_until_it_is_posted(tmp_path):
    world = World()
    world.news.far([queued(0.9)])
    tape = Tape("1", 1, tmp_path / "x.mp4", "video/mp4", 9, 0, 9.0, 1000, 100.0)
    world.stored.tapes = [tape]
    assert world.news.far([]) == {"1"}
    assert await world.line() == text.RECOVERING
    posted = Tape("1", 1, tmp_path / "x.mp4", "video/mp4", 9, 0, 9.0, 1000, 100.0, 77)
    world.stored.tapes = [posted]
    assert await world.line() == text.TAPE_POSTED


async def test_one_that_its_builder_gave_back_is_still_being_recovered():
    world = World()
    world.news.far([queued(0.4)])
    assert world.news.far([], {("1", 1)}) == {"1"}  # this process may take it now
    assert await world.line() == text.RECOVERING
