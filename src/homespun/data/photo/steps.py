"""The steps of preparing a photo, in their order."""

from __future__ import annotations

import numpy as np
from PIL import Image

from homespun.data.photo.cutting import find_object
from homespun.data.photo.finish import sharpened, stretched
from homespun.data.photo.photo import Photo
from homespun.data.photo.placing import bounding_box, placed, resized, to_side
from homespun.data.photo.preparation import Preparation, Prepared, Step
from homespun.types import ByteArray, FloatArray, Shape

_FINE_SIDE = 384
"""Pixels of the longer side that are kept for what the model sees; more would not show."""
_CUTTING_SIDE = 128
"""Pixels of the longer side on which the object is looked for."""
_BLACK = 8
"""Grey levels that count as black, and colours that differ less count as grey."""


def take_steps(photo: Photo, in_shape: Shape, preparation: Preparation) -> Prepared:
    """Return the photo prepared; `in_shape` is (height, width, 1 or 3)."""
    if is_ready(photo, in_shape, preparation):
        return _as_it_is(photo.pixels, in_shape)
    picture = shrunk(photo, in_shape)
    steps = [Step("photo", "the photo, upright", picture)]
    mask = np.ones(picture.shape[:2], dtype=np.float32)
    if preparation.cut_out:
        mask = _mask(picture)
        steps.append(Step("cut out", "the background taken away", _on(picture, mask, 255.0)))
        if preparation.centre:
            top, bottom, left, right = bounding_box(mask)
            picture, mask = picture[top:bottom, left:right], mask[top:bottom, left:right]
            steps.append(Step("crop", "cropped to the object", _on(picture, mask, 255.0)))
    if in_shape[2] == 1:
        picture = np.asarray(Image.fromarray(picture).convert("L"), dtype=np.uint8)[..., np.newaxis]
        steps.append(Step("grey", "colours turned to grey", _on(picture, mask, 255.0)))
    ground = 255.0
    if preparation.dark_background and in_shape[2] == 1:
        ground = 0.0
        if preparation.cut_out or _median_of_border(picture) > 127:
            picture = 255 - picture
            steps.append(Step("negative", "light and dark changed over", _on(picture, mask, 0.0)))
    values = placed(_over(picture, mask, ground), in_shape, preparation, ground)
    steps.append(Step("small", f"brought to {in_shape[1]} x {in_shape[0]} pixels", _shown(values)))
    if preparation.sharpen:
        values = sharpened(values)
        steps.append(Step("sharpen", "edges sharpened", _shown(values)))
    if preparation.contrast:
        values = stretched(values, ground)
        steps.append(Step("contrast", "grey levels stretched", _shown(values)))
    return Prepared(_bytes(values), tuple(steps))


def is_ready(photo: Photo, in_shape: Shape, preparation: Preparation) -> bool:
    """Say whether this is a grey picture on black, as the training pictures of such models are."""
    if not preparation.dark_background or in_shape[2] != 1:
        return False
    spread = photo.pixels.max(axis=2).astype(np.int16) - photo.pixels.min(axis=2)
    return bool(spread.max() <= _BLACK and _median_of_border(photo.pixels) <= _BLACK)


def shrunk(photo: Photo, in_shape: Shape) -> ByteArray:
    """Return the photo (height, width, 3) no larger than the steps have a use for."""
    return to_side(photo.pixels, max(_FINE_SIDE, 2 * max(in_shape)), enlarge=False)


def coarse_mask(picture: ByteArray) -> FloatArray:
    """Return the object's mask, looked for on a coarser picture and as coarse."""
    return find_object(to_side(picture, _CUTTING_SIDE, enlarge=True))


def _mask(picture: ByteArray) -> FloatArray:
    """Return the object's mask, as large as the picture."""
    return resized(coarse_mask(picture)[..., np.newaxis], picture.shape[:2])[..., 0]


def _as_it_is(pixels: ByteArray, in_shape: Shape) -> Prepared:
    """Return a picture that needs no preparation, only perhaps another size."""
    grey = pixels[..., :1]
    if grey.shape != in_shape:
        top, bottom, left, right = bounding_box((grey[..., 0] > 2 * _BLACK).astype(np.float32))
        object_alone = grey[top:bottom, left:right].astype(np.float32)
        grey = _bytes(placed(object_alone, in_shape, Preparation(), 0.0))
    words = "left as it is: grey on black, as the training pictures are"
    return Prepared(
        grey, (Step("photo", "the photo, upright", pixels), Step("as it is", words, grey[..., 0]))
    )


def _median_of_border(picture: ByteArray) -> float:
    sides = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
    return float(np.median(np.concatenate(sides)))


def _over(picture: ByteArray, mask: FloatArray, ground: float) -> FloatArray:
    cover = mask[..., np.newaxis]
    return picture.astype(np.float32) * cover + np.float32(ground) * (1 - cover)


def _on(picture: ByteArray, mask: FloatArray, ground: float) -> ByteArray:
    return _shown(_over(picture, mask, ground))


def _shown(values: FloatArray) -> ByteArray:
    return _bytes(values[..., 0] if values.shape[2] == 1 else values)


def _bytes(values: FloatArray) -> ByteArray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
