"""The four files of Fashion-MNIST as their publisher made them, so that nothing else is taken.

Packers compress the files anew, so it is the unpacked bytes whose SHA-256 must be right.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from homespun.data.idx import idx_header, read_idx
from homespun.errors import DataError, FileError
from homespun.types import ByteArray


@dataclass(frozen=True)
class Original:
    """One published file.

    Attributes:
        name: the file's name, without .gz.
        n_bytes: its size, unpacked.
        sha256: the SHA-256 of its unpacked bytes, in hexadecimal.
    """

    name: str
    n_bytes: int
    sha256: str

    def find(self, folder: Path) -> Path | None:
        """Return the path of this file in `folder`, plain or gzipped, or None."""
        paths = (folder / self.name, folder / f"{self.name}.gz")
        return next((path for path in paths if os.path.exists(path)), None)

    def read(self, folder: Path) -> ByteArray:
        """Return the values of this file in `folder`, in the shape that the file names.

        Raises:
            DataError: the file there is not the published one.
            FileError: it is missing or may not be read.
        """
        path = self.find(folder)
        if path is None:
            raise FileError(folder, f"holds neither {self.name} nor {self.name}.gz")
        values = read_idx(path, most_bytes=self.n_bytes)
        found = _sha256(values)
        if found != self.sha256:
            raise DataError(
                path,
                f"expected the published {self.name} with SHA-256 {self.sha256}, "
                f"got {found}: get the file again",
            )
        return values


def _sha256(values: ByteArray) -> str:
    # IDX leaves no choice in how values are written, so the array alone gives the file's hash.
    file_hash = hashlib.sha256(idx_header(values.shape))
    file_hash.update(values.data)
    return file_hash.hexdigest()


FASHION_MNIST = (
    Original(
        "train-images-idx3-ubyte",
        47_040_016,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    Original(
        "train-labels-idx1-ubyte",
        60_008,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    Original(
        "t10k-images-idx3-ubyte",
        7_840_016,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    Original(
        "t10k-labels-idx1-ubyte",
        10_008,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
)
"""Training pictures and labels, test pictures and labels, in this order (Xiao, Rasul and Vollgraf,
2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms")."""


def holds_all(folder: Path) -> bool:
    """Tell whether all four files lie in `folder`, whatever they may hold."""
    return all(original.find(folder) for original in FASHION_MNIST)
