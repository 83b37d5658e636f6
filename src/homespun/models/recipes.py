"""Recipes: a network with all that it takes to train it well, under a name."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from homespun.errors import SettingError
from homespun.models.best import best
from homespun.models.fast import fast
from homespun.models.good import good
from homespun.models.knobs import Changes, changed, check_changes
from homespun.models.mlp import mlp
from homespun.models.photo import photo
from homespun.models.tiny import tiny
from homespun.training import Plan

_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Recipe:
    """A way to a trained network.

    Attributes:
        name: what it is called on the command line.
        summary: a line for people who choose.
        epochs: how often it goes over the data unless told otherwise.
        build: (n_classes, epochs, steps an epoch, seed) -> Plan.
        batch_size: pictures an update.
    """

    name: str
    summary: str
    epochs: int
    batch_size: int
    build: Callable[..., Plan]

    def plan(
        self,
        *,
        n_samples: int,
        n_classes: int,
        seed: int = 0,
        epochs: int | None = None,
        changes: Changes = _NOTHING,
    ) -> Plan:
        """Return the plan for a data set of this size; its schedule spans all `epochs`.

        Args:
            n_samples: pictures an epoch.
            n_classes: outputs of the network.
            seed: decides all that is random.
            epochs: how often to go over the data; the recipe's own number by default.
            changes: what differs from the recipe, by the names of knobs (`models/knobs.py`).

        Raises:
            SettingError: the recipe cannot be changed in this way.
        """
        check_changes(changes)
        epochs = self.epochs if epochs is None else epochs
        batch_size = int(changes.get("batch_size", self.batch_size))
        plan = self.build(
            n_classes=n_classes,
            epochs=epochs,
            total_steps=epochs * math.ceil(n_samples / batch_size),
            batch_size=batch_size,
            seed=seed,
        )
        return changed(plan, changes, self.name)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="fast",
            summary="a small convolutional network, trained in two minutes",
            epochs=16,
            batch_size=128,
            build=fast,
        ),
        Recipe(
            name="good",
            summary="five convolutions, for better answers: under twelve minutes",
            epochs=30,
            batch_size=128,
            build=good,
        ),
        Recipe(
            name="photo",
            summary="five convolutions, trained to meet photos that others took: half an hour",
            epochs=20,
            batch_size=128,
            build=photo,
        ),
        Recipe(
            name="tiny",
            summary="as far as under 100,000 weights go: half an hour",
            epochs=70,
            batch_size=128,
            build=tiny,
        ),
        Recipe(
            name="best",
            summary="seven convolutions, for the best answers: a good hour",
            epochs=70,
            batch_size=128,
            build=best,
        ),
        Recipe(
            name="mlp",
            summary="dense layers only, as in the tutorial, with what is known today",
            epochs=30,
            batch_size=256,
            build=mlp,
        ),
    )
}
"""Every recipe by its name."""


def find_recipe(name: str) -> Recipe:
    """Return the recipe called `name`.

    Raises:
        SettingError: there is none; the message names the nearest, and all.
    """
    if name in RECIPES:
        return RECIPES[name]
    near = difflib.get_close_matches(name, RECIPES, n=1, cutoff=0.4)
    guess = f"; did you mean {near[0]}?" if near else ""
    raise SettingError(f"no recipe is called {name!r}{guess} (there are: {', '.join(RECIPES)})")
