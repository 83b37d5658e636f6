"""Takes the pictures of a run's page that README.md and docs/report.md show.

Usage: python docs/screenshots.py RUN_FOLDER. Needs Chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SHOTS = (("confusion", "light"), ("calibration", "light"), ("inside", "dark"))
FOLDER = Path(__file__).parent / "pictures"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def main() -> None:
    """Write each section as PNG, 1,000 pixels wide."""
    page_file = Path(sys.argv[1], "report.html").resolve()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for section, light in SHOTS:
            page = browser.new_page(viewport={"width": 1000, "height": 1150}, color_scheme=light)
            page.goto(page_file.as_uri())
            page.add_style_tag(content="html { scroll-behavior: auto }")
            page.evaluate(f"document.getElementById('{section}').scrollIntoView()")
            name = section if light == "light" else f"{section}-{light}"
            page.screenshot(path=FOLDER / f"{name}.png", timeout=120_000)
        browser.close()


if __name__ == "__main__":
    main()
