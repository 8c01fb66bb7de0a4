"""A running demo of the small bot."""

from collections.abc import AsyncIterator

import pytest

from bot.demo.server import DemoWorld, demo_world
from tests.bot.demo.small_bot import SmallBot


@pytest.fixture
def small_bot() -> SmallBot:
    """The small bot, not started."""
    return SmallBot()


@pytest.fixture
async def demo(small_bot: SmallBot) -> AsyncIterator[DemoWorld]:
    """A running demo of the small bot."""
    async with demo_world(small_bot) as running:
        yield running
