"""Where a picture lies within its folder: names that cannot lead anywhere else."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

_SYSTEM = {"thumbs.db", "desktop.ini", "__macosx", "@eadir", "icon\r", "$recycle.bin"}
_PICTURES = {
    ".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png",
    ".tif", ".tiff", ".webp", "",
}  # fmt: skip


def is_ours_to_see(name: str) -> bool:
    """Return whether a file or folder is neither hidden nor some system's own."""
    return not name.startswith(".") and name.lower() not in _SYSTEM


def may_be_picture(name: str) -> bool:
    """Return whether the file's name ends as a picture's does, or has no ending at all."""
    return os.path.splitext(name)[1].lower() in _PICTURES


def tidy_place(name: str) -> str:
    """Return a name within a folder, with / between its parts and nothing superfluous.

    Raises:
        ValueError: it is empty, or leads out of the folder on some system, or no text file could
            hold it; the message says so.
    """
    if not name or "\0" in name:
        raise ValueError("names no file")
    windows = PureWindowsPath(name)
    if name.startswith(("/", "\\")) or windows.drive or windows.root:
        raise ValueError("must be a place within the folder, and not begin at the root of a disk")
    if ".." in re.split(r"[/\\]", name):
        raise ValueError("leads out of the folder by ..")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ValueError("has a name that is no Unicode; rename it") from error
    place = PurePosixPath(name).as_posix()
    if place == ".":
        raise ValueError("names no file")
    return place


class Walls:
    """The folder's boundary: tells what is wrong with a place in it, however links may lead."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._sound: dict[str, bool] = {}

    def problem(self, place: str) -> str | None:
        """Return why the file at `place` is not to be read, or None."""
        path = os.path.join(self._root, place)
        if not self._folder_is_within(os.path.dirname(path)):
            return "lies behind a link that leads out of the folder"
        if os.path.islink(path) and not self._is_within(os.path.realpath(path)):
            return "is a link that leads out of the folder"
        if not os.path.exists(path):
            return "is not there"
        if not os.path.isfile(path):
            return "is not a file"
        return None

    def _folder_is_within(self, folder: str) -> bool:
        if folder not in self._sound:
            self._sound[folder] = self._is_within(os.path.realpath(folder))
        return self._sound[folder]

    def _is_within(self, path: str) -> bool:
        return path == self._root or path.startswith(self._root.rstrip(os.sep) + os.sep)
