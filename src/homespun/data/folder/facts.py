"""What is known of each picture once it was opened: 81 bytes for each, however many there are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from homespun.data.folder.perceptual_hash import N_BYTES, perceptual_hash
from homespun.data.photo.photo import Photo
from homespun.types import Array

FACTS = np.dtype(
    [
        ("sha256", "u1", 32),
        ("hash", "u1", N_BYTES),
        ("has_hash", "?"),
        ("height", "<i4"),
        ("width", "<i4"),
        ("group", "<i8"),
    ]
)
"""A row a picture: the SHA-256 of its file, its perceptual hash and whether it has one, its pixels,
and the number of its group of twins. Zeros where it could not be read."""


@dataclass(frozen=True, eq=False)
class Survey:
    """What was found when the pictures of a listing were opened.

    Attributes:
        facts: (n,) of type FACTS, in the order of the listing.
        problems: why a picture could not be read, by its place in that order.
    """

    facts: Array
    problems: dict[int, str]

    @property
    def is_read(self) -> Array:
        """(n,) whether the picture could be read."""
        read = np.ones(len(self.facts), dtype=bool)
        read[list(self.problems)] = False
        return read

    def digest(self, i: int) -> str:
        """Return the SHA-256 of the file of picture `i`, in hexadecimal."""
        return bytes(self.facts["sha256"][i]).hex()


def note(row: Array, content: bytes, photo: Photo) -> None:
    """Write what one picture's file and pixels tell into its row of facts."""
    row["sha256"] = np.frombuffer(hashlib.sha256(content).digest(), dtype=np.uint8)
    row["height"], row["width"] = photo.pixels.shape[:2]
    found = perceptual_hash(photo.pixels)
    row["has_hash"] = found is not None
    row["hash"] = 0 if found is None else found
