"""Neural networks for pictures of products, written from scratch in NumPy.

Names are imported when they are first used, so that `import homespun` is quick and what needs an
optional library costs nothing to those who do without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lazy import on_first_use

if TYPE_CHECKING:
    from homespun.article import NNClassifier
    from homespun.data import Dataset, load_fashion_mnist, load_folder, read_photo
    from homespun.estimators import ImageClassifier
    from homespun.models import Model
    from homespun.storage import load, save

_ROOM_OF = {
    "Dataset": "data",
    "ImageClassifier": "estimators",
    "Model": "models",
    "NNClassifier": "article",
    "load": "storage",
    "load_fashion_mnist": "data",
    "load_folder": "data",
    "read_photo": "data",
    "save": "storage",
}

__all__ = [
    "Dataset",
    "ImageClassifier",
    "Model",
    "NNClassifier",
    "load",
    "load_fashion_mnist",
    "load_folder",
    "read_photo",
    "save",
]


__getattr__ = on_first_use(__name__, _ROOM_OF)


def __dir__() -> list[str]:
    return __all__
