"""Which training pictures are at hand to be shown beside a picture that is like them.

The package brings a thousand of Fashion-MNIST's training file. A run on a folder of pictures takes
them from there, as long as they are still what they were.
"""

from __future__ import annotations

import io
import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from homespun.data import CLASS_NAMES, Dataset, load_folder, read_manifest
from homespun.errors import HomespunError
from homespun.models import Model
from homespun.runs.folder import RunFolder, find_run

_LOG = logging.getLogger(__name__)
_MOST = 5000


def known_pictures(model: Model, path: Path) -> Dataset | None:
    """Return training pictures of the model, at most 5,000 in memory; None: none are at hand.

    Args:
        model: what they are for.
        path: its file; its run, if it is a run's, says where its pictures lie.
    """
    try:
        record = find_run(path.parent).read_record()
    except HomespunError:
        record = {}
    try:
        if record.get("settings", {}).get("folder") is not None:
            return _of_folder(RunFolder(path.parent), record, model)
    except HomespunError as error:
        _LOG.warning("no training pictures are shown: %s", error)
        return None
    if model.class_names == CLASS_NAMES and model.in_shape == (28, 28, 1):
        return _that_came_along()
    return None


def _that_came_along() -> Dataset:
    with np.load(io.BytesIO((files("homespun.serve") / "known.npz").read_bytes())) as held:
        return Dataset(held["images"], held["labels"].astype(np.int64), CLASS_NAMES)


def _of_folder(run: RunFolder, record: dict[str, Any], model: Model) -> Dataset | None:
    """Return some pictures of the training part of the run's folder, spread over all of it."""
    height, width, channels = model.in_shape
    if height != width:
        return None
    train = load_folder(
        record["settings"]["folder"],
        image_size=height,
        channels=channels,
        n_validation=record["settings"]["validation"],
        manifest=read_manifest(run.manifest),
        threads=1,
    ).train
    if train.class_names != model.class_names:
        return None
    return train.take(np.arange(0, len(train), -(-len(train) // _MOST))).in_memory()
