"""Photos whose truth is known: pictures of Fashion-MNIST turned back into what a phone might take.

The object is enlarged, gets a colour of the same lightness, lies a little turned and off the middle
on some background, and is stored as a JPEG file with an orientation flag. All of it is drawn from
the generator that is passed in.
"""

from __future__ import annotations

import colorsys
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Generator = np.random.Generator

LUMA = np.array([0.299, 0.587, 0.114])
MOST_DEGREES = 10
LEAST_CONTRAST = 40.0
"""How far, in grey levels or their like in colour, a person lays clothes from what they lie on."""

_STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held so stores an upright picture."""


@dataclass(frozen=True)
class MadePhoto:
    """What was made: upright pixels, and which of them show the object.

    Attributes:
        pixels: uint8 of shape (height, width, 3).
        mask: how much of each pixel is the object, of shape (height, width), from 0 to 1.
    """

    pixels: Bytes
    mask: Floats


def make_photo(picture: Bytes, ground: str, rng: Generator) -> MadePhoto:
    """Return a photo of the object in `picture` (28, 28), on a kind of background of GROUNDS."""
    longest = int(rng.integers(300, 1201))
    width, height = (round(longest * side) for side in _shape(rng))
    grey, mask = _lay(picture, height, width, rng)
    colours = _tinted(255.0 - grey, rng)
    middle = np.median(colours[mask > 0.5], axis=0) if (mask > 0.5).any() else colours[0, 0]
    below = GROUNDS[ground](height, width, middle, mask, rng)
    photo = colours * mask[..., np.newaxis] + below * (1 - mask[..., np.newaxis])
    photo += rng.normal(0, rng.uniform(0.5, 3), photo.shape)
    return MadePhoto(np.clip(np.rint(photo), 0, 255).astype(np.uint8), mask)


def to_file(pixels: Bytes, *, orientation: int = 1, quality: int | None = None) -> bytes:
    """Return the file of a camera that was held as the flag says: JPEG, or without quality PNG."""
    image = Image.fromarray(pixels)
    if orientation in _STORED_AS:
        image = image.transpose(_STORED_AS[orientation])
    flag = Image.Exif()
    flag[0x0112] = orientation
    out = io.BytesIO()
    if quality is None:
        image.save(out, format="PNG", exif=flag, compress_level=1)
    else:
        image.save(out, format="JPEG", quality=quality, exif=flag)
    return out.getvalue()


def _shape(rng: Generator) -> tuple[float, float]:
    shorter = float(rng.choice([1.0, 0.75, 0.75, 0.66]))
    return (shorter, 1.0) if rng.random() < 0.7 else (1.0, shorter)


def _lay(picture: Bytes, height: int, width: int, rng: Generator) -> tuple[Floats, Floats]:
    """Return the object's values and mask, turned and off the middle, in a frame of this size."""
    n = len(picture)
    values, cover = _without_black(picture)
    scale = min(height, width) * rng.uniform(0.6, 0.88) / n
    angle = np.deg2rad(rng.uniform(-MOST_DEGREES, MOST_DEGREES))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / scale
    slack = (np.array([height, width]) - scale * n) / 2
    middle = np.array([height, width]) / 2 + slack * rng.uniform(-0.6, 0.6, 2)
    offset = (n - 1) / 2 - turn @ middle
    values = ndimage.affine_transform(
        values, turn, offset, (height, width), order=1, mode="nearest"
    )
    mask = ndimage.affine_transform(cover, turn, offset, (height, width), order=1, cval=0.0)
    soft = scale / 4
    return ndimage.gaussian_filter(values, soft), ndimage.gaussian_filter(mask, soft)


def _without_black(picture: Bytes) -> tuple[Floats, Floats]:
    """Part the picture (28, 28) into the object's values and how much of each pixel it covers.

    A pixel at its edge is darker than those inside because black shows through; so laid on black
    again, value times cover is the picture.
    """
    is_object = ndimage.binary_fill_holes(picture > 8)
    inside = ndimage.binary_erosion(is_object)
    inside = inside if inside.any() else is_object
    if not is_object.any():
        return picture.astype(np.float64), np.zeros(picture.shape)
    apart, nearest = ndimage.distance_transform_edt(~inside, return_indices=True)
    within = picture[tuple(nearest)].astype(np.float64)
    at_edge = is_object & (apart > 0) & (apart < 1.5)
    darker = at_edge & (picture < within)
    values = np.where(is_object & ~darker, picture, within)
    return values, np.where(darker, picture / np.maximum(within, 1), is_object)


def _tinted(grey: Floats, rng: Generator) -> Floats:
    """Return colours (height, width, 3) of the given lightness, all of one hue."""
    tint = _colour(rng, saturation=rng.uniform(0, 0.7))
    strength = np.minimum(grey, 255 - grey)[..., np.newaxis] / 127.5
    return np.clip(grey[..., np.newaxis] + (tint - tint @ LUMA) * strength, 0, 255)


def _colour(rng: Generator, saturation: float, value: float = 1.0) -> Floats:
    return 255 * np.array(colorsys.hsv_to_rgb(rng.random(), saturation, value))


def _apart(draw: Callable[[], Floats], middle: Floats) -> Floats:
    """Return a drawn colour that stands out from the object's."""
    colours = [draw() for _ in range(8)]
    far = [colour for colour in colours if np.linalg.norm(colour - middle) > LEAST_CONTRAST]
    return far[0] if far else max(colours, key=lambda c: float(np.linalg.norm(c - middle)))


def _white(h: int, w: int, middle: Floats, mask: Floats, rng: Generator) -> Floats:
    return np.full((h, w, 3), rng.uniform(248, 255))


def _grey(h: int, w: int, middle: Floats, mask: Floats, rng: Generator) -> Floats:
    return np.zeros((h, w, 3)) + _apart(lambda: np.full(3, rng.uniform(30, 235)), middle)


def _coloured(h: int, w: int, middle: Floats, mask: Floats, rng: Generator) -> Floats:
    colour = _apart(lambda: _colour(rng, rng.uniform(0.2, 0.9), rng.uniform(0.4, 1)), middle)
    return np.zeros((h, w, 3)) + colour


def _shaded(h: int, w: int, middle: Floats, mask: Floats, rng: Generator) -> Floats:
    """Light from one side, and the object's soft shadow."""
    colour = _apart(lambda: _colour(rng, rng.uniform(0, 0.3), rng.uniform(0.6, 1)), middle)
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - rng.uniform(0.1, 0.3) * (1 + x * np.cos(angle) + y * np.sin(angle)) / 2
    size = max(h, w)
    moved = ndimage.shift(mask, rng.uniform(-0.03, 0.03, 2) * size, order=1)
    shadow = 1 - rng.uniform(0.1, 0.4) * ndimage.gaussian_filter(
        moved, rng.uniform(0.01, 0.04) * size
    )
    return colour * (light * shadow)[..., np.newaxis]


def _textured(h: int, w: int, middle: Floats, mask: Floats, rng: Generator) -> Floats:
    """Boards, a woven cloth, or a carpet, in light from one side."""
    kind = rng.integers(3)
    size = max(h, w)
    if kind == 0:  # grain along the boards, gaps between them
        colour = _apart(lambda: _wood(rng), middle)
        grain = ndimage.gaussian_filter(rng.normal(0, 1, (h, w)), (0.002 * size, 0.08 * size))
        pattern = 0.10 * grain / grain.std()
        board = size * rng.uniform(0.12, 0.3)
        pattern -= 0.3 * ((np.arange(h) % board) < 0.006 * size)[:, np.newaxis]
        pattern += rng.normal(0, 0.05, 20)[(np.arange(h) // board).astype(int)][:, np.newaxis]
    else:
        colour = _apart(lambda: _colour(rng, rng.uniform(0, 0.5), rng.uniform(0.3, 1)), middle)
        noise = ndimage.gaussian_filter(rng.normal(0, 1, (h, w)), size * rng.uniform(0.003, 0.012))
        pattern = rng.uniform(0.05, 0.15) * noise / noise.std()
        if kind == 1:
            thread = size * rng.uniform(0.02, 0.06)
            y, x = np.mgrid[:h, :w] * (2 * np.pi / thread)
            pattern = pattern / 2 + rng.uniform(0.04, 0.12) * np.sin(x) * np.sin(y)
    light = np.linspace(1, rng.uniform(0.75, 1), w)
    return colour * ((1 + pattern) * light)[..., np.newaxis]


def _wood(rng: Generator) -> Floats:
    value = rng.uniform(0.35, 0.95)
    return 255 * np.array(
        colorsys.hsv_to_rgb(rng.uniform(0.05, 0.11), rng.uniform(0.2, 0.6), value)
    )


GROUNDS: dict[str, Callable[[int, int, Floats, Floats, Generator], Floats]] = {
    "white": _white,
    "grey": _grey,
    "coloured": _coloured,
    "shaded": _shaded,
    "textured": _textured,
}
"""The kinds of background by name; the first three are plain."""
