"""Makes docs/screenshot.png: the real bot, played a few turns in the demo's page by Chromium.

Run it with `.venv/bin/python docs/make_screenshot.py [FILE]`. The voyage's seed is fixed, so the picture
changes only when the game or the page does. It needs Chromium and the demo's packages, no token.
"""

import asyncio
import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Page, async_playwright

from bot.app import DeadReckoning
from bot.demo.server import demo_world
from bot.settings import CommandSync, load_settings

SEED: Final = 7
TURNS: Final = 12
SIZE: Final = (1000, 940)
MOST_BYTES: Final = 400 * 1024
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


async def screenshot() -> bytes:
    """Play and give the picture as PNG. Raises SystemExit without Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is needed (Debian: apt install chromium).")
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), command_sync=CommandSync.ALWAYS)
        bot = DeadReckoning(settings, seeds=lambda: SEED)
        async with demo_world(bot) as demo, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
            page = await browser.new_page(
                viewport={"width": SIZE[0], "height": SIZE[1]}, device_scale_factor=1.5
            )
            await page.goto(demo.address)
            await play(page)
            shot = await page.screenshot()
            await browser.close()
    return small(shot)


async def play(page: Page) -> None:
    """Launch and take turns until the board offers a risk, so that the picture shows a scene."""
    await page.locator("#channel-composer-input").fill("/play")
    await page.get_by_role("option", name="/play").first.click()
    await page.locator("#send-message").click()
    for turn in range(1, TURNS + 1):
        await seen(page, turn)
        danger = page.locator(".component-button.button-style-4").first
        if turn > 2 and await danger.count():
            break
        flights = page.locator(".component-button.button-style-1")
        await (flights if await flights.count() else page.locator(".component-button")).first.click()
    await page.mouse.move(5, SIZE[1] - 5)
    await page.evaluate("document.activeElement?.blur()")
    await page.locator("#preview-app[aria-busy=false]").wait_for()


async def seen(page: Page, turn: int) -> None:
    """Wait until the page shows a turn with its picture."""
    await page.locator(".embed-footer", has_text=f"Turn {turn}").wait_for()
    await page.locator(".embed-card img[width]").wait_for()


def small(png: bytes) -> bytes:
    """Write a screenshot anew, smaller: fewer colours where it would be too large for a README."""
    with Image.open(io.BytesIO(png)) as picture:
        for colours in (0, 256, 128):
            stream = io.BytesIO()
            chosen = picture.convert("RGB")
            if colours:
                chosen = chosen.quantize(
                    colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG
                )
            chosen.save(stream, "PNG", optimize=True)
            if stream.tell() <= MOST_BYTES:
                break
    return stream.getvalue()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("screenshot.png")
    target.write_bytes(asyncio.run(screenshot()))
