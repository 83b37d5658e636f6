"""The whole article once more: every figure of it computed, drawn and told on one page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homespun.article.experiment import Progress
from homespun.article.measured import FULL, QUICK, measure
from homespun.article.summary import summarise
from homespun.data.dataset import Dataset
from homespun.errors import FileError, MissingExtraError, SettingError
from homespun.files import write_durably

NOTE = "quick: part of the data"
PAGE = "index.html"

N_FEWEST = 160
"""With fewer images the test fifth is too small for t-SNE, which looks at 30 neighbours."""


def replay(
    train: Dataset,
    folder: Path,
    *,
    quick: bool = False,
    official: Dataset | None = None,
    say: Callable[[str], None] = lambda line: None,
    progress: Progress = lambda part, epoch, epochs, error: None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """Replay the article on `train`; write its pictures and `index.html` into `folder`.

    In full it takes several minutes and two gigabytes of memory. `quick` uses the first 7,500
    images and 30 epochs, and says so on every picture; XOR is always done in full. Files are
    written only once everything is computed, the page last, so an interrupted replay leaves what
    an earlier one wrote.

    Args:
        train: the official training part of Fashion-MNIST: ten classes, one channel.
        folder: is made where it is missing.
        quick: use part of the data.
        official: the official test part, for the accuracy that the article did not measure.
        say: is called with a line before each part.
        progress: is called after each epoch of `run1`, `run2` and `mended`.
        clock: tells seconds.

    Returns:
        What `homespun article --json` prints: the figures of `summarise`, with `page`, the path
        of the page, and `pictures`, the names of the picture files.

    Raises:
        MissingExtraError: matplotlib or Jinja2 is not installed.
        SettingError: fewer than 160 images.
        FileError: the folder cannot be written to.
    """
    # matplotlib and Jinja2 are an optional extra and slow to import: only a replay needs them, and
    # it should miss them before the long part, not after it.
    try:
        from homespun.article.figures.canvas import png
        from homespun.article.figures.gallery import draw_all
        from homespun.article.page import render
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{error.name}", "plot", "homespun article") from error

    if len(train) < N_FEWEST:
        raise SettingError(f"replay: expected at least {N_FEWEST} images, got {len(train)}")
    _make(folder)
    plan = QUICK if quick else FULL
    measured = measure(train, plan, official=official, say=say, progress=progress, clock=clock)
    say(f"pictures and page: {folder}")
    start = clock()
    drawings = draw_all(measured)
    files = {name: f"{name}.png" for name in drawings}
    for name, drawing in drawings.items():
        write_durably(folder / files[name], png(drawing.figure, note=NOTE if quick else ""))
    measured.seconds["pictures"] = clock() - start
    results = summarise(measured, quick=quick)
    alts = {name: drawing.alt for name, drawing in drawings.items()}
    write_durably(folder / PAGE, render(results, files, alts).encode())
    return results | {"page": str(folder / PAGE), "pictures": list(files.values())}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(folder, f"cannot be made ({error.strerror})") from error
