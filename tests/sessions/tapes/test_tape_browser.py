"""A real Chromium plays the tapes, in every format, with the colours that the frames had."""

import http.server
import os
import shutil
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from engine_client.models import Picture
from sessions.channel_settings import TapeFormat
from sessions.tapes.models import TapeOptions

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None and os.environ.get("REQUIRE_BROWSER") == "1":
    raise RuntimeError("REQUIRE_BROWSER=1, but there is no chromium on this machine.")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]

COLOURS = [(210, 40, 40), (40, 180, 60), (50, 70, 220), (240, 200, 60), (128, 128, 128), (20, 25, 45)]

READ = """
const read = pen => [0, 1, 2, 3, 4, 5].map(
  k => Array.from(pen.getImageData(50 + 100 * k, 120, 1, 1).data).slice(0, 3));
"""

PLAY = """
async (name) => {
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(await (await fetch(name)).blob());
  document.body.append(video);
  await new Promise((done, fail) => {
    video.onloadeddata = done; video.onerror = () => fail(video.error.message);
  });
  await video.play();
  await new Promise(done => { video.ontimeupdate = () => video.currentTime > 0.1 && done(); });
  video.pause();
  const seen = [];
  const canvas = new OffscreenCanvas(640, 360);
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  for (const moment of [3.0, 4.0, 5.0]) {
    await new Promise(done => { video.onseeked = done; video.currentTime = moment; });
    pen.drawImage(video, 0, 0);
    seen.push(read(pen));
  }
  return {width: video.videoWidth, height: video.videoHeight, seconds: video.duration, seen};
}
"""

DECODE = """
async ([name, type, moment]) => {
  const data = await (await fetch(name)).arrayBuffer();
  const decoder = new ImageDecoder({data, type});
  await decoder.tracks.ready;
  await decoder.completed;
  const track = decoder.tracks.selectedTrack;
  const canvas = new OffscreenCanvas(640, 360);
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  let microseconds = 0, colours = [];
  for (let k = 0; k < track.frameCount; k++) {
    const {image} = await decoder.decode({frameIndex: k});
    const begin = microseconds;
    microseconds += image.duration;
    if (begin <= moment * 1e6 && moment * 1e6 < microseconds) {
      pen.drawImage(image, 0, 0);
      colours = read(pen);
    }
    image.close();
  }
  return {frames: track.frameCount, repeats: track.repetitionCount, seconds: microseconds / 1e6, colours};
}
"""


def bars(n: int) -> np.ndarray:
    """Draw six bars of known colours, turned by the turn's number."""
    rows = np.zeros((360, 640, 3), np.uint8)
    for k in range(6):
        rows[60:200, 100 * k : 100 * k + 100] = COLOURS[(k + n) % 6]
    return rows


@pytest.fixture
def address(tmp_path: Path):
    """Serve the data folder on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def page(address, tmp_path):
    from playwright.async_api import async_playwright

    (tmp_path / "page.html").write_text(f"<!doctype html><title>Tapes</title><script>{READ}</script>")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = await browser.new_page()
        await opened.goto(address + "page.html")
        yield opened
        await browser.close()


@pytest.fixture
async def tape(house, engine, encoded, monkeypatch):
    """Build a tape of six turns of colour bars."""

    def picture(turn) -> Picture:
        return encoded(bars(turn.n), "png")

    async def build(form: TapeFormat, **options) -> Path:
        monkeypatch.setattr(engine, "picture", picture)
        house.options = TapeOptions(format=form, **options)
        engine.fly("6", 6)
        path, sentence = await house.tapes.build("6", 1)
        assert path is not None, sentence
        return path

    return build


def close(seen: list[list[int]], n: int, slack: int) -> None:
    wanted = np.array([COLOURS[(k + n) % 6] for k in range(6)])
    assert np.abs(np.array(seen) - wanted).max() <= slack, f"turn {n}: {seen} for {wanted.tolist()}"


async def test_chromium_plays_the_mp4_with_its_colours(page, tape, tmp_path):
    path = await tape(TapeFormat.MP4)
    found = await page.evaluate(PLAY, str(path.relative_to(tmp_path)))
    assert (found["width"], found["height"]) == (640, 360)
    assert found["seconds"] == pytest.approx(2.5 + 5 * 1.0 + 2.5 + 3.2, abs=0.05)
    for n, seen in enumerate(found["seen"], start=1):
        close(seen, n, 8)


@pytest.mark.parametrize(("form", "kind"), [(TapeFormat.GIF, "image/gif"), (TapeFormat.WEBP, "image/webp")])
async def test_chromium_plays_the_animations_with_their_colours(page, tape, tmp_path, form, kind):
    path = await tape(form)
    found = await page.evaluate(DECODE, [str(path.relative_to(tmp_path)), kind, 4.0])
    close(found["colours"], 2, 12)
    assert found["seconds"] == pytest.approx(2.5 + 5 * 1.0 + 2.5 + 3.2, abs=0.05)
    assert found["frames"] >= 8
    assert found["repeats"] > 1000
