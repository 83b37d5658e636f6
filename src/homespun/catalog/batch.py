"""A plain function from array to array, for engines of others: Spark, Dask, Polars."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np

from homespun.catalog.classifier import Classifier
from homespun.data.folder.opening import UnreadableError
from homespun.errors import HomespunError, ShapeError
from homespun.runs.find_model import find_model
from homespun.storage import load
from homespun.types import Array, ByteArray, FloatArray, Shape

_LARGEST_PIXEL = 255


def predict_batch(batch: Array, model: Path | str | None = None) -> FloatArray:
    """Return the class probabilities of each picture, float32 of shape (n_samples, n_classes).

    A row depends on its picture alone, bit for bit: however an engine cuts its data into batches,
    the answers are the same.

    Args:
        batch: pictures of the model's shape, (n_samples, height, width, channel), (n_samples,
            height, width) if the channel is one, or each in one row, (n_samples, height * width *
            channel): whole numbers from 0 to 255 in any type. Or (n_samples,) photos: bytes of
            files, or their paths, which are prepared as for `homespun predict`; what cannot be read
            gives a row of NaN.
        model: a run's folder or a model file, read once in each process; None: as `find_model`.

    Raises:
        ShapeError: the array has another shape, or holds what no pixel is.
        FileError: there is no such model.
        ModelFileError: it is not sound.
    """
    classifier = _classifier(model if model is None else Path(model))
    batch = np.asarray(batch)
    n_classes = len(classifier.model.class_names)
    answers = np.empty((len(batch) if batch.ndim else 0, n_classes), np.float32)
    if batch.ndim == 1 and batch.dtype.kind in "OSU":
        for i, photo in enumerate(batch):
            answers[i] = _of_photo(classifier, photo)
        return answers
    images = _pixels(batch, classifier.model.in_shape)
    for i, image in enumerate(images):
        answers[i] = classifier.probabilities(image)
    return answers


def _classifier(named: Path | None) -> Classifier:
    path = find_model(named, Path("runs"))
    changed = path.stat().st_mtime_ns if path.exists() else 0  # then reading it says what is wrong
    return _loaded(os.path.abspath(path), changed)


@lru_cache(maxsize=4)
def _loaded(path: str, changed: int) -> Classifier:
    """Return what answers by the file as it was changed last; the time is there for the cache."""
    return Classifier(load(path))


def _of_photo(classifier: Classifier, photo: object) -> FloatArray | float:
    try:
        if not isinstance(photo, bytes | bytearray | memoryview | str | os.PathLike):
            return np.nan
        source = Path(photo) if isinstance(photo, str | os.PathLike) else bytes(photo)
        return classifier.probabilities(classifier.pixels(source))
    except (HomespunError, OSError, UnreadableError):
        return np.nan


def _pixels(batch: Array, in_shape: Shape) -> ByteArray:
    shapes = {in_shape, (int(np.prod(in_shape)),)}
    shapes |= {in_shape[:2]} if in_shape[2] == 1 else set()
    if batch.ndim == 0 or batch.shape[1:] not in shapes:
        raise ShapeError(
            f"predict_batch: expected pictures of shape {in_shape}, or as rows of "
            f"{np.prod(in_shape)}, or photos as bytes or paths, got {batch.dtype} of shape "
            f"{batch.shape}"
        )
    if batch.dtype.kind not in "biuf":
        raise ShapeError(f"predict_batch: expected numbers from 0 to 255, got {batch.dtype}")
    pixels = np.clip(np.nan_to_num(batch), 0, _LARGEST_PIXEL).astype(np.uint8)
    if not np.array_equal(pixels, batch):
        raise ShapeError(
            "predict_batch: expected whole numbers from 0 to 255, as pixels are; "
            "pictures that were scaled must be scaled back"
        )
    images: ByteArray = pixels.reshape(-1, *in_shape)
    return images
