"""Finding the object in a photo, from a first guess and the colours that it and the ground have."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from homespun.data.photo.lab import to_lab
from homespun.data.photo.mixture import Mixture, quadratic_terms
from homespun.data.photo.saliency import saliency
from homespun.data.photo.smoothing import Neighbours
from homespun.data.photo.superpixels import superpixels
from homespun.types import ByteArray, FloatArray

_PATCHES_A_SIDE = 18
_PARTS = 5
"""Normal distributions for the object's colours, and as many for the ground's."""
_ROUNDS = 3
_EVERY = 3
"""Colours are learnt from each third pixel, which is quicker."""
_HOLD = 6.0
_LEAST_STD = 3.0
"""Of a colour, in L*a*b*: what noise and JPEG make of one and the same."""
_FAINTEST_GUESS = 0.02
"""Below it a guess says nothing, so nothing is divided by less."""
_SPREAD = 0.4
"""Of the picture's sides: how far from the middle people let an object stray."""
_LEAST_IN_THE_MIDDLE = 0.15
_LEAST_DIFFERENCE = 1.0
"""In L*a*b*, where a difference of 1 can just be seen: deviation over the whole picture."""
_LEAST_SHARE = 0.01
"""Of the picture; what is smaller is no object that somebody took a photo of."""
_LEAST_PIECE = 0.15
"""Of the largest piece; shoes come in pairs, and what is smaller is a speck."""
_PINHOLE = 0.004
"""Of the picture; larger holes are holes, as in a handle."""
_SOFTNESS = 0.7


def find_object(picture: ByteArray) -> FloatArray:
    """Return a mask (height, width), 1 where the object is and 0 elsewhere, soft at its edge.

    Where nothing stands out, all of the picture is the object. Nothing is drawn at random: the same
    picture gives the same mask.

    Args:
        picture: uint8 of shape (height, width, 3), some hundred pixels a side at most.
    """
    lab = to_lab(picture)
    if lab.std(axis=(0, 1)).max() < _LEAST_DIFFERENCE:
        return np.ones(lab.shape[:2], dtype=np.float32)
    patch = superpixels(lab, side=max(2, round(max(picture.shape) / _PATCHES_A_SIDE)))
    middle = _middle(patch.shape)
    field = _refined(lab, saliency(lab, patch)[patch] * middle)
    if _in_the_middle(field, middle) < _LEAST_IN_THE_MIDDLE:
        # What was found surrounds the object, or is a part of what lies beside it.
        other = _refined(lab, middle)
        field = max(field, other, key=lambda found: _in_the_middle(found, middle))
    return _tidied(field)


def _middle(shape: tuple[int, ...]) -> FloatArray:
    """Return how near each pixel is to the middle of the picture: 1 there, 0.2 in the corners."""
    y, x = (np.linspace(-0.5, 0.5, n) for n in shape[:2])
    near: FloatArray = np.exp(-(y[:, np.newaxis] ** 2 + x**2) / (2 * _SPREAD**2))
    return near


def _in_the_middle(field: FloatArray, middle: FloatArray) -> float:
    """Return how much more of the middle third is object than of the frame, from -1 to 1."""
    found = field > 0.5
    frame = np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]])
    return float(found[middle > np.quantile(middle, 2 / 3)].mean() - frame.mean())


def _refined(lab: FloatArray, guess: FloatArray) -> FloatArray:
    """Let colours decide: what is like the guessed object more than like the rest belongs to it.

    In the manner of GrabCut (Rother, Kolmogorov and Blake, 2004), with a field in place of a cut,
    and a guess that counts less from round to round, so that ground seen through a hole is ground.
    """
    terms = quadratic_terms(lab.reshape(-1, 3))
    some = slice(None, None, _EVERY)
    neighbours = Neighbours(lab, _HOLD)
    relative = guess / max(otsu(guess), _FAINTEST_GUESS)
    surety = np.clip((relative - 1) * 2.4, -2, 2)
    belief = np.clip(relative - 0.5, 0, 1)
    for n in range(_ROUNDS):
        inside = belief.ravel()[some].astype(np.float64)
        own = Mixture.fit(terms[some], inside**2, _PARTS, _LEAST_STD)
        ground = Mixture.fit(terms[some], (1 - inside) ** 2, _PARTS, _LEAST_STD)
        odds = (own.log_density(terms) - ground.log_density(terms)).reshape(guess.shape)
        wish = 1 / (1 + np.exp(-np.clip(odds, -6, 6) - surety / 2**n))
        field = neighbours.smoothed(wish, 0.05 + np.abs(wish - 0.5) * 2)
        belief = np.clip((field - 0.5) * 2 + 0.5, 0, 1)
    return field


def _tidied(field: FloatArray) -> FloatArray:
    """Return the mask without specks and without pinholes."""
    mask = field > 0.5
    pieces, _ = ndimage.label(mask)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    if sizes.max() < _LEAST_SHARE * mask.size:
        return np.ones(field.shape, dtype=np.float32)
    mask = (sizes >= _LEAST_PIECE * sizes.max())[pieces]
    holes, _ = ndimage.label(~mask)
    mask |= (np.bincount(holes.ravel()) < _PINHOLE * mask.size)[holes]
    tidied: FloatArray = ndimage.gaussian_filter(mask.astype(np.float32), _SOFTNESS)
    return tidied


def otsu(values: FloatArray) -> float:
    """Return the threshold that parts the values best in two (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[1:] + edges[:-1]) / 2
    weight = np.cumsum(counts)
    mean = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mean[-1] * weight / weight[-1] - mean) ** 2 / (weight * (weight[-1] - weight))
    return float(middles[np.nanargmax(np.where(np.isfinite(between), between, -1))])
