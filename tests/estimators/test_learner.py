"""How a classifier learns: weights, going on, and when it stops."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import log_loss

from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU


def weight_hash(classifier: ImageClassifier) -> str:
    return classifier.model_.parameters.weight_hash()


class TestWeights:
    def test_weights_of_whole_numbers_are_as_good_as_copies(self, rows):
        X, y = rows
        weights = np.arange(len(y)) % 4
        settings = {"max_iter": 20, "random_state": 0, "batch_size": 10**6}
        weighted = ImageClassifier(**settings).fit(X, y, sample_weight=weights)
        repeated = ImageClassifier(**settings).fit(X.repeat(weights, 0), y.repeat(weights))
        np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-9)

    def test_a_sample_without_weight_is_as_good_as_none_in_any_batch(self, rows):
        X, y = rows
        weights = (np.arange(len(y)) % 10 == 0).astype(float)
        settings = {"max_iter": 3, "random_state": 0, "batch_size": 4}
        weighted = ImageClassifier(**settings).fit(X, y, sample_weight=weights)
        removed = ImageClassifier(**settings).fit(X[weights > 0], y[weights > 0])
        assert weight_hash(weighted) == weight_hash(removed)

    def test_class_weights_move_the_answers(self, rows):
        X, y = rows
        noisy = np.random.default_rng(0).normal(X, 3 * X.std(axis=0))
        settings = {"max_iter": 30, "random_state": 0}
        plain = ImageClassifier(**settings).fit(noisy, y)
        for_hats = ImageClassifier(**settings, class_weight={"hat": 10}).fit(noisy, y)
        assert (for_hats.predict(noisy) == "hat").mean() > (
            plain.predict(noisy) == "hat"
        ).mean() + 0.2

    def test_balanced_classes_count_alike(self, rows):
        X, y = rows[0][:100], rows[1][:100]
        labels, counts = np.unique(y, return_counts=True)
        by_hand = dict(zip(labels, len(y) / (3 * counts), strict=True))
        settings = {"layers": [], "max_iter": 3, "random_state": 0}
        hashes = {
            weight_hash(ImageClassifier(**settings, class_weight=weights).fit(X, y))
            for weights in ("balanced", by_hand)
        }
        assert len(hashes) == 1
        assert weight_hash(ImageClassifier(**settings).fit(X, y)) not in hashes

    def test_negative_and_vanishing_weights_are_refused(self, rows):
        X, y = rows
        for weights in (np.full(len(y), -1.0), np.zeros(len(y))):
            with pytest.raises(ValueError, match="eight"):
                ImageClassifier(max_iter=1).fit(X, y, sample_weight=weights)


class TestGoingOn:
    def test_partial_fit_learns_call_by_call(self, rows):
        X, y = rows
        classifier = ImageClassifier(learning_rate_init=0.01, random_state=0)
        with pytest.raises(ValueError, match="classes must be passed on the first call"):
            classifier.partial_fit(X[:50], y[:50])
        for i in range(60):
            part = slice(50 * (i % 3), 50 * (i % 3) + 50)
            classifier.partial_fit(X[part], y[part], classes=["bag", "hat", "shoe"])
        assert classifier.n_iter_ == 60
        assert classifier.score(X, y) > 0.9

    def test_parts_are_as_good_as_a_whole_run(self, rows):
        """The optimizer's memory, the shuffles and the scaling go on; a call is an epoch."""
        X, y = rows
        settings = {"random_state": 0, "batch_size": 32, "n_iter_no_change": None}
        whole = ImageClassifier(max_iter=4, **settings).fit(X, y)
        parts = ImageClassifier(**settings)
        for _ in range(4):
            parts.partial_fit(X, y, classes=np.unique(y))
        assert weight_hash(parts) == weight_hash(whole)
        assert parts.history_ == whole.history_

    def test_a_class_may_be_missing_in_a_part_but_none_may_be_new(self, rows):
        X, y = rows
        classifier = ImageClassifier(random_state=0)
        classifier.partial_fit(X[y == "hat"], y[y == "hat"], classes=["bag", "hat", "shoe"])
        assert classifier.predict_proba(X).shape == (150, 3)
        scaling = classifier.model_.scaling
        assert classifier.partial_fit(X, y).model_.scaling == scaling  # that of the first call
        with pytest.raises(ValueError, match="not the same as on last call"):
            classifier.partial_fit(X, y, classes=["hat"])
        with pytest.raises(ValueError, match="`y` has classes not in"):
            classifier.partial_fit(X[:2], ["sock", "hat"])

    def test_what_partial_fit_cannot_do(self, rows):
        for settings in ({"early_stopping": True}, {"class_weight": "balanced"}):
            with pytest.raises(ValueError, match="not support"):
                ImageClassifier(**settings).partial_fit(*rows, classes=["bag", "hat", "shoe"])

    def test_warm_start_goes_on_from_the_weights(self, rows):
        settings = {"optimizer": "sgd", "learning_rate_init": 0.05, "n_iter_no_change": None}
        whole = ImageClassifier(max_iter=6, random_state=0, **settings).fit(*rows)
        warm = ImageClassifier(max_iter=3, random_state=0, warm_start=True, **settings)
        first = weight_hash(warm.fit(*rows))
        assert weight_hash(warm.fit(*rows)) == weight_hash(whole) != first
        assert warm.n_iter_ == 6
        assert warm.history_ == whole.history_
        cold = warm.set_params(warm_start=False).fit(*rows)
        assert weight_hash(cold) == first
        assert cold.n_iter_ == 3

    def test_other_layers_cannot_go_on(self, rows):
        classifier = ImageClassifier(max_iter=1, warm_start=True).fit(*rows)
        with pytest.raises(ValueError, match="layers are not those"):
            classifier.set_params(layers=[Dense(3)]).fit(*rows)


class TestStopping:
    def test_early_stopping_on_a_part_held_out(self, clothes):
        classifier = ImageClassifier(
            [Dense(64), ReLU()],
            early_stopping=True,
            n_iter_no_change=3,
            random_state=0,
            learning_rate_init=0.005,
            validation_fraction=0.2,
        ).fit(*clothes)
        scores = classifier.validation_scores_
        assert 3 < classifier.n_iter_ == len(scores) < 200
        best = int(np.argmax(scores))
        assert best < len(scores) - 1
        assert classifier.best_validation_score_ == scores[best]
        assert classifier.best_loss_ is None
        assert [record["score"] for record in classifier.history_] == scores
        short = clone(classifier).set_params(max_iter=best + 1).fit(*clothes)
        assert weight_hash(short) == weight_hash(classifier)

    def test_the_users_own_validation_data(self, clothes):
        X, y = clothes
        classifier = ImageClassifier([Dense(32), ReLU()], max_iter=8, random_state=0)
        classifier.fit(X[:800], y[:800], validation_data=(X[800:], y[800:]))
        assert classifier.n_iter_ == 8
        assert classifier.score(X[800:], y[800:]) == max(classifier.validation_scores_)

    @pytest.mark.parametrize("wrong", [5, ([1], [2], [3]), np.zeros((2, 4))])
    def test_validation_data_are_a_pair(self, rows, wrong):
        with pytest.raises(ValueError, match=r"must be a tuple \(X, y\)"):
            ImageClassifier(max_iter=1).fit(*rows, validation_data=wrong)

    def test_any_scorer_can_be_watched(self, clothes):
        X, y = clothes
        classifier = ImageClassifier(
            [Dense(32), ReLU()], max_iter=6, random_state=0, scoring="neg_log_loss"
        )
        classifier.fit(X[:800], y[:800], validation_data=(X[800:], y[800:]))
        best = classifier.best_validation_score_
        expected = -log_loss(y[800:], classifier.predict_proba(X[800:]))
        assert best == pytest.approx(expected, rel=1e-6)

        def share_of_shirts(estimator, X, y):
            return float((estimator.predict(X) == 6).mean())

        classifier.set_params(scoring=share_of_shirts)
        classifier.fit(X[:800], y[:800], validation_data=(X[800:], y[800:]))
        assert classifier.best_validation_score_ == (classifier.predict(X[800:]) == 6).mean()

    def test_the_loss_can_be_watched(self, clothes):
        X, y = clothes
        classifier = ImageClassifier([], max_iter=4, random_state=0, scoring="loss")
        classifier.fit(X[:800], y[:800], validation_data=(X[800:], y[800:]))
        expected = -log_loss(y[800:], classifier.predict_proba(X[800:]))
        assert classifier.best_validation_score_ == pytest.approx(expected, rel=1e-5)

    def test_without_validation_the_training_loss_ends_the_run(self, rows):
        classifier = ImageClassifier(n_iter_no_change=2, tol=0.05, random_state=0).fit(*rows)
        losses = classifier.loss_curve_
        assert classifier.n_iter_ < 200
        falls = [min(losses[:i]) - losses[i] for i in range(1, len(losses))]
        assert max(falls[-2:]) <= 0.05
        assert all(max(falls[i : i + 2]) > 0.05 for i in range(len(falls) - 2))

    def test_a_time_limit(self, rows):
        classifier = ImageClassifier(max_iter=10**6, max_time=0.2, n_iter_no_change=None).fit(*rows)
        assert classifier.n_iter_ < 10**6
        assert np.isfinite(classifier.predict_proba(rows[0])).all()
