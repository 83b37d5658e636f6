"""Whatever a file's pixels are (grey, palette, CMYK, 16 bits, transparent), sRGB comes out."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from homespun.types import ByteArray

_WHITE = (255, 255, 255, 255)
_DEEP = ("I", "I;16", "I;16L", "I;16B", "I;16N", "F")


def to_srgb(image: Image.Image) -> ByteArray:
    """Return the picture's pixels, uint8 (height, width, 3), laid over white."""
    if image.mode in _DEEP:
        image = _to_eight_bits(image)
    alpha = None
    if image.has_transparency_data or image.mode == "PA":
        image = image.convert("LA" if image.mode == "L" else "RGBA")
        alpha = image.getchannel("A")
        image = image.convert("L" if image.mode == "LA" else "RGB")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    colours = _through_profile(image)
    if alpha is not None:
        colours.putalpha(alpha)
        white = Image.new("RGBA", colours.size, _WHITE)
        colours = Image.alpha_composite(white, colours).convert("RGB")
    return np.array(colours, dtype=np.uint8)


def _through_profile(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, its colours brought from its own profile to sRGB."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass  # a profile that is broken, or belongs to another kind of pixels, says nothing
        else:
            if converted is not None:
                return converted
    return image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16 bits to 8; the value that stands for transparent becomes a mask."""
    deep = np.asarray(image).astype(np.int64)
    scaled = (np.clip(deep, 0, 65535) * 255 + 32767) // 65535
    grey = Image.fromarray(scaled.astype(np.uint8))
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey.putalpha(Image.fromarray(np.where(deep == transparent, 0, 255).astype(np.uint8)))
    if "icc_profile" in image.info:
        grey.info["icc_profile"] = image.info["icc_profile"]
    return grey
