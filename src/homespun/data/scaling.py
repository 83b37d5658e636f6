"""Bringing pixels to mean 0 and deviation 1 belongs to the model, not to the pictures at hand.

Fitted on the training part and kept with the weights, it treats one photo as it treated thousands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from homespun.errors import SettingError, ShapeError
from homespun.types import Array, ByteArray, FloatArray

_PIXELS_A_BLOCK = 1 << 20
_NUMBERS_A_BLOCK = 1 << 16


@dataclass(frozen=True)
class Scaling:
    """(batch, height, width, channel) uint8 or float -> the same shape, mean 0 and deviation 1.

    Attributes:
        mean: the mean of each channel, in the units of the pictures (0 to 255 for uint8).
        std: the standard deviation of each channel, in the same units, above 0.

    Raises:
        SettingError: no channel, another number of means than deviations, a value that is not
            finite, or a deviation that is not above 0.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.mean) != len(self.std) or not self.mean:
            raise SettingError(
                f"Scaling: expected a mean and a deviation for each channel, "
                f"got {len(self.mean)} and {len(self.std)}"
            )
        if not all(map(math.isfinite, (*self.mean, *self.std))) or min(self.std) <= 0:
            raise SettingError(
                f"Scaling: expected finite means and deviations above 0, "
                f"got {self.mean} and {self.std}"
            )

    @classmethod
    def fit(cls, images: Array, weights: FloatArray | None = None) -> Scaling:
        """Return the scaling of these pictures' own mean and deviation (divided by n).

        Pixels of uint8 pictures that all count alike are counted by value, so the sums are exact
        and independent of the order of the pictures; otherwise they are summed in float64. A
        constant channel gets deviation 1, and so becomes 0.

        Args:
            images: uint8 or float of shape (n_samples, height, width, channel), at least one pixel.
            weights: (n_samples,) how much each picture counts, not all 0; all alike by default.

        Raises:
            ShapeError: another shape or type, or no pixel.
        """
        _check(images)
        if not images.size:
            raise ShapeError(f"Scaling.fit: expected at least one pixel, got {images.shape}")
        if images.dtype == np.uint8 and weights is None:
            moments = [_mean_and_std(counts) for counts in _pixel_counts(images)]
            return cls(tuple(mean for mean, _ in moments), tuple(std for _, std in moments))
        mean, std = _weighted_moments(images, np.ones(len(images)) if weights is None else weights)
        return cls(tuple(mean.tolist()), tuple(std.tolist()))

    def __call__(self, images: Array, dtype: DTypeLike = np.float32) -> FloatArray:
        """Return the pictures scaled, a new array of type `dtype`.

        Raises:
            ShapeError: the images are not uint8 or float of shape (batch, height, width, channel),
                or have another number of channels.
        """
        _check(images)
        n_channels = len(self.mean)
        if images.shape[3] != n_channels:
            raise ShapeError(
                f"Scaling: expected {n_channels} channels, got images of shape {images.shape}"
            )
        if images.dtype != np.uint8:
            return self._scale_floats(images, dtype)
        scaled: FloatArray = images.astype(dtype)
        if n_channels == 1:
            scaled *= 1 / self.std[0]
            scaled -= self.mean[0] / self.std[0]
            return scaled
        # One factor and one shift for a whole row of pixels: NumPy is slow on axes of length 3.
        rows = scaled.reshape(*images.shape[:2], images.shape[2] * n_channels)
        rows *= np.tile(np.divide(1.0, self.std), images.shape[2]).astype(dtype)
        rows -= np.tile(np.divide(self.mean, self.std), images.shape[2]).astype(dtype)
        return rows.reshape(images.shape)

    def _scale_floats(self, images: Array, dtype: DTypeLike) -> FloatArray:
        """Subtract first, in the pictures' own type: floats may be large and close together."""
        width, kind = images.shape[2], images.dtype
        if (width, kind) not in self._rows:
            mean, factor = np.array(self.mean), np.divide(1.0, self.std)
            self._rows[width, kind] = tuple(np.tile(v, width).astype(kind) for v in (mean, factor))
        mean, factor = self._rows[width, kind]
        scaled: FloatArray = images.reshape(*images.shape[:2], len(mean)) - mean
        scaled *= factor
        return scaled.reshape(images.shape).astype(dtype, copy=False)

    @cached_property
    def _rows(self) -> dict[tuple[int, Any], tuple[FloatArray, ...]]:
        """Mean and factor for a row of pixels, by its width and type: made once, used often."""
        return {}


def _check(images: Array) -> None:
    is_known = images.dtype == np.uint8 or images.dtype.kind == "f"
    if images.ndim != 4 or not is_known:
        raise ShapeError(
            "Scaling: expected uint8 or float images of shape (batch, height, width, channel), "
            f"got {images.dtype} of shape {images.shape}"
        )


def _weighted_moments(images: Array, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and deviation of each channel.

    The moments of each number of a picture are gathered block by block in float64, and put together
    by channel in the end: rows that are long enough for NumPy, in blocks that stay in cache.

    Source: Chan, Golub and LeVeque, 1983, "Algorithms for computing the sample variance".
    """
    origin = images[int(weights.argmax())].ravel().astype(np.float64)  # a constant is exactly 0
    total = 0.0
    means, squares = np.zeros_like(origin), np.zeros_like(origin)
    n_rows = max(1, _NUMBERS_A_BLOCK // len(origin))
    for first in range(0, len(images), n_rows):
        shares = weights[first : first + n_rows].astype(np.float64)
        weight = shares.sum()
        if weight == 0:
            continue
        block = images[first : first + n_rows].reshape(-1, len(origin)) - origin
        moves = shares @ block / weight - means
        block -= means + moves
        block *= block
        total += weight
        means += moves * (weight / total)
        squares += shares @ block + moves * moves * (weight * (total - weight) / total)
    return _by_channel(means + origin, squares / total, images.shape[3])


def _by_channel(
    means: FloatArray, variances: FloatArray, n_channels: int
) -> tuple[FloatArray, FloatArray]:
    """Put the moments of all pixels of a picture together: mean and deviation of each channel."""
    means, variances = means.reshape(-1, n_channels), variances.reshape(-1, n_channels)
    mean = means.mean(axis=0)
    std = np.sqrt((variances + (means - mean) ** 2).mean(axis=0))
    # The mean of a constant is off by a rounding, and must not be taken for a deviation.
    std[std <= 10 * np.finfo(np.float64).eps * np.abs(mean)] = 1.0
    return mean, std


def _pixel_counts(images: ByteArray) -> list[list[int]]:
    """For each channel, how many pixels have each of the values 0 to 255."""
    n_channels = images.shape[3]
    counts = np.zeros((n_channels, 256), dtype=np.int64)
    n_images = max(1, _PIXELS_A_BLOCK // images[0].size)
    for first in range(0, len(images), n_images):
        block = images[first : first + n_images].reshape(-1, n_channels)
        for channel in range(n_channels):
            counts[channel] += np.bincount(block[:, channel], minlength=256)
    return counts.tolist()


def _mean_and_std(counts: list[int]) -> tuple[float, float]:
    n = sum(counts)
    total = sum(count * value for value, count in enumerate(counts))
    squares = sum(count * value**2 for value, count in enumerate(counts))
    # In whole numbers of any size: n * squares - total**2 loses nothing where it nearly cancels.
    std = math.sqrt(n * squares - total**2) / n
    return total / n, std or 1.0
