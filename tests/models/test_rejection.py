from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from homespun.errors import SettingError
from homespun.models import Rejection
from homespun.models.rejection import Depth


def features_of(n: int, seed: int, width: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Two classes, far apart in the first feature; all features hang together."""
    rng = np.random.default_rng(seed)
    mix = np.random.default_rng(9).normal(size=(width, width))
    labels = np.arange(n) % 2
    features = rng.normal(size=(n, width)) @ mix
    features[:, 0] += 8 * labels
    return features, labels


def test_distances_are_those_of_mahalanobis() -> None:
    features, labels = features_of(500, seed=0)
    depth = Depth.fit(features, labels, 2)
    means = [features[labels == label].mean(axis=0) for label in (0, 1)]
    centred = features - np.array(means)[labels]
    inverse = np.linalg.inv(centred.T @ centred / len(features))
    others = np.random.default_rng(1).normal(size=(20, 5)) * 4
    expected = [min(mahalanobis(x, mean, inverse) for mean in means) for x in others]
    np.testing.assert_allclose(np.exp(depth.distances(others)), expected, rtol=0.02)


def test_many_features_are_described_by_few_directions_and_a_rest() -> None:
    """Sixty features of deviation 1: what lies beyond the 32 directions still counts."""
    rng = np.random.default_rng(3)
    depth = Depth.fit(rng.normal(size=(4000, 60)), np.zeros(4000, int), 1)
    assert depth.directions.shape == (60, 32)
    np.testing.assert_allclose(depth.directions.T @ depth.directions, np.eye(32), atol=1e-5)
    usual = np.exp(2 * depth.distances(rng.normal(size=(2000, 60)))).mean()
    assert usual == pytest.approx(60, rel=0.05)  # the mean of a chi-square with 60 degrees


def test_the_threshold_keeps_its_share_of_the_validation_part() -> None:
    train, labels = features_of(400, seed=0)
    validation, _ = features_of(200, seed=1)
    rejection = Rejection.fit((0,), [train], labels, 2, [validation], kept=0.9)
    scores = rejection.scores(validation)
    assert (~rejection.rejects(scores)).sum() == 180 + 1  # the first that keeps nine tenths
    assert scores.mean() == pytest.approx(0, abs=1e-6)


def test_what_is_far_is_rejected_at_whatever_depth_it_is_far() -> None:
    train, labels = features_of(400, seed=0)
    validation, _ = features_of(200, seed=1)
    rejection = Rejection.fit(
        (1, 4), [train, train[:, :3]], labels, 2, [validation, validation[:, :3]]
    )
    near, _ = features_of(100, seed=2)
    assert rejection.rejects(rejection.scores(np.hstack([near, near[:, :3]]))).mean() < 0.2
    for far in (np.hstack([near + 50, near[:, :3]]), np.hstack([near, near[:, :3] - 50])):
        assert rejection.rejects(rejection.scores(far)).all()


def test_odd_training_pictures_give_finite_scores() -> None:
    """Features that never move, a class without a picture, and fewer pictures than features."""
    rng = np.random.default_rng(0)
    for features in (np.zeros((4, 3)), np.ones((1, 40)), rng.normal(size=(5, 50)) * ([0, 1] * 25)):
        labels = np.zeros(len(features), int)
        rejection = Rejection.fit((0,), [features], labels, 3, [features])
        scores = rejection.scores(np.concatenate([features, features + 1e6]))
        assert np.isfinite(scores).all()
        assert not rejection.rejects(scores[: len(features)]).any()
        assert rejection.rejects(scores[len(features) :]).all()


def test_no_picture_has_no_score_and_many_are_told_apart() -> None:
    train, labels = features_of(50, seed=0)
    rejection = Rejection.fit((0,), [train], labels, 2, [train])
    assert rejection.scores(np.empty((0, 5))).shape == (0,)
    many, _ = features_of(2500, seed=4)  # more than a block
    alone = [rejection.scores(many[[i]])[0] for i in (0, 999, 1000, 2499)]
    np.testing.assert_allclose(rejection.scores(many)[[0, 999, 1000, 2499]], alone, rtol=1e-9)


def test_nothing_comes_of_nothing() -> None:
    with pytest.raises(SettingError, match="needs training pictures and validation"):
        Rejection.fit((0,), [np.empty((0, 2))], np.empty(0, int), 2, [np.ones((3, 2))])
    with pytest.raises(SettingError, match="needs training pictures and validation"):
        Rejection.fit((0,), [np.ones((3, 2))], np.zeros(3, int), 2, [np.empty((0, 2))])
