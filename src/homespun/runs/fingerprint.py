"""Which data a run was made of: a hash of pictures and labels."""

from __future__ import annotations

import hashlib

import numpy as np

from homespun.data import Dataset

_PICTURES_A_BLOCK = 1000
"""Few enough to be in memory where the pictures stay on the disk."""


def fingerprint(dataset: Dataset) -> str:
    """Return the SHA-256 of the pictures' bytes and the labels as little-endian 64-bit numbers."""
    digest = hashlib.sha256()
    for start in range(0, len(dataset), _PICTURES_A_BLOCK):
        block = dataset.images[start : start + _PICTURES_A_BLOCK]
        digest.update(np.ascontiguousarray(block).data)
    digest.update(dataset.labels.astype("<i8").tobytes())
    return digest.hexdigest()
