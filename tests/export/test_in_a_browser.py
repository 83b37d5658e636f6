"""The example page in a real browser: it answers as Python does."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from platformdirs import user_cache_path
from playwright.sync_api import Page, sync_playwright

from homespun.data import Dataset, Photo, prepare
from homespun.export import about, export_onnx, export_photo_onnx, photo_inputs
from homespun.models import Model

_EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "browser"
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_NO_NETWORK = (
    "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH",
    "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT",
)  # fmt: skip

pytestmark = pytest.mark.skipif(_CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with onnxruntime-web's files; the first session on a machine fetches them."""
    lock = (_EXAMPLE / "package-lock.json").read_bytes()
    script = (_EXAMPLE / "copy-runtime.js").read_bytes()
    key = hashlib.sha256(lock + script).hexdigest()[:16]
    kept = user_cache_path("homespun") / f"onnxruntime-web-{key}"
    if kept.is_dir():
        return kept
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and onnxruntime-web comes from its registry")
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json", "copy-runtime.js"):
        shutil.copy(_EXAMPLE / name, folder)
    quietly = (
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--fetch-retries=1",
    )
    done = subprocess.run([npm, "ci", *quietly], cwd=folder, capture_output=True, text=True)
    if done.returncode and any(code in done.stderr for code in _NO_NETWORK):
        pytest.skip("npm's registry cannot be reached, and onnxruntime-web comes from there")
    assert done.returncode == 0, done.stderr
    subprocess.run([npm, "run", "--silent", "runtime"], cwd=folder, check=True)
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    shutil.copytree(folder / "runtime", part)
    if kept.is_dir():  # another session was quicker
        shutil.rmtree(part)
    else:
        part.rename(kept)
    return kept


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(
    runtime: Path, packaged: Model, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the page is served, with the packaged model beside it."""
    folder = tmp_path_factory.mktemp("a place") / "browser"
    shutil.copytree(_EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules", "runtime"))
    shutil.copytree(runtime, folder / "runtime")
    (folder / "model.onnx").write_bytes(export_onnx(packaged))
    (folder / "photo.onnx").write_bytes(export_photo_onnx(packaged))
    (folder / "model.json").write_text(json.dumps(about(packaged)))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """The page, loaded; whatever it complains of fails the tests."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: _is_ours(request.url, address) or complaints.append(request.url),
        )
        page.goto(address)
        page.wait_for_selector("#file:enabled", timeout=120_000)
        yield page
        browser.close()
    assert complaints == []


def _is_ours(url: str, address: str) -> bool:
    return url.startswith((address.rsplit("/", 1)[0], "data:", "blob:"))


def shown(page: Page, picture: Path) -> tuple[str, dict[str, float]]:
    """Choose a file, and return the label and the probabilities that the page shows of it."""
    page.set_input_files("#file", picture)
    page.wait_for_selector("#result:visible", timeout=120_000)
    rows = page.locator("#probabilities tr").evaluate_all(
        "rows => rows.map(r => [r.querySelector('th').textContent, Number(r.dataset.probability)])"
    )
    return page.locator("#label").inner_text().rsplit(",", 1)[0], dict(rows)


def test_ready_pictures_are_answered_as_python_does(
    page: Page, packaged: Model, fashion_mnist: tuple[Dataset, Dataset], tmp_path: Path
) -> None:
    images = fashion_mnist[1].images[:8]
    answers = packaged.answer(images).named(packaged.class_names)
    for i, (image, told) in enumerate(zip(images, answers, strict=True)):
        path = tmp_path / f"{i}.png"
        Image.fromarray(image[..., 0]).save(path)
        label, probabilities = shown(page, path)
        assert label == told["label"]
        assert probabilities == pytest.approx(told["probabilities"], abs=1e-4)


def test_a_photo_with_pythons_mask_is_answered_as_python_does(
    page: Page, packaged: Model, on_white: Callable[[int], Photo]
) -> None:
    photo = on_white(0)
    inputs = photo_inputs(photo, packaged.in_shape, packaged.preparation)
    assert inputs is not None
    told = page.evaluate(_ASK_PHOTO, {name: _packed(array) for name, array in inputs.items()})
    prepared = prepare(photo, packaged.in_shape, packaged.preparation).pixels
    (expected,) = packaged.answer(prepared[np.newaxis]).named(packaged.class_names)
    assert told["prepared"] == prepared.ravel().tolist()
    assert (told["label"], told["trust"]) == (expected["label"], expected["trust"])
    assert dict(told["probabilities"]) == pytest.approx(expected["probabilities"], abs=1e-4)


_ASK_PHOTO = """
async ({ photo, mask }) => {
  const { openModel, answerPhoto } = await import("./model.js");
  const bytes = ({ content }) => Uint8Array.from(atob(content), c => c.charCodeAt(0));
  const size = ({ shape }) => ({ height: shape[0], width: shape[1] });
  const values = new Float32Array(bytes(mask).buffer);
  const picture = { ...size(photo), rgb: bytes(photo) };
  const told = await answerPhoto(await openModel(), picture, { ...size(mask), values });
  return { ...told, prepared: Array.from(told.prepared) };
}
"""


def _packed(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {"shape": array.shape, "content": base64.b64encode(array.tobytes()).decode()}


def test_a_photo_on_a_plain_ground_is_found_by_the_page_itself(
    page: Page, packaged: Model, on_white: Callable[[int], Photo], tmp_path: Path
) -> None:
    photo = on_white(0)
    Image.fromarray(photo.pixels).save(tmp_path / "photo.png")
    label, _ = shown(page, tmp_path / "photo.png")
    prepared = prepare(photo, packaged.in_shape, packaged.preparation).pixels
    (expected,) = packaged.answer(prepared[np.newaxis]).named(packaged.class_names)
    assert label == expected["label"]
    assert page.locator("#seen").evaluate("c => [c.width, c.height]") == [28, 28]


def test_what_cannot_be_answered_is_said(page: Page, tmp_path: Path) -> None:
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(tmp_path / "black.png")
    page.set_input_files("#file", tmp_path / "black.png")
    page.wait_for_selector("#status:has-text('must be 28 x 28 pixels')", timeout=120_000)
    (tmp_path / "text.png").write_text("no picture")
    page.set_input_files("#file", tmp_path / "text.png")
    page.wait_for_selector("#status:has-text('could not be answered')", timeout=120_000)
    assert page.locator("#result").is_hidden()


@pytest.fixture
def on_white(fashion_mnist: tuple[Dataset, Dataset]) -> Callable[[int], Photo]:
    """A picture of the training file as a photo: large, coloured, on white."""

    def make(i: int) -> Photo:
        image = fashion_mnist[0].images[i, ..., 0]
        large = np.asarray(
            Image.fromarray(255 - image).resize((300, 300), Image.Resampling.BICUBIC)
        )
        wide = np.pad(large, ((40, 40), (60, 20)), constant_values=255)
        colour = np.stack([wide, wide - wide // 12, wide - wide // 9], axis=-1)
        colour[wide == 255] = 255
        return Photo(np.ascontiguousarray(colour, np.uint8))

    return make
