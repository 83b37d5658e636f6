"""Pixels as pictures inside a page: small PNG files, written into the page itself."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from homespun.report.figures.mosaic import wall
from homespun.types import ByteArray

_LARGEST = 64
"""Pixels a side; larger pictures are made smaller, so that a page stays small."""


def picture_uri(picture: ByteArray) -> str:
    """Return one picture (height, width, channel) as an address that holds its PNG file."""
    return _png_uri(thumbnails(picture[np.newaxis])[0])


def strip_uri(images: ByteArray, columns: int) -> str:
    """Return pictures (n, height, width, channel), row by row, as one such address."""
    return _png_uri(wall(thumbnails(images), columns))


def thumbnails(images: ByteArray) -> ByteArray:
    """Return the pictures (n, height, width, channel), none larger than 64 pixels a side."""
    longest = max(images.shape[1:3])
    if longest <= _LARGEST:
        return images
    size = tuple(max(1, round(side * _LARGEST / longest)) for side in images.shape[2:0:-1])
    small = [
        np.asarray(_image(picture).resize((size[0], size[1]), Image.Resampling.BOX))
        for picture in images
    ]
    return np.stack(small).reshape(len(images), size[1], size[0], images.shape[3])


def svg_uri(content: bytes) -> str:
    """Return an SVG file as an address that holds it."""
    return "data:image/svg+xml;base64," + base64.b64encode(content).decode()


def _png_uri(picture: ByteArray) -> str:
    out = io.BytesIO()
    _image(picture).save(out, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _image(picture: ByteArray) -> Image.Image:
    return Image.fromarray(
        np.ascontiguousarray(picture.squeeze(axis=2) if picture.shape[2] == 1 else picture)
    )
