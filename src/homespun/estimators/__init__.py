"""scikit-learn estimators: thin, and under scikit-learn's full contract."""

from homespun.estimators.image_classifier import ImageClassifier

__all__ = ["ImageClassifier"]
