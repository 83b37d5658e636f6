"""What each parameter of an estimator may be, in scikit-learn's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from sklearn.metrics import get_scorer_names
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from homespun.estimators.planning import OPTIMIZERS, SCHEDULES

_AT_LEAST_1 = Interval(Integral, 1, None, closed="left")
_AT_LEAST_0 = Interval(Real, 0, None, closed="left")
_ABOVE_0 = Interval(Real, 0, None, closed="neither")

CONSTRAINTS: Mapping[str, list[Any]] = {
    "layers": [str, list, tuple, None],
    "image_shape": [list, tuple, None],
    "multilabel": ["boolean", StrOptions({"auto"})],
    "thresholds": [Interval(Real, 0, 1, closed="both"), "array-like"],
    "optimizer": [StrOptions(set(OPTIMIZERS)), HasMethods(["init", "update"]), None],
    "learning_rate": [StrOptions(set(SCHEDULES)), HasMethods("lr_at"), None],
    "learning_rate_init": [_ABOVE_0, None],
    "max_iter": [_AT_LEAST_1, None],
    "batch_size": [_AT_LEAST_1, None],
    "augmentation": [list, tuple, None],
    "l1": [_AT_LEAST_0, None],
    "l2": [_AT_LEAST_0, None],
    "class_weight": [StrOptions({"balanced"}), dict, list, None],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "scoring": [StrOptions({"loss", *get_scorer_names()}), callable, None],
    "n_iter_no_change": [_AT_LEAST_1, None],
    "tol": [_AT_LEAST_0],
    "max_time": [_ABOVE_0, None],
    "warm_start": ["boolean"],
    "n_jobs": [Integral, None],
    "verbose": ["boolean"],
    "random_state": ["random_state"],
}
