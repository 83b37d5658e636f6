"""Recipes by name, and the trained model that following one gives."""

from homespun.models.model import Model
from homespun.models.recipes import RECIPES, Recipe, find_recipe

__all__ = ["RECIPES", "Model", "Recipe", "find_recipe"]
