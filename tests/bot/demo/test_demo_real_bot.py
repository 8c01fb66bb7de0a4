"""The real bot in the demo's page: launch, choices, a custom action, death, and the tape plays."""

import asyncio
import re
from pathlib import Path

import discord
import pytest
from playwright.async_api import Page, expect

from bot.app import DeadReckoning
from bot.demo.server import DemoWorld, demo_world
from tests.bot.demo.browser import chromium, open_page, slash
from tests.harness import ids_of, settings_in

pytestmark = pytest.mark.browser
MAX_TURNS = 400


def newest_board(demo: DemoWorld) -> discord.Message | None:
    """Give the newest message in #bridge that carries the game's buttons, if there is one."""
    for message in reversed(demo.world.channels["bridge"].history()):
        if any(custom_id.startswith("board:") for custom_id in ids_of(message)):
            return message
    return None


async def board_after(demo: DemoWorld, seen: str) -> discord.Message:
    """Wait for a board whose footer is not `seen`: Discord tells of every change of a message."""
    changed = asyncio.Event()
    subscribers = demo.env.backend.subscribers

    def tell(*_event: object) -> None:
        changed.set()

    subscribers.append(tell)
    try:
        async with asyncio.timeout(30):
            while (board := newest_board(demo)) is None or board.embeds[0].footer.text == seen:
                await changed.wait()
                changed.clear()
    finally:
        subscribers.remove(tell)
    return board


def boldest(board: discord.Message, turn: int) -> str:
    """Choose what is dangerous, else fly on, else whatever comes next."""
    buttons = [button for row in board.components for button in getattr(row, "children", [])]
    choices = [button for button in buttons if str(button.custom_id).startswith("act:")]
    for wanted in (discord.ButtonStyle.danger, discord.ButtonStyle.primary):
        found = [button for button in choices if button.style is wanted]
        flights = [button for button in found if ":jump" in button.custom_id]
        if flights or found:
            return (flights or found)[turn % len(flights or found)].custom_id
    return choices[turn % len(choices)].custom_id


async def fly_to_the_end(demo: DemoWorld) -> int:
    """Click until the voyage is over, as Grace, while Ada's page looks on; give the number of clicks."""
    footer = ""
    for turn in range(MAX_TURNS):
        board = await board_after(demo, footer)
        footer = str(board.embeds[0].footer.text)
        if any(custom_id.startswith("board:new:") for custom_id in ids_of(board)):
            return turn
        async with demo.preview.turnstile:
            await demo.world.people["grace"].click(board, custom_id=boldest(board, turn))
    raise AssertionError(f"the voyage did not end in {MAX_TURNS} turns")


async def see_turn(page: Page, number: int) -> None:
    await expect(page.locator(".embed-footer").first).to_have_text(re.compile(rf"Voyage 1 · Turn {number}\b"))
    await expect(page.locator(".embed-card img").first).to_have_js_property("naturalWidth", 640)


@pytest.mark.timeout(240)
async def test_a_voyage_in_the_page_from_launch_to_tape(tmp_path: Path) -> None:
    bot = DeadReckoning(settings_in(tmp_path), seeds=lambda: 7)
    async with chromium() as browser, demo_world(bot) as demo, open_page(browser) as page:
        await page.goto(demo.address)
        await slash(page, "play")
        await see_turn(page, 1)
        for turn in (2, 3):
            await page.locator(".component-button").first.click()
            await see_turn(page, turn)

        offered = await page.locator(".component-button").nth(1).inner_text()
        await page.get_by_role("button", name="Custom action").click()
        field = page.get_by_role("textbox", name=re.compile("What should the crew do"))
        await field.fill(re.sub(r"[^A-Za-z ]", "", offered).strip())
        await page.get_by_role("button", name="Submit").click()
        await see_turn(page, 4)

        await fly_to_the_end(demo)
        video = page.locator("video")
        await expect(video).to_be_visible()
        await expect(page.get_by_role("button", name="New voyage").last).to_be_visible()
        await page.locator(".video-player").get_by_role("button", name=re.compile("Play")).click()
        await expect(page.locator(".media-player-time")).to_have_text(re.compile("^0:01"))
        await expect(video).to_have_js_property("error", None)

        await page.get_by_role("link", name="lounge").click()
        await expect(page.locator("#channel-empty")).to_be_visible()
        await slash(page, "play")
        await see_turn(page, 1)
