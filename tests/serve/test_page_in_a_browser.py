"""The page as people meet it: in a browser, wide and narrow, with mouse and keyboard."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from homespun.runs import RunFolder, Settings
from homespun.training import EpochRecord
from homespun.training.history import history_to_csv

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
)  # fmt: skip
_PATIENCE = 120_000.0
"""Milliseconds: the machine may be busy with something else."""
_EXAMPLES = Path(str(files("homespun.serve") / "examples"))

pytestmark = pytest.mark.skipif(
    _CHROMIUM is None,
    reason="no Chromium is installed; on Debian and Ubuntu: apt-get install chromium",
)


@dataclass(frozen=True)
class Server:
    """A server that really runs, and the folders that it was started with."""

    address: str
    runs: Path
    corrections: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served here")
    runs, corrections = folder / "runs", folder / "corrections"
    runs.mkdir()
    corrections.mkdir()
    told = ("--port", "0", "--workers", "1", "--runs", str(runs), "--corrections", str(corrections))
    process = subprocess.Popen(
        [sys.executable, "-m", "homespun", "serve", *told],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
    )
    assert process.stdout
    address = process.stdout.readline().split()[-1]
    yield Server(address, runs, corrections)
    process.terminate()
    process.communicate(timeout=120)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page of which everything is noted that it says to nobody, and whom it asks."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(_PATIENCE)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def check(self, address: str) -> None:
        """Nothing was complained of, as breaches of the policy are, and nobody else was asked."""
        assert self.complaints == []
        assert self.asked
        assert [url for url in self.asked if not url.startswith((address, "data:", "blob:"))] == []


@pytest.fixture
def watched(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Watched]:
    """A new page, 1,280 pixels wide or as wide as the test says."""
    width = getattr(request, "param", 1280)
    page = browser.new_page(viewport={"width": width, "height": 900})
    yield Watched(page)
    page.close()


@pytest.fixture(scope="module", autouse=True)
def _patient() -> Iterator[None]:
    expect.set_options(timeout=_PATIENCE)
    yield
    expect.set_options(timeout=5000)


def drop(page: Page, name: str, content: bytes, kind: str) -> None:
    """Drop a file onto the middle of the page, as a hand does."""
    make = """([name, kind, content]) => {
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
      const dropped = new DataTransfer();
      dropped.items.add(new File([bytes], name, { type: kind }));
      return dropped;
    }"""
    dropped = page.evaluate_handle(make, [name, kind, base64.b64encode(content).decode()])
    page.dispatch_event("main", "dragover", {"dataTransfer": dropped})
    page.dispatch_event("main", "drop", {"dataTransfer": dropped})


def answer_to(page: Page, name: str) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_text(name, exact=True))


def wait_until(page: Page, condition: str) -> None:
    """Wait for something in the page; its policy forbids the browser's own way, which is eval."""
    for _ in range(1000):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came to this: {condition}")


def fits(page: Page) -> bool:
    """Whether nothing sticks out at the side; each picture must come."""
    wait_until(page, "[...document.images].every((i) => !i.checkVisibility() || i.naturalWidth)")
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return bool(page.viewport_size) and width == page.viewport_size["width"]


@pytest.mark.parametrize("watched", [1280, 390], indirect=True)
def test_a_dropped_photo_is_answered_shown_and_corrected(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.address)
    drop(page, "mine.jpg", (_EXAMPLES / "photo-coat.jpg").read_bytes(), "image/jpeg")
    answer = answer_to(page, "mine.jpg")

    expect(answer.get_by_role("heading", level=3)).to_have_text(re.compile(r"^\w.* \d+\.\d%$"))
    expect(answer).to_contain_text(re.compile("trust: yes|trust: unsure|not like the training"))
    expect(answer).to_contain_text(re.compile(r"answered in [\d.]+ m?s"))
    bars = answer.get_by_role("list", name="All classes").get_by_role("listitem")
    expect(bars).to_have_count(10)
    label, share = answer.get_by_role("heading", level=3).inner_text().rsplit(" ", 1)
    expect(page.locator("#spoken")).to_contain_text(f"{label}, {share}, ")

    cut_out = answer.get_by_role("switch", name="the background taken away")
    expect(cut_out).to_be_checked()
    steps = answer.get_by_role("list", name="Steps of the preparation").get_by_role("listitem")
    before = [picture.get_attribute("src") for picture in steps.get_by_role("img").all()]
    expect(answer.get_by_role("img", name=re.compile("on which the answer"))).to_be_visible()
    expect(answer.get_by_role("img", name=re.compile("^Training picture: "))).to_have_count(5)
    cut_out.click()
    expect(answer.get_by_text("switched off")).to_be_visible()
    expect(cut_out).not_to_be_checked()
    expect(cut_out).to_be_focused()
    after = [picture.get_attribute("src") for picture in steps.get_by_role("img").all()]
    assert after[0] == before[0]
    assert after[-1] != before[-1]
    assert fits(page)

    answer.get_by_role("button", name="Dress").dblclick()
    expect(answer).to_contain_text("Kept as Dress/")
    expect(answer.get_by_role("button", name="Dress")).to_have_attribute("aria-pressed", "true")
    assert sum(url.endswith("/api/corrections") for url in watched.asked) == 1
    (kept,) = (server.corrections / "Dress").iterdir()
    answer.get_by_role("button", name="Coat").click()
    expect(answer).to_contain_text("Kept as Coat/")
    assert [path.name for path in (server.corrections / "Coat").iterdir()] == [kept.name]
    (server.corrections / "Coat" / kept.name).unlink()
    watched.check(server.address)


@pytest.mark.parametrize(
    ("watched", "light"), [(1280, "light"), (390, "dark")], indirect=["watched"]
)
def test_it_follows_the_readers_light(watched: Watched, server: Server, light: str) -> None:
    page = watched.page
    page.emulate_media(color_scheme=light, reduced_motion="reduce")
    page.goto(server.address)
    page.get_by_role("button", name=re.compile("^Bag")).click()
    expect(page.get_by_role("article")).to_contain_text("What the answer hangs on")
    assert fits(page)
    for address in ("", "runs", "docs"):
        page.goto(server.address + address)
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, background[4:-1].split(","))) < 150) == (light == "dark")
        assert fits(page)
    watched.check(server.address)


def test_all_of_it_goes_by_keyboard(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.address)
    bag = page.get_by_role("button", name=re.compile("^Bag"))
    expect(bag).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Choose pictures"))
    tab_to(page, bag)
    page.keyboard.press("Enter")
    answer = page.get_by_role("article")
    expect(answer.get_by_role("heading", level=3)).to_contain_text("Bag")
    summary = answer.get_by_text("What the network sees")
    expect(answer).to_contain_text("left as it is")  # as the training pictures are: no switches
    tab_to(page, summary)
    page.keyboard.press("Enter")
    expect(answer.get_by_text("left as it is")).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # removes it
    expect(answer).to_have_count(0)
    expect(page.get_by_role("button", name="Choose pictures")).to_be_focused()
    watched.check(server.address)


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the tab key does not get there")


def test_fifty_files_take_turns(watched: Watched, server: Server) -> None:
    page, picture = watched.page, (_EXAMPLES / "test-bag.png").read_bytes()
    kind = {"Content-Type": "image/png"}
    told = page.request.post(f"{server.address}api/predict", data=picture, headers=kind).text()
    page.goto(server.address)
    counted = """(told) => {
      const really = window.fetch;
      Object.assign(window, { underWay: 0, most: 0 });
      window.fetch = async (address, options) => {
        if (!address.startsWith("/api/predict")) return really(address, options);
        window.underWay += 1;
        window.most = Math.max(window.most, window.underWay);
        await new Promise((go) => { setTimeout(go, 5); });
        window.underWay -= 1;
        return new Response(told);
      };
    }"""
    page.evaluate(counted, told)
    many = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": picture} for n in range(50)]
    page.set_input_files("#files", many)
    expect(page.locator(".answers h3:visible")).to_have_count(50)
    expect(page.locator("#spoken")).to_have_text("50 pictures answered")
    assert page.evaluate("window.most") == 2
    assert page.locator(".answers .file").all_inner_texts() == [file["name"] for file in many]
    page.get_by_text("Remove all").click()
    expect(page.locator(".answers li")).to_have_count(0)
    watched.check(server.address)


def test_an_example_that_is_clicked_twice_is_answered_once(
    watched: Watched, server: Server
) -> None:
    page = watched.page
    page.goto(server.address)
    example = page.get_by_role("button", name=re.compile("^Rings"))
    example.dblclick()
    expect(page.get_by_role("article").get_by_role("heading", level=3)).to_be_visible()
    example.click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_be_focused()
    watched.check(server.address)


def test_what_cannot_be_read_is_told_with_what_to_do(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.address)
    odd = {
        "a document": (b"%PDF-1.7", "PDF document"),
        "nothing": (b"", "empty"),
        "half a photo": ((_EXAMPLES / "photo-coat.jpg").read_bytes()[:2000], "cut off"),
        "HEIC": (b"\0\0\0\x18ftypheic" + bytes(12), "JPEG"),
    }
    for name, (content, words) in odd.items():
        drop(page, name, content, "")
        alert = answer_to(page, name).get_by_role("alert")
        expect(alert).to_contain_text(words)
        expect(alert).to_contain_text(re.compile(r"\. (Send|Choose|Save)"))
        expect(alert.get_by_role("button")).to_have_count(0)  # again it would be the same
    watched.complaints.clear()  # the browser notes each refusal
    watched.check(server.address)


def test_a_file_over_the_limit_is_made_smaller_first(watched: Watched, server: Server) -> None:
    page, sent = watched.page, []
    least = {"corrections": False, "runs": False, "most_bytes": 5000}
    page.route("**/page.json", lambda route: route.fulfill(json=least))
    page.on("request", lambda request: sent.append(request.headers.get("content-type")))
    page.goto(server.address)
    expect(page.get_by_role("button", name=re.compile("^Bag"))).to_be_visible()
    picture = (_EXAMPLES / "no-clothes.png").read_bytes()
    assert len(picture) > 5000
    drop(page, "large.png", picture, "image/png")
    expect(answer_to(page, "large.png").get_by_role("heading", level=3)).to_be_visible()
    assert "image/jpeg" in sent
    assert "image/png" not in sent
    expect(page.get_by_text("Correct it")).to_have_count(0)  # this server is said to keep nothing
    expect(page.get_by_text("Only a correction keeps it")).to_be_hidden()
    watched.check(server.address)


@pytest.mark.parametrize(
    ("status", "code", "name"),
    [(415, "unknown-format", "photo.heic"), (422, "too-many-pixels", "photo.png")],
)
def test_what_the_browser_can_open_is_sent_again_as_jpeg(
    watched: Watched, server: Server, status: int, code: str, name: str
) -> None:
    page, kinds = watched.page, []

    def refuse_once(route: Route) -> None:
        kinds.append(route.request.headers["content-type"])
        if len(kinds) > 1:
            route.continue_()
        else:
            route.fulfill(status=status, json={"code": code, "detail": "no", "what_to_do": "no"})

    page.route("**/api/predict*", refuse_once)
    page.goto(server.address)
    drop(page, name, (_EXAMPLES / "test-bag.png").read_bytes(), "")
    expect(answer_to(page, name).get_by_role("heading", level=3)).to_be_visible()
    assert kinds[:2] == ["application/octet-stream", "image/jpeg"]
    watched.complaints.clear()
    watched.check(server.address)


def test_a_busy_server_is_asked_again(watched: Watched, server: Server) -> None:
    page, refused = watched.page, []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route)
        route.fulfill(status=503, headers={"Retry-After": "1"}, body="")

    page.route("**/api/predict*", refuse_once)
    page.goto(server.address)
    drop(page, "bag.png", (_EXAMPLES / "test-bag.png").read_bytes(), "image/png")
    answer = answer_to(page, "bag.png")
    expect(answer).to_contain_text("The server is busy: asking again in 1 s.")
    expect(answer.get_by_role("heading", level=3)).to_contain_text("Bag")
    watched.complaints.clear()
    watched.check(server.address)


def test_a_server_that_is_gone_is_told_of_and_can_be_asked_again(
    watched: Watched, server: Server
) -> None:
    page = watched.page
    page.goto(server.address)
    page.route("**/api/predict*", lambda route: route.abort())
    drop(page, "bag.png", (_EXAMPLES / "test-bag.png").read_bytes(), "image/png")
    answer = answer_to(page, "bag.png")
    expect(answer.get_by_role("alert")).to_contain_text("does not answer. See whether")
    page.unroute("**/api/predict*")
    answer.get_by_role("button", name="Try again").click()
    expect(answer.get_by_role("heading", level=3)).to_contain_text("Bag")
    watched.complaints.clear()
    watched.check(server.address)


def test_pictures_are_pasted(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.address)
    expect(page.get_by_role("button", name=re.compile("^Bag"))).to_be_visible()
    paste = """(words) => {
      const pasted = new DataTransfer();
      if (words) pasted.setData("text/plain", words);
      else pasted.items.add(new File([window.picture], "pasted.png", { type: "image/png" }));
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: pasted }));
    }"""
    page.evaluate(paste, "words")
    expect(page.get_by_role("alert")).to_contain_text("no picture in the clipboard")
    picture = list((_EXAMPLES / "test-bag.png").read_bytes())
    page.evaluate("(bytes) => { window.picture = Uint8Array.from(bytes); }", picture)
    page.evaluate(paste, "")
    expect(answer_to(page, "pasted.png").get_by_role("heading", level=3)).to_contain_text("Bag")
    expect(page.locator("#problem")).to_be_hidden()
    watched.check(server.address)


def test_the_camera_takes_a_picture_and_is_off_again(watched: Watched, server: Server) -> None:
    page = watched.page
    page.goto(server.address)
    page.get_by_role("button", name="Use the camera").click()
    dialog = page.get_by_role("dialog", name="Camera")
    wait_until(page, "document.querySelector('video').videoWidth > 0")
    track = page.evaluate_handle("document.querySelector('video').srcObject.getTracks()[0]")
    assert track.evaluate("track => track.readyState") == "live"
    dialog.get_by_role("button", name="Take the picture").click()
    expect(answer_to(page, "camera.jpg").get_by_role("heading", level=3)).to_be_visible()
    expect(dialog).to_be_hidden()
    assert track.evaluate("track => track.readyState") == "ended"
    watched.check(server.address)


@pytest.mark.parametrize("watched", [1280, 390], indirect=True)
def test_a_run_is_followed_while_it_is_training(watched: Watched, server: Server) -> None:
    page, run = watched.page, RunFolder(server.runs / "one & two")
    run.path.mkdir()
    epochs = [EpochRecord(n, 0.1, 2 / n, 1 - 0.5 / n, 0.0, 3 / n, 1 - 0.6 / n) for n in (1, 2, 3)]
    with run.lock:
        about = {"data": {}, "made_with": {}}
        run.write_record(Settings("mlp", seed=7, epochs=4, validation=20), about)
        page.goto(f"{server.address}runs")
        expect(page.get_by_role("link", name="one & two")).to_contain_text("training now")
        state = page.locator("#run .state")
        expect(state).to_have_text("Training: the first of 4 epochs.")
        for n in (1, 2, 3):
            run.metrics.write_text(history_to_csv(epochs[:n]))
            expect(state).to_contain_text(f"epoch {n} of 4 is done")
        expect(state).to_contain_text(re.compile(r"about \d+ s left"))
        words = "Accuracy after epoch 3: training 83.33%, held out 80.00%"
        expect(page.get_by_role("img", name=words)).to_be_visible()
        points = page.get_by_role("img", name=words).locator("polyline.held-out")
        assert len(str(points.get_attribute("points")).split()) == 3
        page.get_by_text("The curves as a table").click()
        expect(page.get_by_role("row", name="2 1.0000 75.00% 1.5000 70.00% 0.100")).to_be_visible()
        assert page.get_by_role("progressbar").evaluate("bar => bar.value") == 0.75
        assert fits(page)
        watched.check(server.address)
    expect(state).to_contain_text("Interrupted after 3 of 4 epochs")
    expect(page.locator("#spoken")).to_contain_text("Interrupted after 3 of 4")
    expect(page.get_by_role("link", name="one & two")).to_contain_text("not finished")
    shutil.rmtree(run.path)


def test_axes_have_few_round_numbers(watched: Watched, server: Server) -> None:
    watched.page.goto(f"{server.address}static/icon.svg")
    ask = "([low, high]) => import('/static/curve.js').then((m) => m.niceTicks(low, high))"
    for ends, ticks in {
        (0.61, 0.93): [0.6, 0.7, 0.8, 0.9, 1.0],
        (0, 12): [0, 5, 10, 15],
        (2.3, 2.3): [2, 3],
        (0, 0): [0, 0.5],
    }.items():
        assert watched.page.evaluate(ask, ends) == pytest.approx(ticks)
