"""`POST /api/corrections`: a picture with the right label is kept to be trained on later.

They lie as `homespun train FOLDER` wants them: FOLDER/LABEL/NAME.png. Nothing of the file that was
sent is kept but its pixels; where and when a photo was taken is written beside them, and stays out.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from PIL import Image

from homespun.data import Photo, read_photo
from homespun.errors import FileError, PhotoError
from homespun.files import make_folder, write_durably
from homespun.serve.json_answer import JsonAnswer
from homespun.serve.problems import Problem
from homespun.serve.schemas import CORRECTION_BODY, Kept, problems
from homespun.serve.served import Holder
from homespun.serve.settings import Settings
from homespun.serve.unreadable import unreadable
from homespun.serve.uploads import PART, as_file, read_form

_LARGEST = 1024
"""Pixels of the longer side that are kept: twice what any model of a folder may see."""
_ODD = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def corrections_router(settings: Settings, holder: Holder) -> APIRouter:
    """Return the route that keeps corrected pictures, where the settings name a folder for them.

    Args:
        settings: the folder, and how many pictures it may come to hold.
        holder: the model whose classes are the labels.
    """
    router = APIRouter(tags=["corrections"])
    one_by_one = asyncio.Lock()

    @router.post(
        "/api/corrections",
        status_code=HTTPStatus.CREATED,
        summary="Keep a picture under its right label",
        responses={201: {"model": Kept}, **problems(400, 403, 408, 413, 415, 422, 503, 507)},
        openapi_extra={"requestBody": CORRECTION_BODY},
    )
    async def correct(request: Request) -> JsonAnswer:
        """Keep the pixels of `picture` in the folder of `label`, if the server was told to.

        A picture that is corrected twice stays under the later label alone.
        """
        folder = settings.corrections
        if folder is None:
            raise _off()
        form = dict(await read_form(request, most_files=1))
        upload, label = as_file(form.get(PART)), form.get("label")
        labels = holder.current.model.class_names
        if not isinstance(label, str) or label not in labels:
            raise _unknown(labels)
        async with one_by_one:
            kept = await asyncio.to_thread(
                keep, folder, upload.content, label, labels, settings.most_corrections
            )
        return JsonAnswer({"kept": kept}, HTTPStatus.CREATED)

    return router


def keep(folder: Path, content: bytes, label: str, labels: Sequence[str], most: int) -> str:
    """Write the picture's pixels durably, and return their place within the folder.

    Args:
        folder: what is trained on later.
        content: the file's bytes.
        label: one of `labels`.
        labels: all there are; under the others the picture is kept no longer.
        most: pictures that the folder may hold.

    Raises:
        Problem: the picture cannot be read, the folder is full, or cannot be written.
    """
    try:
        pixels = _png(read_photo(content))
    except PhotoError as error:
        raise unreadable(content, error) from error
    name = f"{hashlib.sha256(pixels).hexdigest()}.png"
    place = folder_of(label) + "/" + name
    try:
        if sum(1 for _ in folder.glob("*/*.png")) >= most:
            raise _full(f"it holds {most:,} pictures, the most that are kept")
        make_folder(folder / folder_of(label))
        write_durably(folder / place, pixels)
        for other in labels:
            if folder_of(other) != folder_of(label):
                (folder / folder_of(other) / name).unlink(missing_ok=True)
    except FileError as error:
        raise _full("it cannot be written") from error
    return place


def folder_of(label: str) -> str:
    """Return the name of a label's folder: the label, without what no file system could hold."""
    name = _ODD.sub("_", label).strip(" ")
    return "_" + name[1:] if name.startswith(".") or not name else name


def _png(photo: Photo) -> bytes:
    image = Image.fromarray(photo.pixels)
    image.thumbnail((_LARGEST, _LARGEST))
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def _off() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "corrections-off",
        "this server keeps no pictures",
        "start it with --corrections FOLDER to keep corrected ones there",
    )


def _unknown(labels: Sequence[str]) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unknown-label",
        "label: the model has no such class",
        f"name one of its classes: {', '.join(labels)}",
    )


def _full(why: str) -> Problem:
    return Problem(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "corrections-full",
        f"the folder of corrections takes no more: {why}",
        "train on what is there, and start the server with another folder",
    )
