"""Pictures out of a request's body, in memory: nothing that is sent is ever written to the disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from homespun.serve.problems import Problem

PART = "picture"
"""The name of a form's parts that are pictures."""

ALONE = "picture"
"""What a picture is called that came without a name."""

_MULTIPART = "multipart/form-data"
_RAW = "application/octet-stream"


@dataclass(frozen=True, eq=False)
class Upload:
    """A picture that was sent.

    Attributes:
        file: what its sender calls it.
        content: the file's bytes.
    """

    file: str
    content: bytes


Form: TypeAlias = list[tuple[str, Upload | str]]
"""Names and parts, in their order; a part is a file or a text."""


class _InMemory(MultiPartParser):
    """The parser of forms, which else puts large parts into files."""

    spool_max_size = 2**62

    async def parts(self) -> Form:
        """Return what was sent, each file's bytes in memory; what was half sent is forgotten."""
        try:
            form = await self.parse()
            return [(name, await _taken_out(part)) for name, part in form.multi_items()]
        finally:
            for file in self._files_to_close_on_error:
                file.close()


async def _taken_out(part: UploadFile | str) -> Upload | str:
    return part if isinstance(part, str) else Upload(part.filename or ALONE, await part.read())


async def read_uploads(request: Request, most: int) -> list[Upload]:
    """Return the pictures in a body: all of it is one, or it is a form with parts `picture`.

    Raises:
        Problem: the body is of another type, is no form, or holds none or more than `most`.
    """
    kind = _kind(request)
    if kind == _MULTIPART:
        form = await read_form(request, most)
        return [as_file(part) for name, part in form if name == PART] or [as_file(None)]
    if kind and kind != _RAW and not kind.startswith("image/"):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unknown-body",
            f"the body is said to be of a type that is not taken ({kind[:80]})",
            f"send a picture's bytes as image/* or {_RAW}, or a form ({_MULTIPART})",
        )
    return [Upload(ALONE, await request.body())]


async def read_form(request: Request, most_files: int) -> Form:
    """Return the names and parts of the form in a body.

    Raises:
        Problem: it is no form, or has more than `most_files` files or a hundred other parts.
    """
    if _kind(request) != _MULTIPART:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unknown-body",
            "the body is no form",
            f"send a form ({_MULTIPART})",
        )
    parser = _InMemory(request.headers, _stream(request), max_files=most_files, max_fields=100)
    try:
        return await parser.parts()
    except (MultiPartException, LookupError, ValueError) as error:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "bad-form",
            f"the form cannot be read ({_one_line(error)})",
            f"send parts called {PART!r}, at most {most_files} of them, as curl --form does",
        ) from error


def as_file(part: Upload | str | None) -> Upload:
    """Return a form's part that must be a picture's file.

    Raises:
        Problem: it is missing, or is text.
    """
    if not isinstance(part, Upload):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "no-picture",
            f"the form has no file called {PART!r}",
            f"send one, as curl --form {PART}=@photo.jpg does",
        )
    return part


async def _stream(request: Request) -> AsyncGenerator[bytes, None]:
    async for block in request.stream():
        yield block


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
