"""Pictures that are unlike clothes, each kind on its own, beside those that reports look at."""

from __future__ import annotations

import numpy as np

from homespun.runs.far import far_sets
from homespun.types import ByteArray

N = 2000

CHOSEN_BY = ("noise", "gradients", "letters")
"""The kinds that the score was chosen with, against pictures held out of the training file."""

NEVER_SEEN = ("handwritten digits", "blanks", "pieces of photos")
"""The kinds that had no say in anything."""

CHANGED = ("inverted clothes", "upside-down clothes")
"""Clothes all the same."""


def all_kinds(clothes: ByteArray, seed: int) -> dict[str, ByteArray]:
    """Return every kind by its name; `clothes` (n, height, width, channel) are changed for some."""
    in_shape = clothes.shape[1:]
    rng = np.random.default_rng(seed)
    return {
        **far_sets(in_shape, seed, N),
        "gradients": np.stack([_gradient(in_shape, rng) for _ in range(N)]),
        "blanks": np.stack([np.full(in_shape, grey, np.uint8) for grey in range(256)]),
        "inverted clothes": 255 - clothes[:N],
        "upside-down clothes": np.ascontiguousarray(clothes[:N, ::-1]),
    }


def _gradient(in_shape: tuple[int, ...], rng: np.random.Generator) -> ByteArray:
    """Return a picture that goes from one grey to another, in any direction."""
    y, x = np.mgrid[: in_shape[0], : in_shape[1]]
    angle = rng.uniform(0, 2 * np.pi)
    way = x * np.cos(angle) + y * np.sin(angle)
    way = (way - way.min()) / np.ptp(way)
    low, high = np.sort(rng.uniform(0, 255, 2))
    picture = (low + (high - low) * way).astype(np.uint8)
    return np.repeat(picture[..., np.newaxis], in_shape[2], axis=2)
