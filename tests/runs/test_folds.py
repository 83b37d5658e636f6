from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from homespun.runs.folds import FOLDS, Sums, _logits, deal, out_of_fold
from homespun.runs.suspects import suspects


@pytest.fixture(scope="module")
def clouds() -> tuple[np.ndarray, np.ndarray]:
    """Three clouds in six dimensions that touch, one of them smaller."""
    rng = np.random.default_rng(0)
    labels = rng.choice(3, 900, p=[0.4, 0.4, 0.2])
    middles = 5 * np.eye(3, 6)
    return middles[labels] + rng.normal(0, 1, (900, 6)), labels


def test_the_discriminant_is_scikit_learns(clouds: tuple[np.ndarray, np.ndarray]) -> None:
    values, labels = clouds
    first, second = slice(200), slice(200, None)
    both = Sums.of(values[first], labels[first], 3) + Sums.of(values[second], labels[second], 3)
    W, b = both.discriminant()
    shrunk = values.shape[1] / (values.shape[1] + len(values))
    logits = values @ W + b
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    # scikit-learn shrinks the same scatter by the same share towards the same multiple of I
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrunk).fit(values, labels)
    np.testing.assert_allclose(p, theirs.predict_proba(values), atol=0.01)
    assert (p.argmax(axis=1) == theirs.predict(values)).mean() > 0.995


def test_folds_are_even_in_size_and_in_every_class() -> None:
    labels = np.repeat([0, 1, 2], [50, 10, 1])
    fold_of = deal(labels, seed=3)
    assert sorted(set(fold_of)) == list(range(FOLDS))
    for label, each in ((0, 10), (1, 2)):
        assert np.bincount(fold_of[labels == label], minlength=FOLDS).tolist() == [each] * FOLDS
    assert fold_of.tolist() == deal(labels, seed=3).tolist() != deal(labels, seed=4).tolist()


def test_no_row_depends_on_the_labels_of_its_own_fold(
    clouds: tuple[np.ndarray, np.ndarray],
) -> None:
    values, labels = clouds
    fold_of = deal(labels, seed=1)
    before = _logits(values, labels, fold_of, 3)
    own = fold_of == 2
    changed = np.where(own, (labels + 1) % 3, labels)
    after = _logits(values, changed, fold_of, 3)
    np.testing.assert_array_equal(after[own], before[own])
    assert (after[~own] != before[~own]).all()
    np.testing.assert_allclose(out_of_fold(values, labels, 3, seed=1).sum(axis=1), 1)


def test_labels_changed_at_random_are_found(clouds: tuple[np.ndarray, np.ndarray]) -> None:
    values, labels = clouds
    wrong = np.random.default_rng(1).permutation(len(labels))[:27]
    given = labels.copy()
    given[wrong] = (labels[wrong] + np.random.default_rng(2).integers(1, 3, 27)) % 3
    named = [one.index for one in suspects(out_of_fold(values, given, 3, seed=0), given)]
    assert len(set(named) & set(wrong)) > 0.6 * len(wrong)
    assert len(set(named[:20]) & set(wrong)) > 0.9 * 20


@pytest.mark.parametrize("n_values", [1, 30])
def test_few_samples_lonely_classes_and_values_all_alike_have_probabilities_too(
    n_values: int,
) -> None:
    labels = np.array([0, 0, 0, 1, 1, 2, 4])
    for values in (np.zeros((7, n_values)), np.arange(7.0 * n_values).reshape(7, n_values)):
        p = out_of_fold(values, labels, 5, seed=0)
        assert p.shape == (7, 5)
        np.testing.assert_allclose(p.sum(axis=1), 1)
