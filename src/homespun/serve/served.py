"""The model that answers right now, and its successor when its file changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from homespun.data import Preparation
from homespun.errors import ModelFileError
from homespun.models import Model
from homespun.serve.similar import Similar
from homespun.serve.together import together
from homespun.storage import load


@dataclass(frozen=True, eq=False)
class Served:
    """A model with what is said of it.

    Attributes:
        model: answers.
        path: the file that it came from.
        name: what it is called in addresses.
        weight_hash: SHA-256 of its weights.
        loaded_at: when it was read.
        similar: finds training pictures that are like a given one; empty until it is filled.
        together: the same model for stacks of pictures, with the bits of each alone.
    """

    model: Model
    path: Path
    name: str
    weight_hash: str
    loaded_at: datetime
    similar: Similar = field(default_factory=Similar)
    together: Model = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "together", together(self.model))

    @property
    def preparation(self) -> Preparation:
        """What photos go through: the same as at every other door."""
        return self.model.preparation or Preparation()


def load_served(path: Path) -> Served:
    """Return the model in a file, having answered once.

    Raises:
        FileError: the file is missing or cannot be read.
        ModelFileError: it holds no sound model.
    """
    model = load(path)
    _refuse_others(path, model)
    black = np.zeros((1, *model.in_shape), model.pixels)
    model.answer(black, threads=1)  # the first answer takes longer, and is nobody's
    return Served(model, path, _name(path), model.parameters.weight_hash(), datetime.now(UTC))


def _refuse_others(path: Path, model: Model) -> None:
    """Refuse a model of something else than pictures."""
    if len(model.in_shape) != 3 or model.in_shape[2] not in (1, 3):
        raise ModelFileError(
            path,
            f"takes pictures of shape {model.in_shape}, which photos cannot be brought to; "
            "expected (height, width, 1 or 3)",
        )


class Holder:
    """Holds the model that answers; taking another is one step that no request can see half of."""

    def __init__(self, first: Served, on_take: Callable[[Served], None] = lambda new: None) -> None:
        """Begin with `first`; `on_take` hears of every later one, after it has taken over."""
        self._current = first
        self._on_take = on_take

    @property
    def current(self) -> Served:
        """The model that answers; a request asks once, and keeps to it."""
        return self._current

    def take(self, new: Served) -> None:
        """Let `new` answer all requests from now on."""
        self._current = new
        self._on_take(new)


def _name(path: Path) -> str:
    """Return what the model is called: by its run, or else by its file."""
    return path.parent.name if path.stem == "model" and path.parent.name else path.stem
