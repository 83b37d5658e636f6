"""Which kinds of picture are read, told by their first bytes, and what is said of the others."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from homespun.errors import PhotoError

FORMATS = ["JPEG", "PNG", "WEBP", "BMP", "GIF"]
"""The closed list, in Pillow's words. HEIC joins it where pillow-heif is installed."""

_HEIC_READER = "pillow_heif"

_STARTS = {
    b"%PDF": "a PDF document",
    b"II*\0": "a TIFF or raw camera file",
    b"MM\0*": "a TIFF or raw camera file",
    b"PK\x03\x04": "a ZIP archive or a document",
    b"<svg": "an SVG drawing",
    b"<?xml": "an XML file",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"8BPS": "a Photoshop file",
}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
WANTED = "JPEG, PNG, WebP, BMP or GIF"
"""The same list in the user's words."""


def is_heic(content: bytes) -> bool:
    """Say whether these are the bytes of a HEIC file, as phones of one maker write them."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


def formats_for(content: bytes) -> list[str]:
    """Return the formats, in Pillow's words, as which these bytes may be opened."""
    if not is_heic(content):
        return FORMATS
    import_module(_HEIC_READER).register_heif_opener()
    return ["HEIF"]


def refuse_unreadable(path: Path | None, content: bytes) -> None:
    """Refuse what cannot be read, by what it is and what to do about it.

    Raises:
        PhotoError: the bytes are none, or those of a kind of file that is not read.
    """
    if not content:
        raise PhotoError(path, "is empty")
    if is_heic(content):
        if find_spec(_HEIC_READER) is None:
            raise PhotoError(
                path,
                "is a HEIC picture, which needs pillow-heif: pip install pillow-heif, "
                "or save the picture as JPEG",
            )
        return
    if content[4:8] == b"ftyp" and content[8:12] in _AVIF_BRANDS:
        raise PhotoError(path, "is an AVIF picture, which is not read: save it as JPEG or PNG")
    if content[4:8] == b"ftyp":
        raise PhotoError(path, f"is a video, not a picture: expected {WANTED}")
    for start, kind in _STARTS.items():
        if content.startswith(start):
            raise PhotoError(path, f"is {kind}, which is not read: expected {WANTED}")


def webp_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height from the header of a WebP file; None for any other bytes.

    Source: RFC 9649, sections 2.5 to 2.7 (WebP container), and RFC 6386, section 9.1 (VP8).
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            return _number(content[24:27]) + 1, _number(content[27:30]) + 1
        case b"VP8L":
            bits = _number(content[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _number(content[26:28]) & 0x3FFF, _number(content[28:30]) & 0x3FFF
    return None


def _number(little_endian: bytes) -> int:
    return int.from_bytes(little_endian, "little")
