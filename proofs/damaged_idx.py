"""Read data sets whose IDX files were changed at random: one kind of error, and little memory.

Pictures or labels are changed, plain or gzipped, every second time in their first bytes, where the
counts stand; and a gzip bomb is read. Prints the errors, and the most memory that any reading took
against what its two files hold unpacked; a bomb's reading, against what sound ones hold. Memory is
what Python and NumPy have asked for (tracemalloc).
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fuzz import change
from homespun.data import encode_idx, read_idx_dataset
from homespun.errors import DataError

NAMES = tuple("abcdefghij")
HEAD = 20
"""Bytes: all of a header, and the first values."""

N_PICTURES = 1000
LIMIT = 2.0
PIECE = 4096


@dataclass
class Tally:
    """What came of the readings.

    Attributes:
        outcomes: how many readings ended how.
        share: the most memory that one of them took, in units of what its files hold unpacked.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    share: float = 0.0

    def read(self, images: Path, labels: Path, true_size: int) -> str:
        """Read the two files, which hold so many bytes unpacked; return how it ended."""
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            read_idx_dataset(images, labels, NAMES)
            outcome = "sound"
        except DataError as error:
            outcome = "DataError" if "\n" not in str(error) else "more than one line"
        except Exception as error:
            outcome = f"unexpected {type(error).__name__}"
        peak = tracemalloc.get_traced_memory()[1] - before
        self.share = max(self.share, peak / true_size)
        self.outcomes[outcome] += 1
        return outcome


def sound_files() -> tuple[bytes, bytes]:
    """Return pictures and labels."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (N_PICTURES, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, len(NAMES), N_PICTURES, dtype=np.uint8)
    return encode_idx(images), encode_idx(labels)


def mutants(sound: tuple[bytes, bytes], draw: random.Random) -> Iterator[tuple[int, bytes]]:
    """Yield for ever which of the two files is changed, and what it then holds."""
    packed = [gzip.compress(content, 1) for content in sound]
    while True:
        which = draw.randrange(2)
        kind = draw.randrange(3)  # plain; gzipped after the change; changed in its packing
        content = packed[which] if kind == 2 else sound[which]
        size = HEAD if draw.random() < 0.5 else len(content)
        part = bytearray(content[:size])
        for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
            change(part, draw, [content])
        mutant = bytes(part) + content[size:]
        yield which, gzip.compress(mutant, 1) if kind == 1 else mutant


def unpacked_size(content: bytes) -> int:
    """Return how many bytes come out of `content` before it ends or stops making sense."""
    if not content.startswith(b"\x1f\x8b"):
        return len(content)
    total, unpacking = 0, zlib.decompressobj(wbits=31)
    for first in range(0, len(content), PIECE):
        piece = content[first : first + PIECE]
        while piece:
            try:
                total += len(unpacking.decompress(piece))
            except zlib.error:
                return total
            piece = unpacking.unused_data
            if unpacking.eof:  # another may follow
                unpacking = zlib.decompressobj(wbits=31)
    return total


def bomb(folder: Path, sound: bytes, megabytes: int) -> Path:
    """Write pictures that so many megabytes of zeros follow, packed into a thousandth of it."""
    path = folder / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(sound)
        for _ in range(megabytes):
            file.write(bytes(10**6))
    return path


def main() -> int:
    """Print the figures; return 1 if there was another error, or too much memory was taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--bomb", type=int, default=1000, help="its size, in megabytes")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    sound = sound_files()
    tally, sound_size = Tally(), sum(map(len, sound))
    stream = mutants(sound, random.Random(chosen.seed))
    with tempfile.TemporaryDirectory() as name:
        paths = Path(name, "images"), Path(name, "labels")
        for path, content in zip(paths, sound, strict=True):
            path.write_bytes(content)
        read_idx_dataset(*paths, NAMES)  # what is imported only once is imported by now
        tracemalloc.start()
        for _ in range(chosen.mutants):
            which, content = next(stream)
            paths[which].write_bytes(content)
            tally.read(*paths, max(unpacked_size(content) + len(sound[1 - which]), sound_size))
            paths[which].write_bytes(sound[which])
        outcomes = dict(tally.outcomes)
        refused = tally.read(bomb(Path(name), sound[0], chosen.bomb), paths[1], sound_size)
    shown = ", ".join(f"{n:,} {outcome}" for outcome, n in sorted(outcomes.items()))
    print(
        f"idx: {chosen.mutants:,} changed data sets: {shown}; a bomb of {chosen.bomb:,} MB: "
        f"{refused}; at most {tally.share:.2f} times what a reading's files hold in memory (sound "
        f"ones {sound_size:,} bytes)"
    )
    is_good = (
        set(outcomes) <= {"sound", "DataError"} and refused == "DataError" and tally.share < LIMIT
    )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
