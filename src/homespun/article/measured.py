"""Everything that a replay computes, before anything is drawn or told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from homespun.article.experiment import (
    BLAS_THREADS,
    Progress,
    Run,
    Split,
    raw,
    run_as_printed,
    run_mended,
    scaled_by_itself,
    split_as_printed,
)
from homespun.article.xor import XorRecord, mended_step, printed_step, train_xor
from homespun.data.dataset import Dataset
from homespun.types import FloatArray


@dataclass(frozen=True)
class Plan:
    """How much a replay does.

    Attributes:
        n_images: how many of the training file's images it uses, or None for all.
        epochs: epochs of each of the three runs.
        map_threads, run_threads: threads of the t-SNE map, None for all cores, and BLAS threads
            of the runs as printed.
    """

    n_images: int | None
    epochs: int
    map_threads: int | None
    run_threads: int


FULL = Plan(n_images=None, epochs=300, map_threads=None, run_threads=BLAS_THREADS)
QUICK = Plan(n_images=7_500, epochs=30, map_threads=1, run_threads=1)
"""One thread: on so little data a second one waits more than it works, above all where other
programs want the cores too."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What was computed.

    Attributes:
        split: the article's two parts of the data.
        xor_printed, xor_mended: the two trainings of XOR.
        places: t-SNE map of the test part, of shape (n_samples, 2).
        run1, run2: the classifier as printed, on raw pixels and on scaled ones.
        mended: the mended classifier.
        seconds: how long each part took.
    """

    split: Split
    xor_printed: XorRecord
    xor_mended: XorRecord
    places: FloatArray
    run1: Run
    run2: Run
    mended: Run
    seconds: dict[str, float]


def measure(
    data: Dataset,
    plan: Plan,
    *,
    official: Dataset | None,
    say: Callable[[str], None],
    progress: Progress,
    clock: Callable[[], float] = time.perf_counter,
) -> Measured:
    """Compute all that the article showed, and the mended classifier, with `plan` of `data`.

    `say` gets a line before each part, `progress` is called after each epoch of the three runs,
    and `clock` tells seconds.
    """
    seconds: dict[str, float] = {}

    @contextmanager
    def part(name: str, line: str) -> Iterator[None]:
        say(line)
        start = clock()
        yield
        seconds[name] = clock() - start

    split = split_as_printed(data.take(slice(plan.n_images)))
    n_train, n_test = len(split.train), len(split.test)
    with part("xor", "XOR: 50,000 epochs as printed, 50,000 mended"):
        xor_printed, xor_mended = train_xor(printed_step), train_xor(mended_step)
    with (
        part("tsne", f"t-SNE: a map of {n_test:,} images"),
        threadpool_limits(plan.map_threads),
    ):
        places = embed(split.test)
    runs = {}
    for name, pixels, words in (
        ("run1", raw, "raw pixels"),
        ("run2", scaled_by_itself, "scaled pixels"),
    ):
        with part(name, f"{name}: as printed, {words}, {n_train:,} images, {plan.epochs} epochs"):
            runs[name] = run_as_printed(
                name, pixels, split,
                epochs=plan.epochs, progress=progress, official=official,
                threads=plan.run_threads, clock=clock,
            )  # fmt: skip
    with part("mended", f"mended: {n_train:,} images, {plan.epochs} epochs"):
        mended = run_mended(
            "mended", split,
            epochs=plan.epochs, progress=progress, official=official, clock=clock,
        )  # fmt: skip
    return Measured(
        split, xor_printed, xor_mended, places, runs["run1"], runs["run2"], mended, seconds
    )


def embed(data: Dataset) -> FloatArray:
    """Return the t-SNE map of the raw pixels of `data`, of shape (n_samples, 2), seed 42.

    van der Maaten and Hinton 2008, as scikit-learn does it with its default settings.
    """
    pixels = data.images.reshape(len(data), -1)
    places: FloatArray = TSNE(n_components=2, random_state=42).fit_transform(pixels)
    return places
