"""What a search is asked for: a recipe on data, with some settings fixed and the others tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homespun.models.knobs import Changes, own_values
from homespun.models.recipes import find_recipe
from homespun.runs.folder import Settings


@dataclass(frozen=True)
class Wanted:
    """What is the same in all trials of a search; what is not told here is tried.

    Attributes:
        recipe: the recipe's name.
        seed: decides all that is random, in every trial and in the choice of what to try.
        epochs: how often each trial goes over the data; None tries that, too.
        validation: how many pictures of the training file are held out to judge trials by; None,
            for folders of pictures alone, leaves it to the folder.
        folder: where a user's own pictures lie; None for Fashion-MNIST and data sets of Python.
        image_size: pixels a side that these are brought to; None leaves it to the pictures.
        changes: what is fixed to another value than the recipe's, by the names of knobs.
    """

    recipe: str
    seed: int = 0
    epochs: int | None = None
    validation: int | None = None
    folder: str | None = None
    image_size: int | None = None
    changes: Changes = field(default_factory=dict)

    def settings(self, tried: Mapping[str, Any]) -> Settings:
        """Return the settings of a run with what is tried: epochs, and knobs by their names.

        What is tried and is the recipe's own is no change, so that the recipe as it is stays that.
        """
        own = own_values(find_recipe(self.recipe).plan(n_samples=1, n_classes=2))
        knobs = {name: v for name, v in tried.items() if name != "epochs" and v != own[name]}
        return Settings(
            recipe=self.recipe,
            seed=self.seed,
            epochs=tried["epochs"] if self.epochs is None else self.epochs,
            validation=self.validation,
            folder=self.folder,
            image_size=self.image_size,
            changes={**self.changes, **knobs},
        )
