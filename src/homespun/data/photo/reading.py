"""Reading a picture file that somebody else made: what it holds decides, not what it is called."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from homespun.data.photo.kinds import WANTED, formats_for, refuse_unreadable, webp_size
from homespun.data.photo.photo import Photo
from homespun.errors import PhotoError, PhotoTooLargeError
from homespun.files import read_bounded

LARGEST_FILE = 64 * 2**20
"""Bytes of the largest file that is read: 50 megapixels without any loss rarely take more."""

MOST_PIXELS = 50_000_000
"""Above this a picture is refused before a pixel of it is unpacked."""


def read_photo(source: bytes | Path | str) -> Photo:
    """Return the picture in a file, upright and in sRGB; the file is never changed.

    JPEG, PNG, WebP, BMP and the first frame of GIF are read, and HEIC where pillow-heif is
    installed. The orientation that a camera wrote down is applied, colours are brought from the
    file's colour profile to sRGB, transparent parts are laid over white, and 16 bits are scaled
    to 8.

    Args:
        source: the path of the file, or what it holds.

    Raises:
        PhotoError: no such picture, or one that is cut off, corrupt, or over 50 megapixels.
        FileError: the file is missing, may not be read, or is larger than 64 MiB.
    """
    path = None if isinstance(source, bytes) else Path(source)
    content = source if isinstance(source, bytes) else read_bounded(source, LARGEST_FILE)
    try:
        return _decode(path, content)
    except PhotoError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        raise PhotoError(path, f"is corrupt or cut off ({_one_line(error)})") from error


def _decode(path: Path | None, content: bytes) -> Photo:
    from PIL import Image, UnidentifiedImageError  # slow to import

    from homespun.data.photo.colours import to_srgb
    from homespun.data.photo.orientation import upright

    if len(content) > LARGEST_FILE:
        raise PhotoError(path, f"is larger than {LARGEST_FILE:,} bytes, the most that is read")
    refuse_unreadable(path, content)
    if size := webp_size(content):  # Pillow makes room for a WebP file when it opens it
        _refuse_large(path, size)
    with warnings.catch_warnings():
        # What Pillow says about odd metadata is no matter of the user's; a bomb is.
        warnings.filterwarnings("ignore", module=r"PIL\b")
        warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=formats_for(content)) as image:
                _refuse_large(path, image.size)
                image.load()
                return Photo(to_srgb(upright(image)))
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise PhotoTooLargeError(path, _too_large("it")) from error
        except UnidentifiedImageError as error:
            problem = f"is no {WANTED} picture, or one that is corrupt or cut off"
            raise PhotoError(path, problem) from error


def _refuse_large(path: Path | None, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise PhotoTooLargeError(path, _too_large(f"its {size[0]:,} x {size[1]:,} pixels"))


def _too_large(what: str) -> str:
    verb = "has" if what == "it" else "are"
    return f"{what} {verb} over {MOST_PIXELS // 10**6} megapixels: make the picture smaller first"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
