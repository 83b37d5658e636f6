"""Takes the pictures of the page of `homespun serve` that docs/serving.md shows.

Usage: python docs/page_screenshots.py. Needs Chromium. The packaged model answers one of the
examples that come with the package.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from screenshots import FOLDER, QUIET

from homespun.models.coming_along import packaged_model

SHOTS = {
    "serving": (1000, 1650, "light", "Coat"),
    "serving-phone-dark": (390, 1100, "dark", "Shirt"),
}
"""File names, width and height in pixels, kind of light, and which made photo is answered."""
_COLOURS = 256
"""So that the files stay small; nobody sees the difference."""


def main() -> None:
    """Write each shot as PNG."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    FOLDER.mkdir(exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for name, shot in SHOTS.items():
            picture = shoot(browser, address, *shot)
            picture.quantize(_COLOURS).save(FOLDER / f"{name}.png", optimize=True)
        browser.close()


@contextmanager
def served() -> Iterator[str]:
    """Serve the packaged model with corrections allowed; yields the page's address."""
    with tempfile.TemporaryDirectory() as folder:
        command = ("-m", "homespun", "serve", str(packaged_model()), "--port", "0")
        process = subprocess.Popen(
            [sys.executable, *command, "--corrections", folder], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            process.communicate()


def shoot(
    browser: Browser, address: str, width: int, height: int, light: str, example: str
) -> Image.Image:
    """Answer the example, wait for what the network sees, and return what is on the page then."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=light)
    page.set_default_timeout(120_000)
    page.goto(address)
    for name in ("Sneaker", example):  # the first photo of a process has libraries to load
        page.get_by_role("button", name=f"{name}: a photo").click()
        page.get_by_role("figure").get_by_role("list").first.wait_for()  # the last part to come
        if name != example:
            page.get_by_role("button", name="Remove all").click()
    if width < 500:
        page.evaluate("document.querySelector('#answers').scrollIntoView()")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot(timeout=120_000)))
    page.close()
    return picture


if __name__ == "__main__":
    main()
