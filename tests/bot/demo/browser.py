"""Chromium for tests of the demo's page."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

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
async def open_page(width: int = 1100, height: int = 800) -> AsyncIterator[Page]:
    """A page in Chromium that fails the test when its scripts raise."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        said = "Chromium is not installed (Debian: apt install chromium)."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    faults: list[str] = []
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        await browser.close()
    assert not faults
