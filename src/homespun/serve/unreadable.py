"""Why a picture could not be read, as a problem: no picture at all, a damaged one, or too large."""

from __future__ import annotations

from http import HTTPStatus

from homespun.data.photo.kinds import WANTED
from homespun.errors import PhotoError, PhotoTooLargeError
from homespun.serve.problems import Problem

_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"GIF8")


def unreadable(content: bytes, error: PhotoError) -> Problem:
    """Return what its sender is told of bytes that `read_photo` refused.

    415 where the bytes are of no format that is read, 422 where they begin like one.
    """
    detail = str(error).removeprefix("the picture: ")
    detail = f"the picture {detail}"
    if not content:
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "empty-picture", detail, "send the file's bytes"
        )
    if isinstance(error, PhotoTooLargeError):
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "too-many-pixels",
            detail,
            "make the picture smaller: the model looks at a small copy of it anyway",
        )
    if _begins_like_a_picture(content):
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "damaged-picture",
            detail,
            "send another picture, or save this one again as JPEG",
        )
    return Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unknown-format",
        detail,
        f"send a {WANTED} picture; what the bytes hold decides, not what they are called",
    )


def _begins_like_a_picture(content: bytes) -> bool:
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return is_webp or content.startswith(_STARTS)
