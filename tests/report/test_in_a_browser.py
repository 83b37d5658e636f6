"""The pages as a reader meets them: in a browser, wide and narrow, light and dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from homespun.report import write_comparison
from homespun.runs import RunFolder

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = pytest.mark.skipif(_CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["one run", "two runs"])
def page_file(
    request: pytest.FixtureRequest,
    full_page: Path,
    finished_run: RunFolder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    if request.param == "one run":
        return full_page
    both = [finished_run, RunFolder(full_page.parent)]
    return write_comparison(both, tmp_path_factory.mktemp("compared") / "page.html")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("light", ["light", "dark"])
def test_the_page_fits_and_asks_for_nothing(
    browser: Browser, page_file: Path, tmp_path: Path, width: int, light: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=light)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(page_file.as_uri())
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    broken = "Array.from(document.images).filter(i => !i.complete || !i.naturalWidth).length"
    assert page.evaluate(broken) == 0
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, background[4:-1].split(","))) < 150) == (light == "dark")
    page.screenshot(path=tmp_path / "page.png", timeout=120_000)
    assert (tmp_path / "page.png").stat().st_size > 10_000
    page.close()


def test_every_table_and_link_can_be_reached_by_the_tab_key(
    browser: Browser, full_page: Path
) -> None:
    page = browser.new_page()
    page.goto(full_page.as_uri())
    wanted = page.evaluate(
        "Array.from(document.querySelectorAll('a, summary, .scroll'))"
        ".filter(e => !e.closest('details:not([open]) > :not(summary)')).length"
    )
    reached = set()
    for _ in range(wanted):
        page.keyboard.press("Tab")
        where = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
        reached.add(page.evaluate(where))
    assert len(reached) == wanted > 15
    page.close()


def test_it_prints(browser: Browser, full_page: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(full_page.as_uri())
    page.emulate_media(media="print")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    assert page.locator("nav").is_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
