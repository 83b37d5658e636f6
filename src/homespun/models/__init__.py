"""Recipes by name, and the trained model that following one gives."""

from homespun.models.measured import read_measured
from homespun.models.model import Model
from homespun.models.recipes import RECIPES, Recipe, find_recipe
from homespun.models.summary import LayerCost, count_macs, summarise

__all__ = [
    "RECIPES",
    "LayerCost",
    "Model",
    "Recipe",
    "count_macs",
    "find_recipe",
    "read_measured",
    "summarise",
]
