"""Which size and how many channels pictures get in training, where the user does not say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from homespun.data.folder.listing import Listing
from homespun.data.folder.opening import UnreadableError, in_threads, open_picture
from homespun.errors import DataError, SettingError
from homespun.types import ByteArray, Shape

LARGEST = 32
"""Pixels a side by default, at most.

With ten epochs of the recipe `fast`, 60% of the validation part of 3,068 photos of clothes (the
public "clothing dataset (small)") were right at 32 pixels, 51% at 48 and 43% at 64: larger pictures
ask for larger networks and more time (homespun train FOLDER --epochs 10 --image-size N).
"""

SMALLEST, MOST = 8, 512
_LOOKED_AT = 64
_COLOUR = 16
_SHARE = 0.01


@dataclass(frozen=True)
class Choice:
    """The shape of pictures in training: `side` x `side` x `channels`, and why."""

    side: int
    channels: int
    why: str

    @property
    def in_shape(self) -> Shape:
        """(height, width, channel)."""
        return (self.side, self.side, self.channels)


def choose(
    listing: Listing,
    image_size: int | None,
    channels: int | None,
    threads: int | None,
) -> Choice:
    """Return the shape for these pictures, from a look at 64 spread evenly over the listing.

    By default the size is the usual longer side (the median), and 32 at most. Colour is kept if any
    of them has some.

    Raises:
        DataError: none of them can be read.
        SettingError: `image_size` is not from 8 to 512, or `channels` neither 1 nor 3.
    """
    if image_size is not None and not SMALLEST <= image_size <= MOST:
        raise SettingError(
            f"the image size must be from {SMALLEST} to {MOST} pixels, got {image_size}"
        )
    if channels not in (None, 1, 3):
        raise SettingError(f"pictures have 1 channel (grey) or 3 (colour), got {channels}")
    if image_size is not None and channels is not None:
        return Choice(image_size, channels, "as asked for")
    seen = _look(listing, threads)
    sides = [side for side, _ in seen]
    usual = int(np.median(sides))
    side = image_size or min(LARGEST, max(SMALLEST, usual))
    n_colour = sum(has_colour for _, has_colour in seen)
    n_channels = channels or (3 if n_colour else 1)
    whys = []
    if image_size is None:
        told = f"{side} pixels a side, the pictures' own being {usual} (median of the longer sides)"
        whys.append(told if usual <= LARGEST else f"{told}; --image-size takes more")
    if channels is None:
        kind = "colour" if n_channels == 3 else "grey"
        whys.append(f"{kind}, since {n_colour} of {len(seen)} looked at have colour")
    return Choice(side, n_channels, "; ".join(whys))


def _look(listing: Listing, threads: int | None) -> list[tuple[int, bool]]:
    """Return the longer side of some pictures, and whether each has colour."""
    n = len(listing.entries)
    spread = sorted({i * n // _LOOKED_AT for i in range(_LOOKED_AT)}) if n else []

    def look(i: int) -> tuple[int, bool] | str:
        try:
            _, photo = open_picture(Path(listing.root, listing.entries[i].place))
        except UnreadableError as error:
            return str(error)
        return max(photo.pixels.shape[:2]), has_colour(photo.pixels)

    found = list(in_threads(look, spread, threads))
    seen = [one for one in found if not isinstance(one, str)]
    if not seen and n > _LOOKED_AT:  # bad luck, or a folder of nothing but broken files
        found = list(in_threads(look, range(n), threads))
        seen = [one for one in found if not isinstance(one, str)]
    if not seen:
        example = f" ({listing.entries[0].place}: {found[0]})" if found else ""
        raise DataError(listing.root, f"holds no picture that can be read{example}")
    return seen


def has_colour(pixels: ByteArray) -> bool:
    """Return whether more than 1% of the pixels (height, width, 3) are not grey.

    Channels may lie 16 apart and still be grey: compression does that to grey pictures.
    """
    step = max(1, max(pixels.shape[:2]) // 256)
    few = pixels[::step, ::step].astype(np.int16)
    return bool((np.ptp(few, axis=2) > _COLOUR).mean() > _SHARE)
