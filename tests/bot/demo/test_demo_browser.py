"""Chromium drives the demo's page: command, click, modal, film, second person, second channel, live timer."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.demo.server import DemoWorld, demo_world
from tests.bot.demo.browser import chromium, open_page, slash
from tests.bot.demo.small_bot import SmallBot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests here: starting it takes longer than most of them."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def demo(small_bot: SmallBot) -> AsyncIterator[DemoWorld]:
    """A running demo, in the browser's event loop."""
    async with demo_world(small_bot) as running:
        yield running


async def test_a_turn_from_command_to_modal(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser) as page:
        await page.goto(demo.address)
        await expect(page).to_have_title("Dead Reckoning")
        await expect(page.locator(".preview-brand")).to_contain_text("Dead Reckoning")
        await slash(page, "play")
        await expect(page.locator(".embed-title")).to_have_text("Turn 1")
        await expect(page.locator(".embed-card img")).to_have_js_property("naturalWidth", 640)
        await page.get_by_role("button", name="Go left").click()
        await expect(page.locator(".embed-title")).to_have_text("Turn 2")
        await page.get_by_role("button", name="Custom action").click()
        field = page.get_by_role("textbox", name=re.compile("What do you do"))
        await expect(field).to_be_focused()
        await page.keyboard.type("Sing to")
        async with demo.preview.turnstile:
            await demo.world.people["grace"].slash(demo.world.channels["bridge"], "count")
        await expect(page.locator("#channel-message-list")).to_contain_text("acts alone")
        await page.keyboard.type(" the dark")
        await expect(field).to_have_value("Sing to the dark")
        await page.get_by_role("button", name="Submit").click()
        await expect(page.locator(".embed-description").first).to_have_text("Sing to the dark")


async def test_films_play_and_pictures_show(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser) as page:
        await page.goto(demo.address)
        await slash(page, "tape")
        video = page.locator("video")
        await expect(video).to_be_visible()
        await page.locator(".video-player").get_by_role("button", name=re.compile("Play")).click()
        await expect(page.locator(".media-player-time")).to_have_text("0:01 / 0:02")
        await expect(video).to_have_js_property("readyState", 4)
        await expect(video).to_have_js_property("videoWidth", 320)
        await expect(video).to_have_attribute("poster", re.compile("^blob:"))
        await expect(page.get_by_role("img", name="tape.gif")).to_have_js_property("naturalWidth", 640)


async def test_people_and_channels_are_links(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser) as page:
        await page.goto(demo.address)
        await slash(page, "play")
        await expect(page.locator(".embed-title")).to_have_text("Turn 1")
        people, places = page.locator(".demo-people"), page.locator(".demo-places")
        await people.get_by_role("link", name="Grace").click()
        await expect(people.locator("[aria-current]")).to_have_text("Grace")
        await page.get_by_role("button", name="Go right").click()
        await expect(page.locator(".embed-description")).to_have_text("grace went 1:right")
        await places.get_by_role("link", name="lounge").click()
        await expect(page.locator("#channel-name")).to_have_text("lounge")
        await expect(people.locator("[aria-current]")).to_have_text("Grace")
        await expect(page.locator("#channel-empty")).to_contain_text("Type /play below")
        await places.get_by_role("link", name="Dead Reckoning").click()
        await slash(page, "count")
        await expect(page.locator("#channel-message-list")).to_contain_text("acts alone")


async def test_a_relative_time_counts_down(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser) as page:
        await page.goto(demo.address)
        await slash(page, "count")
        shown = page.locator("time.discord-timestamp")
        await expect(shown).to_have_text(re.compile(r"in \d+ seconds"))
        first = await shown.inner_text()
        await expect(shown).not_to_have_text(first)
        await expect(shown).to_have_text(re.compile(r"in \d+ seconds"))


async def test_a_message_of_someone_else_comes_by_itself_and_into_view(
    demo: DemoWorld, browser: Browser
) -> None:
    async with open_page(browser, height=500) as page:
        await page.goto(demo.address)
        await slash(page, "play")
        await expect(page.get_by_role("button", name="Go left")).to_be_in_viewport()
        async with demo.preview.turnstile:
            await demo.world.people["grace"].slash(demo.world.channels["bridge"], "count")
        await expect(page.locator("#channel-timeline").get_by_text("The ship acts alone")).to_be_in_viewport()


async def test_a_private_message_can_be_dismissed(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser) as page:
        await page.goto(demo.address)
        await slash(page, "break")
        private = page.locator("#channel-message-list").get_by_text("Broken.")
        await expect(private).to_be_visible()
        await page.get_by_role("button", name="Dismiss message").click()
        await expect(private).to_be_hidden()
        await slash(page, "play")
        await expect(page.locator(".embed-title")).to_have_text("Turn 1")
        await expect(private).to_be_hidden()


async def test_who_reads_further_up_is_left_there(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser, height=500) as page:
        await page.goto(demo.address)
        await slash(page, "play")
        timeline = page.locator("#channel-timeline")
        await expect(page.get_by_role("button", name="Go left")).to_be_in_viewport()
        await timeline.hover()
        await page.mouse.wheel(0, -2000)
        await expect(timeline).to_have_js_property("scrollTop", 0)
        async with demo.preview.turnstile:
            await demo.world.people["grace"].slash(demo.world.channels["bridge"], "count")
        await expect(timeline).to_contain_text("The ship acts alone")
        await expect(timeline).to_have_js_property("scrollTop", 0)


async def test_the_page_fits_a_phone(demo: DemoWorld, browser: Browser) -> None:
    async with open_page(browser, 390, 844) as page:
        await page.goto(demo.address)
        await slash(page, "play")
        await expect(page.get_by_role("button", name="Go left")).to_be_in_viewport()
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        wide = "[...document.querySelectorAll('.embed-card, .message-components')].map(e => e.clientWidth)"
        assert min(await page.evaluate(wide)) > 340
        await page.get_by_role("button", name="Channels").click()
        await page.locator(".demo-places").get_by_role("link", name="lounge").click()
        await expect(page.locator("#channel-name")).to_have_text("lounge")
