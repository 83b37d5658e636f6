"""Searching for better settings of a recipe, judged on held-out pictures alone.

Whatever runs the trials is Optuna's, which is optional: `homespun.tune.optional` asks for it.
"""
