"""Recipes by name, and the trained model that following one gives."""

from homespun.models.answers import TRUST_IN_WORDS, Answers, Trust
from homespun.models.measured import read_measured
from homespun.models.model import Model
from homespun.models.recipes import RECIPES, Recipe, find_recipe
from homespun.models.rejection import Rejection
from homespun.models.summary import LayerCost, count_macs, summarise

__all__ = [
    "RECIPES",
    "TRUST_IN_WORDS",
    "Answers",
    "LayerCost",
    "Model",
    "Recipe",
    "Rejection",
    "Trust",
    "count_macs",
    "find_recipe",
    "read_measured",
    "summarise",
]
