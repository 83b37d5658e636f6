"""Holding part of the samples out, so that what was learnt can be judged on others."""

from __future__ import annotations

import numpy as np

from homespun.data.dataset import Dataset
from homespun.errors import SettingError, ShapeError
from homespun.types import IntArray

_KEY_LIMIT = 1 << 128  # Philox takes a key of 128 bits


def split(dataset: Dataset, n_held_out: int, seed: int) -> tuple[Dataset, Dataset]:
    """Return the samples that are kept and the `n_held_out` that are held out.

    See `stratified_split`, which chooses them, for the arguments and errors.
    """
    kept, held_out = stratified_split(dataset.labels, n_held_out, seed)
    return dataset.take(kept), dataset.take(held_out)


def stratified_split(labels: IntArray, n_held_out: int, seed: int) -> tuple[IntArray, IntArray]:
    """Return the indices to keep and those to hold out, each sorted.

    Each class gives its share of `n_held_out`, rounded by the method of largest remainders (ties
    go to the smaller label). The choice depends on the labels, the size and the seed alone: it is
    drawn from the raw stream of Philox, which NumPy keeps the same from version to version.

    Args:
        labels: class indices of shape (n_samples,).
        n_held_out: how many samples to hold out, from 1 to n_samples - 1.
        seed: the key of the generator, from 0 to 2^128 - 1.

    Raises:
        SettingError: no split of this size exists, or the seed is out of range.
        ShapeError: the labels are not whole numbers in one dimension.
    """
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ShapeError(
            f"split: expected whole-number labels of shape (n_samples,), "
            f"got {labels.dtype} of shape {labels.shape}"
        )
    if not 0 < n_held_out < len(labels):
        raise SettingError(
            f"split: expected to hold out between 1 and {len(labels) - 1} of {len(labels)} "
            f"samples, got {n_held_out}"
        )
    if not 0 <= seed < _KEY_LIMIT:
        raise SettingError(f"split: expected a seed from 0 to 2^128 - 1, got {seed}")
    is_held_out = np.zeros(len(labels), dtype=bool)
    order = np.argsort(np.random.Philox(key=seed).random_raw(len(labels)), kind="stable")
    shuffled = labels[order]
    classes, counts = np.unique(labels, return_counts=True)
    for label, quota in zip(classes, quotas(counts, n_held_out), strict=True):
        is_held_out[order[shuffled == label][:quota]] = True
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)


def quotas(counts: IntArray, n_held_out: int) -> IntArray:
    """Return each class's share of `n_held_out`, by the method of largest remainders.

    Args:
        counts: (n_classes,) how many samples each class has, at least one in all.
        n_held_out: what the shares add up to, at most as many as there are samples.
    """
    shares, remainders = np.divmod(counts * n_held_out, counts.sum())
    n_missing = n_held_out - shares.sum()
    shares[np.argsort(-remainders, kind="stable")[:n_missing]] += 1
    return shares
