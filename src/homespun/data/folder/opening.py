"""Opening pictures, many at a time and in order, with no more than a few in memory."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from homespun.data.photo.photo import Photo
from homespun.data.photo.reading import LARGEST_FILE, read_photo
from homespun.errors import FileError, PhotoError
from homespun.files import read_bounded

_AT_ONCE = 32

T = TypeVar("T")


class UnreadableError(Exception):
    """A picture that cannot be used, with the reason."""


def open_picture(path: Path) -> tuple[bytes, Photo]:
    """Return the bytes of a picture's file, and the picture.

    Raises:
        UnreadableError: there is no usable picture; the reason does not repeat the path.
    """
    try:
        content = read_bounded(path, LARGEST_FILE)
        return content, read_photo(content)
    except FileError as error:
        raise UnreadableError(str(error).removeprefix(f"{path}: ")) from error
    except PhotoError as error:
        raise UnreadableError(str(error).removeprefix("the picture: ")) from error
    except (MemoryError, OSError) as error:
        raise UnreadableError(f"cannot be read ({error or type(error).__name__})") from error


def in_threads(
    work: Callable[[int], T], indices: Sequence[int], threads: int | None
) -> Iterator[T]:
    """Yield what `work` makes of each index, in order; a few run at once.

    Ctrl-C ends it after the few that were begun.
    """
    with warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        # Readers set the same for themselves, but warnings belong to all threads together.
        warnings.filterwarnings("ignore", module=r"PIL\b")
        for start in range(0, len(indices), _AT_ONCE):
            yield from pool.map(work, indices[start : start + _AT_ONCE])
