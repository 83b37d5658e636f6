"""One family of errors, so that a caller can catch everything that homespun says about bad input.

Each message is one line: what is wrong, where, and what to do about it.
"""

from __future__ import annotations

from pathlib import Path


class HomespunError(Exception):
    """The base of every error that homespun raises on purpose."""


class SettingError(HomespunError, ValueError):
    """A setting or an argument has a value that cannot work."""


class ShapeError(HomespunError, ValueError):
    """An array has another shape than the code that received it can use."""


class FileError(HomespunError, OSError):
    """A file could not be read or written."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = Path(path)


class DataError(HomespunError, ValueError):
    """A data file holds something other than what its format allows.

    `offset` is the byte at which the file stops making sense, counted in the file after
    decompression, or None where no byte can be named.
    """

    def __init__(self, path: Path | str, problem: str, offset: int | None = None) -> None:
        where = f"{path}" if offset is None else f"{path}, byte {offset}"
        super().__init__(f"{where}: {problem}")
        self.path = Path(path)
        self.offset = offset


class PhotoError(HomespunError, ValueError):
    """A picture file holds no picture that can be used.

    `path` is None where the picture came as bytes and not from a file.
    """

    def __init__(self, path: Path | str | None, problem: str) -> None:
        super().__init__(f"{'the picture' if path is None else path}: {problem}")
        self.path = None if path is None else Path(path)


class PhotoTooLargeError(PhotoError):
    """A picture has more pixels than are unpacked."""


class ModelFileError(HomespunError, ValueError):
    """A model file or run folder holds something other than what its format allows."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = Path(path)


class DivergedError(HomespunError, ArithmeticError):
    """The loss or the weights stopped being finite numbers during training."""


class MissingExtraError(HomespunError, ImportError):
    """A feature needs an optional library that is not installed."""

    def __init__(self, library: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {library}, which is not installed: pip install 'homespun[{extra}]'"
        )


class RankError(HomespunError):
    """Another rank of the same command could not go on, and so this one can't either."""
