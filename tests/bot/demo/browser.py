"""Chromium for tests of the demo's page."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running Chromium; without one on this machine the test is skipped, or fails if REQUIRE_BROWSER=1."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        said = "Chromium is not installed (Debian: apt install chromium)."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    expect.set_options(timeout=15_000)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found, args=list(CHROMIUM_FLAGS))
        yield browser
        await browser.close()


@asynccontextmanager
async def open_page(browser: Browser, width: int = 1100, height: int = 800) -> AsyncIterator[Page]:
    """A page in a fresh profile that fails the test when its scripts raise."""
    faults: list[str] = []
    page = await browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        yield page
    finally:
        await page.close()
    assert not faults


async def slash(page: Page, name: str) -> None:
    """Type a command, take it from the picker, send it."""
    await page.locator("#channel-composer-input").fill(f"/{name}")
    await page.get_by_role("option", name=f"/{name}").first.click()
    await page.locator("#send-message").click()
