"""scikit-learn's own checks of the estimator contract; none is expected to fail."""

import subprocess
import sys

import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

import homespun
from homespun.article import MendedClassifier
from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU

# Small and short, since each check fits several times.
SETTINGS = {"layers": [Dense(20), ReLU()], "max_iter": 40, "learning_rate_init": 0.01, "n_jobs": 1}
ESTIMATORS = [ImageClassifier(**SETTINGS), ImageClassifier(**SETTINGS, multilabel=False)]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_every_public_estimator_is_checked_and_whatever_else_fits_says_that_it_is_none():
    public = [getattr(homespun, name) for name in homespun.__all__]
    for thing in [MendedClassifier, *(thing for thing in public if hasattr(thing, "fit"))]:
        if hasattr(thing, "get_params"):
            assert thing in [type(estimator) for estimator in ESTIMATORS]
        else:
            assert "not a scikit-learn estimator" in " ".join(thing.__doc__.split())
            with pytest.raises(TypeError, match="does not seem to be a scikit-learn estimator"):
                clone(thing(2, 3))


def test_the_check_that_needs_a_setting_from_before_scipy_is_imported():
    """Without SCIPY_ARRAY_API scikit-learn skips its check of input by the array API."""
    code = """
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_array_api_input
from homespun.estimators import ImageClassifier
check_array_api_input(
    "ImageClassifier",
    ImageClassifier(max_iter=2, n_jobs=1),
    array_namespace="numpy",
    expect_only_array_outputs=False,
)
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={"SCIPY_ARRAY_API": "1"})
