"""`discord_io.soon`: quick work is not announced, slow work is, once, and nothing it raises is lost."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot import discord_io


class Answers:
    """The part of an interaction that `soon` touches: notes what was announced."""

    def __init__(self) -> None:
        self.announced: list[dict[str, Any]] = []
        self.deferring = asyncio.Event()

    def is_done(self) -> bool:
        return bool(self.announced)

    async def defer(self, **how: Any) -> None:
        self.announced.append(how)
        self.deferring.set()


def interaction_of(answers: Answers) -> Any:
    return SimpleNamespace(response=answers, id=1)


async def test_quick_work_is_not_announced() -> None:
    answers = Answers()

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await discord_io.soon(interaction_of(answers), work(), thinking=True) == 7
    assert answers.announced == []


async def test_slow_work_is_announced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord_io, "PATIENCE", 0.0)
    answers = Answers()

    async def work() -> str:
        await answers.deferring.wait()  # longer than the patience, by definition
        return "done"

    assert await discord_io.soon(interaction_of(answers), work(), thinking=True) == "done"
    assert answers.announced == [{"thinking": True, "ephemeral": True}]


async def test_an_announcement_under_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the answer would be sent while Discord still thinks that nothing was answered."""
    monkeypatch.setattr(discord_io, "PATIENCE", 0.0)
    begun, go_on = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    class Slow(Answers):
        async def defer(self, **how: Any) -> None:
            begun.set()
            await go_on.wait()
            order.append("announced")

    async def work() -> None:
        await begun.wait()
        order.append("worked")
        go_on.set()

    await discord_io.soon(interaction_of(Slow()), work(), thinking=False)
    assert order == ["worked", "announced"]


async def test_what_the_work_raises_is_raised() -> None:
    async def work() -> None:
        raise LookupError("nothing here")

    with pytest.raises(LookupError, match="nothing here"):
        await discord_io.soon(interaction_of(Answers()), work(), thinking=False)
