from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from homespun.data import Dataset, load_fashion_mnist

# time is no test's business: the machine may be busy
settings.register_profile("homespun", deadline=None, max_examples=60, database=None)
settings.load_profile("homespun")

NAMES = ("coat", "dress", "hat", "Röcke & Hosen", "t-shirt")


@pytest.fixture(scope="session")
def fashion_mnist() -> tuple[Dataset, Dataset]:
    """The real training and test part; the first session on a machine fetches them."""
    return load_fashion_mnist()


@pytest.fixture
def benchmark_script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Import a script of benchmarks/ by its name, as its own neighbours do."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
    return importlib.import_module


@dataclass(frozen=True)
class PictureTree:
    """Makes folders of pictures as users have them: a bright band where the class says."""

    root: Path

    def picture(self, label: int, number: int, mode: str = "RGB") -> Image.Image:
        """A picture of 30 x 24 or 24 x 30 pixels, like no other."""
        rng = np.random.default_rng([label, number])
        height, width = (24, 30) if number % 2 else (30, 24)
        pixels = rng.integers(0, 120, (height // 6, width // 6, 3), dtype=np.uint8)
        pixels = pixels.repeat(6, axis=0).repeat(6, axis=1)
        pixels[4 * label : 4 * label + 4] += 120
        if label % 2:
            pixels[..., 2] //= 2
        return Image.fromarray(pixels).convert(mode)

    def scene(self, number: int) -> Image.Image:
        """A picture of 96 x 96 pixels with edges of all sizes, as photos have them."""
        rng = np.random.default_rng(number)
        pixels = np.zeros((96, 96, 3), np.uint8)
        for size in (60, 40, 30, 20, 15, 10, 8, 6, 5, 4):
            for _ in range(200 // size):
                top, left = rng.integers(0, 90, 2)
                pixels[top : top + size, left : left + size] = rng.integers(0, 256, 3)
        return Image.fromarray(pixels)

    def save(self, place: str, label: int, number: int, mode: str = "RGB") -> Path:
        """Write one picture to its place within the root."""
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        self.picture(label, number, mode).save(path)
        return path

    def classes(self, n: int, names: Sequence[str] = NAMES, start: str = "") -> Path:
        """Write `n` pictures of each class, PNG and JPEG, colour and grey."""
        for label, name in enumerate(names):
            for number in range(n):
                kind, mode = ("png", "L") if number % 3 == 2 else ("jpg", "RGB")
                self.save(f"{start}{name}/{number:03}.{kind}", label, number, mode)
        return self.root


@pytest.fixture
def pictures_in(tmp_path: Path) -> PictureTree:
    """A folder with a space in its name for pictures, and what makes them."""
    return PictureTree(tmp_path / "my pictures")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, which is the user's in this process."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("homespun.data.folder.cache.user_cache_path", lambda name: folder / name)
    return folder
