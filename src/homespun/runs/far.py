"""How a model tells that a picture is like nothing it learnt: its score on pictures from afar."""

from __future__ import annotations

import string

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits, load_sample_images
from sklearn.metrics import roc_auc_score

from homespun.types import ByteArray, FloatArray, Shape

_INKS = 16
"""Values of the digits' pixels go from 0 to this."""
_SMALLEST_CROP = 32


def far_sets(in_shape: Shape, seed: int, n: int = 500) -> dict[str, ByteArray]:
    """Return kinds of pictures that belong to no class of products, `n` of each, by their name.

    Digits and photos come with scikit-learn (Alpaydin and Kaynak, 1998; two photos of nature and
    building), letters are drawn with Pillow's own fount: all of it is always at hand.

    Args:
        in_shape: (height, width, channel) of the pictures.
        seed: decides what is drawn at random.
        n: how many of each; of digits there are 1,797.
    """
    rng = np.random.default_rng(seed)
    return {
        "handwritten digits": digits(in_shape)[:n],
        "letters": np.stack([_letter(in_shape, rng) for _ in range(n)]),
        "pieces of photos": _crops(in_shape, rng, n),
        "noise": rng.integers(0, 256, (n, *in_shape), dtype=np.uint8),
    }


def digits(in_shape: Shape) -> ByteArray:
    """Return 1,797 handwritten digits, enlarged to `in_shape` (height, width, channel)."""
    small = np.round(load_digits().images * (255 / _INKS)).astype(np.uint8)
    return np.stack([_fitted(Image.fromarray(digit), in_shape) for digit in small])


def unlikeness(probabilities: FloatArray) -> FloatArray:
    """Return (n_samples,): 1 - the highest probability, the simplest score of not belonging.

    Source: Hendrycks and Gimpel, 2017, "A baseline for detecting misclassified and
    out-of-distribution examples in neural networks".
    """
    scores: FloatArray = 1 - probabilities.max(axis=1)
    return scores


def separation(near: FloatArray, far: FloatArray) -> float:
    """Return how often a far picture scores higher than a near one (area under the ROC curve)."""
    is_far = np.repeat([0, 1], [len(near), len(far)])
    return float(roc_auc_score(is_far, np.concatenate([near, far])))


def _letter(in_shape: Shape, rng: np.random.Generator) -> ByteArray:
    """Return a bright letter of any size about the middle of a black picture."""
    height, width = in_shape[:2]
    side = min(height, width)
    picture = Image.new("L", (width, height))
    letter = string.ascii_letters[rng.integers(len(string.ascii_letters))]
    place = rng.normal((width / 2, height / 2), side / 20)
    fount = ImageFont.load_default(size=max(4.0, side * float(rng.uniform(0.5, 1))))
    ImageDraw.Draw(picture).text(
        (float(place[0]), float(place[1])),
        letter,
        fill=int(rng.integers(120, 256)),
        font=fount,
        anchor="mm",
    )
    return _fitted(picture, in_shape)


def _crops(in_shape: Shape, rng: np.random.Generator, n: int) -> ByteArray:
    """Return square pieces of two photos, from small to as large as they are."""
    photos = load_sample_images().images
    largest = min(photos[0].shape[:2])
    pieces = []
    for i in range(n):
        photo = photos[i % len(photos)]
        side = int(np.exp(rng.uniform(np.log(_SMALLEST_CROP), np.log(largest))))
        top, left = (int(rng.integers(0, length - side + 1)) for length in photo.shape[:2])
        pieces.append(
            _fitted(Image.fromarray(photo[top : top + side, left : left + side]), in_shape)
        )
    return np.stack(pieces)


def _fitted(picture: Image.Image, in_shape: Shape) -> ByteArray:
    """Return a picture as an array of shape `in_shape`: grey for one channel, else RGB."""
    height, width, n_channels = in_shape
    resized = picture.resize((width, height), Image.Resampling.BILINEAR)
    grey = np.asarray(resized.convert("L"))[..., np.newaxis]
    if n_channels == 3:
        return np.asarray(resized.convert("RGB"))
    return np.repeat(grey, n_channels, axis=2)
