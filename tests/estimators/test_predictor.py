"""What a fitted classifier answers, and what it shows of itself."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

import homespun
from homespun.errors import ModelFileError
from homespun.estimators import ImageClassifier
from homespun.nn import Conv2D, Dense, GlobalMaxPool, MaxPool2D, ReLU

CONV = [Conv2D(8), ReLU(), MaxPool2D(), Conv2D(16), ReLU(), GlobalMaxPool()]


def weight_hash(classifier: ImageClassifier) -> str:
    return classifier.model_.parameters.weight_hash()


def test_names_are_those_of_mlp_classifier(rows):
    X, y = rows
    X = StandardScaler().fit_transform(X)
    theirs = MLPClassifier((12,), max_iter=1000, tol=1e-3, random_state=0).fit(X, y)
    ours = ImageClassifier([Dense(12), ReLU()], max_iter=1000, tol=1e-3, random_state=0)
    ours.fit(X, y)
    shared = """classes_ n_features_in_ n_iter_ loss_curve_ best_loss_ validation_scores_ coefs_
                intercepts_ n_layers_ n_outputs_ out_activation_ best_validation_score_"""
    for name in shared.split():
        assert isinstance(getattr(theirs, name), type(getattr(ours, name))), name
    for name in ("n_features_in_", "n_layers_", "n_outputs_", "out_activation_"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert [W.shape for W in ours.coefs_] == [W.shape for W in theirs.coefs_]
    assert [b.shape for b in ours.intercepts_] == [b.shape for b in theirs.intercepts_]
    assert len(ours.loss_curve_) == ours.n_iter_ == len(ours.history_)
    assert ours.best_loss_ == min(ours.loss_curve_)
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y), abs=0.03)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_coefs_and_intercepts_give_the_answers_by_hand(rows, dtype):
    X, y = rows[0].astype(dtype), rows[1]
    classifier = ImageClassifier([Dense(7), ReLU()], max_iter=5, random_state=0).fit(X, y)
    W, b = classifier.coefs_, classifier.intercepts_
    logits = np.maximum(X @ W[0] + b[0], 0) @ W[1] + b[1]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    by_hand = powers / powers.sum(axis=1, keepdims=True)
    tolerance = 2e-3 if dtype == np.float32 else 1e-9
    np.testing.assert_allclose(classifier.predict_proba(X), by_hand, atol=tolerance)


def test_coefs_of_pictures(clothes):
    X, y = clothes
    classifier = ImageClassifier([], max_iter=1, random_state=0).fit(X[:100], y[:100])
    W, b = classifier.coefs_[0], classifier.intercepts_[0]
    by_hand = X.reshape(len(X), -1) @ W + b
    logarithms = classifier.predict_log_proba(X)
    differences = by_hand - logarithms
    np.testing.assert_allclose(
        differences, np.broadcast_to(differences[:, :1], differences.shape), atol=1e-3
    )


def test_with_convolutions_there_are_no_coefs(clothes):
    classifier = ImageClassifier(CONV, max_iter=1).fit(clothes[0][:50], clothes[1][:50])
    assert classifier.n_layers_ == 4
    with pytest.raises(AttributeError, match="dense layers alone"):
        _ = classifier.coefs_


def test_answers_fit_together(rows):
    X, y = rows
    classifier = ImageClassifier(max_iter=10, random_state=0)
    with pytest.raises(NotFittedError):
        classifier.predict(X)
    probabilities = classifier.fit(X, y).predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(classifier.predict_log_proba(X)), probabilities)
    assert (classifier.predict(X) == classifier.classes_[probabilities.argmax(axis=1)]).all()
    assert classifier.classes_.tolist() == ["bag", "hat", "shoe"]


def test_logits_and_probabilities_say_the_same(rows):
    X, y = rows
    three = ImageClassifier(max_iter=10, random_state=0).fit(X, y)
    np.testing.assert_allclose(softmax(three.decision_function(X), axis=1), three.predict_proba(X))
    two = ImageClassifier(max_iter=10, random_state=0).fit(X, y == "hat")
    decisions = two.decision_function(X)
    assert decisions.shape == (len(X),)
    np.testing.assert_allclose(expit(decisions), two.predict_proba(X)[:, 1])
    assert ((decisions > 0) == two.predict(X)).all()


def test_logits_differ_where_probabilities_no_longer_do(clothes):
    X, y = clothes
    sure = ImageClassifier([], max_iter=20, learning_rate_init=0.1, random_state=0).fit(X, y == 9)
    certain = sure.predict_proba(X)[:, 1] == 1.0
    assert certain.sum() > 10
    assert len(np.unique(sure.decision_function(X)[certain])) > 10


def test_a_pickle_answers_the_same_and_learns_on_the_same(rows):
    X, y = rows
    classifier = ImageClassifier(random_state=0, max_iter=3)
    classifier.partial_fit(X, y, classes=np.unique(y))
    copied = pickle.loads(pickle.dumps(classifier))
    assert (copied.predict_proba(X) == classifier.predict_proba(X)).all()
    assert weight_hash(copied.partial_fit(X, y)) == weight_hash(classifier.partial_fit(X, y))


def test_a_model_file_is_the_safe_way(clothes, tmp_path):
    X, y = clothes[0][:100], clothes[1][:100]
    classifier = ImageClassifier(CONV, max_iter=2, random_state=0).fit(X, y)
    homespun.save(classifier.model_, tmp_path / "clothes.safetensors")
    model = homespun.load(tmp_path / "clothes.safetensors")
    expected = classifier.predict_proba(X)
    assert (model.predict_proba(X[..., np.newaxis]) == expected).all()
    assert model.class_names == tuple("0123456789")


def test_a_model_of_floats_is_not_taken_for_one_of_bytes(clothes, tmp_path):
    X, y = clothes[0][:50] / 255, clothes[1][:50]
    classifier = ImageClassifier([], max_iter=1).fit(X, y)
    with pytest.raises(ModelFileError, match="uint8 and not float64"):
        homespun.save(classifier.model_, tmp_path / "clothes.safetensors")
