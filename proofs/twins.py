"""Pictures that are there twice: whether they are found, and kept on one side of the split.

A folder is made in which every picture of some has a twin: the same file under another name, or the
picture compressed anew, halved, or made brighter. Prints how many pairs were found, how many of
pictures that are no twins, and how many pairs stand on both sides of the split.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from homespun.data import Manifest, check_folder, load_folder

CLASSES = ("left", "right")
SIDE = 96
SIZES = (3, 6, 12, 24, 48, 96)
"""Patches a side, from the largest to single pixels."""


def compressed_anew(picture: Image.Image, path: Path) -> None:
    """Write it as JPEG."""
    picture.save(path.with_suffix(".jpg"), quality=70)


def halved(picture: Image.Image, path: Path) -> None:
    """Write it in half its size."""
    picture.resize((SIDE // 2, SIDE // 2)).save(path.with_suffix(".png"))


def brighter(picture: Image.Image, path: Path) -> None:
    """Write it a fifth brighter."""
    ImageEnhance.Brightness(picture).enhance(1.2).save(path.with_suffix(".png"))


def the_same(picture: Image.Image, path: Path) -> None:
    """Write the same bytes."""
    picture.save(path.with_suffix(".png"))


WAYS: Sequence[Callable[[Image.Image, Path], None]] = (
    the_same, compressed_anew, halved, brighter,
)  # fmt: skip


def made_picture(rng: np.random.Generator) -> Image.Image:
    """Return a picture unlike any other: random patches of all sizes, the large ones strongest.

    So the finer the detail, the weaker it is, as in photos (Field, 1987, "Relations between the
    statistics of natural images and the response properties of cortical cells").
    """
    total = np.zeros((SIDE, SIDE, 3))
    for n in SIZES:
        patches = Image.fromarray(rng.integers(0, 256, (n, n, 3), dtype=np.uint8))
        total += np.asarray(patches.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) / n
    return Image.fromarray((200 * total / total.max()).astype(np.uint8))


def make(folder: Path, n: int, n_twins: int) -> set[frozenset[str]]:
    """Write `n` pictures in two classes; return the pairs of twins by the names of their stems."""
    rng = np.random.default_rng(0)
    for name in CLASSES:
        (folder / name).mkdir()
    pairs = set()
    for i in range(n):
        picture, place = made_picture(rng), folder / CLASSES[i % 2]
        the_same(picture, place / f"{i}.png")
        if i < n_twins:
            WAYS[i % len(WAYS)](picture, place / f"{i}-twin.png")
            pairs.add(frozenset((f"{i}", f"{i}-twin")))
    return pairs


def stems(groups: Sequence[Sequence[str]]) -> set[frozenset[str]]:
    """Return the groups by the names of their files, without what tells the kind."""
    return {frozenset(Path(place).stem for place in group) for group in groups}


def on_both_sides(pairs: set[frozenset[str]], manifest: Manifest) -> int:
    """Return how many pairs stand in two parts."""
    part = {Path(row.place).stem: row.split for row in manifest.rows}
    return sum(len({part[name] for name in pair}) > 1 for pair in pairs)


def main() -> int:
    """Print the figures; return 1 if a twin was missed or parted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--twins", type=int, default=400)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place, "pictures"), Path(place, "cache")
        folder.mkdir()
        pairs = make(folder, chosen.pictures, chosen.twins)
        check = check_folder(folder, cache=cache)
        found = stems(check.exact) | stems(check.near)
        parted = on_both_sides(pairs, load_folder(folder, cache=cache).manifest)
    print(
        f"twins: {len(pairs)} pairs among {chosen.pictures + chosen.twins:,} pictures, "
        f"{len(pairs & found)} found ({len(check.exact)} of the same bytes), "
        f"{len(found - pairs)} that are none; {parted} pairs on both sides of the split"
    )
    return 0 if found == pairs and not parted else 1


if __name__ == "__main__":
    sys.exit(main())
