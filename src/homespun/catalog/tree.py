"""The pictures of a folder tree, one folder's names in memory at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from homespun.catalog.chunk import Chunk
from homespun.catalog.shown import shown
from homespun.data.folder.places import is_ours_to_see, may_be_picture
from homespun.errors import FileError


class Tree:
    """A folder, and the folders in it."""

    column = ""

    def __init__(self, root: Path) -> None:
        self.root = root

    def describe(self) -> Mapping[str, Any]:
        """Return the folder; which pictures were in it when the job began stands in its list."""
        return {"kind": "folder", "path": shown(self.root)}

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the pictures by name, those of a folder before those of the folders in it.

        Raises:
            FileError: a folder cannot be read.
        """
        names = _walk(os.fsencode(self.root), b"")
        while paths := tuple(islice(names, size)):
            yield Chunk(0, 0, len(paths), paths)


def holds_pictures(root: Path) -> bool:
    """Return whether there is a file that may be a picture, at any depth."""
    return next(_walk(os.fsencode(root), b""), None) is not None


def _walk(root: bytes, folder: bytes) -> Iterator[bytes]:
    """Yield the places of pictures in a folder within the root, with / between their parts.

    Links to folders are not followed, since they may lead in circles. Links to files are, and what
    they cannot be read from is an error in their row.
    """
    files, folders = _look(os.path.join(root, folder))
    start = folder + b"/" if folder else b""
    for name in files:
        yield start + name
    del files  # the names of a folder are gone before those of the next are read
    for name in folders:
        yield from _walk(root, start + name)


def _look(folder: bytes) -> tuple[list[bytes], list[bytes]]:
    files, folders = [], []
    try:
        with os.scandir(folder) as found:
            for one in found:
                name = os.fsdecode(one.name)
                if not is_ours_to_see(name):
                    continue
                if one.is_dir(follow_symlinks=False):
                    folders.append(one.name)
                elif not one.is_dir() and _is_picture(name):
                    files.append(one.name)
    except OSError as error:
        raise FileError(os.fsdecode(folder), f"cannot be read ({error.strerror})") from error
    return sorted(files), sorted(folders)


def _is_picture(name: str) -> bool:
    """Return whether the name ends as a picture's does; a file without an ending is something else.

    A folder that is trained on says by its layout what is a picture. A tree may hold anything.
    """
    return "." in name and may_be_picture(name)
