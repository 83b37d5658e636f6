"""The article that this project starts from: replayed as it was, and mended.

Importing this room does not import matplotlib; only `replay` does, when it is called.
"""

from homespun.article.classifier import NNClassifier
from homespun.article.mended import MendedClassifier
from homespun.article.replay import replay

__all__ = ["MendedClassifier", "NNClassifier", "replay"]
