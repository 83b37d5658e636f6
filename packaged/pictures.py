"""The pictures that come with `homespun serve`: some to try, and training pictures to compare with.

Those to try are the first of some classes in the official test file as they are, the next of each
class as photos made from them (benchmarks/made_photos.py), and one that shows nothing to wear. The
training pictures are the first hundred of each class in the training file.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from homespun.data import CLASS_NAMES, Dataset, load_fashion_mnist
from homespun.types import ByteArray

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "src/homespun/serve"

AS_THEY_ARE = ("T-shirt/top", "Trouser", "Dress", "Sandal", "Bag", "Ankle boot")
AS_PHOTOS = ("Pullover", "Coat", "Sneaker", "Shirt", "Trouser")
LARGEST = 480
QUALITY = 82
A_CLASS = 100
SEED = 0


def examples(test: Dataset) -> dict[str, tuple[str, bytes]]:
    """Return the pictures to try: name -> title and file."""
    from made_photos import GROUNDS, make_photo, to_file  # found once main has said where

    found = {}
    for label in AS_THEY_ARE:
        picture = test.images[numbers(test, label)[0], ..., 0]
        found[f"test-{tidy(label)}.png"] = (f"{label}: from the test file", png(picture))
    rng = np.random.default_rng(SEED)
    for label, ground in zip(AS_PHOTOS, GROUNDS, strict=True):
        picture = test.images[numbers(test, label)[1], ..., 0]
        pixels = small(make_photo(picture, ground, rng).pixels)
        content = to_file(pixels, orientation=6 if label == "Coat" else 1, quality=QUALITY)
        found[f"photo-{tidy(label)}.jpg"] = (f"{label}: a photo made on {ground} ground", content)
    found["no-clothes.png"] = ("Rings: nothing to wear", png(rings()))
    return found


def known(train: Dataset) -> dict[str, np.ndarray]:
    """Return training pictures (n, height, width, channel) and their labels (n,), by class."""
    chosen = np.concatenate([numbers(train, label)[:A_CLASS] for label in CLASS_NAMES])
    return {"images": train.images[chosen], "labels": train.labels[chosen].astype(np.uint8)}


def numbers(data: Dataset, label: str) -> np.ndarray:
    """Return which pictures show this class, in order."""
    return np.flatnonzero(data.labels == CLASS_NAMES.index(label))


def tidy(label: str) -> str:
    """Return the label as part of a file's name."""
    return label.lower().replace("/", "-").replace(" ", "-")


def rings() -> ByteArray:
    """Return a picture (200, 200) of rings, lighter and darker."""
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    return np.rint(127.5 + 127.5 * np.sin(25 * np.hypot(x, y))).astype(np.uint8)


def small(pixels: ByteArray) -> ByteArray:
    """Return the photo (height, width, 3), its longer side LARGEST pixels at most."""
    image = Image.fromarray(pixels)
    image.thumbnail((LARGEST, LARGEST))
    return np.asarray(image)


def png(pixels: ByteArray) -> bytes:
    """Return the picture (height, width) as a PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Write all of them, and say how large they are."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    train, test = load_fashion_mnist()
    folder = PLACE / "examples"
    folder.mkdir(exist_ok=True)
    found = examples(test)
    for name, (_, content) in found.items():
        (folder / name).write_bytes(content)
    titles = {name: title for name, (title, _) in found.items()}
    (folder / "titles.json").write_text(json.dumps(titles, indent=2) + "\n")
    np.savez_compressed(PLACE / "known.npz", **known(train))
    size = sum(len(content) for _, content in found.values())
    print(f"{len(found)} examples, {size:,} bytes")
    print(f"known.npz, {(PLACE / 'known.npz').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
