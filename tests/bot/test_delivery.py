"""What keeps one tape that cannot be posted from holding up all others."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from bot import delivery
from bot.delivery import AGAIN_SECONDS, TapeDelivery
from engine_client.models import Place, SessionId, Turn
from sessions.tapes.errors import TapeUnreachable


class World:
    """Two tapes that wait; those of the sessions in `broken` cannot be posted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.broken: dict[str, Exception] = {}
        self.tried: list[str] = []
        self.posted: list[str] = []
        self.tapes = [SimpleNamespace(session_id=name, voyage=1) for name in ("1", "2")]
        monkeypatch.setattr(delivery, "tape_file", self._read)
        monkeypatch.setattr(delivery, "tape_embed", lambda *_: None)
        monkeypatch.setattr(delivery, "new_voyage_view", lambda *_: None)
        monkeypatch.setattr(delivery, "nonce", lambda _: "")
        monkeypatch.setattr(delivery.discord_io, "send", self._send)
        self.delivery: Any = TapeDelivery(
            *(None, self, self, self, self, self, lambda: self.now),  # type: ignore[arg-type]
        )

    async def unposted(self, _mine: Any) -> list[Any]:
        return [tape for tape in self.tapes if tape.session_id not in self.posted]

    def hold(self, _session_id: str, _voyage: int) -> Any:
        return nullcontext()

    async def state(self, session_id: SessionId) -> Turn:
        place = Place("r", "Region", "n", "Node")
        return Turn(session_id, 1, 9, "x", 1.0, "Ann", "", "", "", (), (), (), place, "Ann", "Albatross", "")

    async def of(self, _session_id: str) -> None:
        return None

    async def _read(self, _tapes: Any, tape: Any) -> None:
        self.tried.append(tape.session_id)
        if error := self.broken.get(tape.session_id):
            raise error

    async def _send(self, _client: Any, _channel_id: int, **_content: Any) -> Any:
        return SimpleNamespace(id=77)

    async def mark_posted(self, session_id: str, _voyage: int, _message_id: int) -> bool:
        self.posted.append(session_id)
        return True

    def stir(self, _session_id: str) -> None:
        """The board may say it."""


async def test_one_that_fails_stops_no_other_and_comes_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch)
    world.broken = {"1": RuntimeError("refused")}
    await world.delivery._post_all()
    assert (world.tried, world.posted) == (["1", "2"], ["2"])
    await world.delivery._post_all()
    assert world.tried == ["1", "2"]
    world.now += AGAIN_SECONDS
    world.broken = {}
    await world.delivery._post_all()
    assert world.posted == ["2", "1"]


async def test_files_that_are_away_end_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    world.broken = {"1": TapeUnreachable("away")}
    with pytest.raises(TapeUnreachable):
        await world.delivery._post_all()
    world.broken = {}
    await world.delivery._post_all()
    assert world.posted == ["1", "2"]
