"""scikit-learn's own checks of the estimator contract; none is expected to fail."""

import subprocess
import sys

from sklearn.utils.estimator_checks import parametrize_with_checks

from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU

# Small and short, since each check fits several times.
SETTINGS = {"layers": [Dense(20), ReLU()], "max_iter": 40, "learning_rate_init": 0.01, "n_jobs": 1}
ESTIMATORS = [ImageClassifier(**SETTINGS), ImageClassifier(**SETTINGS, multilabel=False)]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_the_check_that_needs_a_setting_from_before_scipy_is_imported():
    """Without SCIPY_ARRAY_API scikit-learn skips its check of input by the array API."""
    code = """
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
