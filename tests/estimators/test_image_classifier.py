from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state

import homespun
from homespun.augment import Flip
from homespun.data import Dataset
from homespun.errors import DivergedError, ModelFileError
from homespun.estimators import ImageClassifier
from homespun.models import find_recipe
from homespun.nn import Conv2D, Dense, Dropout, Flatten, GlobalMaxPool, MaxPool2D, ReLU, Tanh
from homespun.optim import SGD, Constant
from homespun.training import train

EVERYONES = check_random_state(None)  # NumPy's global generator
CONV = [Conv2D(8), ReLU(), MaxPool2D(), Conv2D(16), ReLU(), GlobalMaxPool()]


def weight_hash(classifier: ImageClassifier) -> str:
    return classifier.model_.parameters.weight_hash()


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


class TestKindsOfX:
    def test_all_layouts_of_the_same_pictures_give_the_same_bits(self, clothes):
        X, y = clothes[0][:200], clothes[1][:200]
        settings = {"layers": CONV, "max_iter": 2, "random_state": 0}
        grey = ImageClassifier(**settings).fit(X, y)
        with_channel = ImageClassifier(**settings).fit(X[..., np.newaxis], y)
        flat = ImageClassifier(**settings, image_shape=(28, 28)).fit(X.reshape(200, -1), y)
        as_lists = ImageClassifier(**settings).fit(X.astype(float).tolist(), y.tolist())
        assert weight_hash(grey) == weight_hash(with_channel) == weight_hash(flat)
        assert grey.in_shape_ == as_lists.in_shape_ == (28, 28, 1)
        assert grey.n_features_in_ == 784
        expected = grey.predict_proba(X)
        assert (expected == grey.predict_proba(X.reshape(200, -1))).all()
        assert (expected == grey.predict_proba(X[..., np.newaxis])).all()

    def test_colours(self):
        rng = np.random.default_rng(0)
        X = rng.integers(0, 100, (60, 6, 5, 3), dtype=np.uint8)
        y = np.arange(60) % 3
        for picture, channel in zip(X, y, strict=True):
            picture[..., channel] += 100
        classifier = ImageClassifier(CONV, max_iter=30, learning_rate_init=0.01, random_state=0)
        assert classifier.fit(X, y).score(X, y) == 1.0
        assert classifier.in_shape_ == (6, 5, 3)
        assert len(classifier.model_.scaling.mean) == 3
        assert classifier.score(X.reshape(60, -1), y) == 1.0

    @pytest.mark.parametrize(
        ("dtype", "precision"),
        [(np.uint8, "float32"), (np.float32, "float32"), (np.float64, "float64"), (int, "float64")],
    )
    def test_bytes_and_floats(self, digits, dtype, precision):
        X, y = digits[0].astype(dtype), digits[1]
        classifier = ImageClassifier(max_iter=60, random_state=0).fit(X[:900], y[:900])
        assert classifier.score(X[900:], y[900:]) > 0.9
        assert classifier.predict_proba(X[:3]).dtype == precision
        assert classifier.model_.parameters.vector.dtype == precision

    def test_floats_between_0_and_1_learn_as_bytes_do(self, clothes):
        X, y = clothes
        settings = {"layers": [Dense(50), ReLU()], "max_iter": 4, "random_state": 0}
        of_bytes = ImageClassifier(**settings).fit(X, y)
        of_floats = ImageClassifier(**settings).fit((X / 255).astype(np.float32), y)
        np.testing.assert_allclose(
            of_bytes.predict_proba(X),
            of_floats.predict_proba((X / 255).astype(np.float32)),
            atol=0.01,
        )

    def test_rows_get_dense_layers_and_each_feature_its_own_scale(self, rows):
        X, y = rows
        classifier = ImageClassifier(max_iter=100, random_state=0).fit(X, y)
        assert [type(part) for part in classifier.model_.network.layers] == [
            Flatten,
            Dense,
            ReLU,
            Dense,
        ]
        np.testing.assert_allclose(classifier.model_.scaling.mean, X.mean(axis=0))
        np.testing.assert_allclose(classifier.model_.scaling.std, X.std(axis=0))
        assert classifier.score(X, y) > 0.9

    def test_pictures_get_a_recipe(self, clothes):
        classifier = ImageClassifier(max_iter=1, random_state=0).fit(
            clothes[0][:64], clothes[1][:64]
        )
        plan = find_recipe("fast").plan(n_samples=64, n_classes=10)
        assert classifier.model_.network == plan.network
        assert classifier.model_.loss == plan.loss

    @pytest.mark.parametrize(
        ("settings", "shape", "words"),
        [
            ({"image_shape": (5, 5)}, (20, 24), "asks for 25 features, but X has 24 features"),
            ({"image_shape": (4, 6)}, (20, 6, 4), "in pictures of shape"),
            ({"image_shape": (24,)}, (20, 24), r"\(height, width\)"),
            ({"layers": "mlp"}, (20, 24), "image_shape"),
            ({"augmentation": [Flip()]}, (20, 24), "image_shape"),
            ({"layers": "mlpp"}, (20, 4, 6), "did you mean mlp"),
            ({"layers": [Dense]}, (20, 24), "not a layer"),
            ({"layers": [Conv2D(3), Dense(4)]}, (20, 4, 6), "Flatten"),
            ({}, (20, 2, 2, 2, 3), "dim 5"),
            ({"layers": 7}, (20, 24), "The 'layers' parameter of ImageClassifier must be"),
            ({"optimizer": "lbfgs"}, (20, 24), "'optimizer' parameter"),
            ({"max_iter": 0}, (20, 24), "'max_iter' parameter"),
            ({"n_jobs": 0}, (20, 24), "n_jobs == 0"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, settings, shape, words):
        with pytest.raises(ValueError, match=words):
            ImageClassifier(**settings).fit(np.zeros(shape), np.arange(20) % 2)

    def test_pictures_of_another_shape_are_refused(self):
        X = np.zeros((10, 4, 6))
        classifier = ImageClassifier([Dense(3)], max_iter=1).fit(X, np.arange(10) % 2)
        with pytest.raises(ValueError, match="expecting pictures of shape"):
            classifier.predict(X.reshape(10, 6, 4))
        with pytest.raises(ValueError, match="expecting 24 features"):
            classifier.predict(np.zeros((10, 25)))


class TestSettings:
    def test_the_same_seed_as_the_command_line_gives_the_same_weights(self, clothes):
        X, y = clothes
        data = Dataset(X[..., np.newaxis], y.astype(int), tuple("0123456789"))
        plan = find_recipe("mlp").plan(n_samples=len(y), n_classes=10, seed=7, epochs=2)
        classifier = ImageClassifier("mlp", max_iter=2, random_state=7).fit(X, y)
        assert weight_hash(classifier) == train(plan, data).parameters.weight_hash()

    @pytest.mark.parametrize("n_jobs", [1, 2, 3, -1])
    def test_the_same_bits_on_any_number_of_threads(self, clothes, n_jobs):
        X, y = clothes[0][:300], clothes[1][:300]
        settings = {"layers": [*CONV, Dropout(0.3)], "max_iter": 2, "random_state": 3}
        expected = ImageClassifier(**settings).fit(X, y)
        other = ImageClassifier(**settings, n_jobs=n_jobs).fit(X, y)
        assert weight_hash(other) == weight_hash(expected)
        assert other.history_ == expected.history_
        assert (other.predict_proba(X) == expected.predict_proba(X)).all()

    def test_a_generator_moves_on_and_an_integer_does_not(self, rows):
        generator = np.random.RandomState(0)
        moving = ImageClassifier(max_iter=1, random_state=generator)
        hashes = [weight_hash(moving.fit(*rows)) for _ in range(2)]
        again = weight_hash(moving.set_params(random_state=np.random.RandomState(0)).fit(*rows))
        assert hashes[0] == again != hashes[1]
        fixed = ImageClassifier(max_iter=1, random_state=0)
        assert weight_hash(fixed.fit(*rows)) == weight_hash(fixed.fit(*rows))

    def test_activations_and_dropout_layer_by_layer(self, rows):
        layers = [Dense(16), Tanh(), Dropout(0.1), Dense(8), ReLU()]
        classifier = ImageClassifier(
            layers,
            optimizer="nesterov",
            learning_rate="one_cycle",
            learning_rate_init=0.05,
            max_iter=40,
            batch_size=16,
            random_state=0,
        ).fit(*rows)
        assert classifier.score(*rows) > 0.9
        lrs = [record["lr"] for record in classifier.history_]
        assert max(lrs) > 5 * lrs[-1]  # up, and down again

    @pytest.mark.parametrize("kind", ["constant", "cosine", "one_cycle"])
    def test_schedules_by_name_span_the_run(self, rows, kind):
        classifier = ImageClassifier(
            learning_rate=kind, learning_rate_init=0.02, max_iter=5, batch_size=50
        ).fit(*rows)
        lrs = [record["lr"] for record in classifier.history_]
        ends = {"constant": 0.02, "cosine": 0.0, "one_cycle": 0.0}
        assert lrs[-1] == pytest.approx(ends[kind], abs=0.003)
        assert max(lrs) <= 0.02

    def test_objects_are_used_as_they_are(self, rows):
        classifier = ImageClassifier(optimizer=SGD(), learning_rate=Constant(0.25), max_iter=2)
        assert classifier.fit(*rows).history_[-1]["lr"] == 0.25

    def test_a_penalty_makes_weights_smaller(self, rows):
        settings = {"max_iter": 60, "learning_rate_init": 0.02, "random_state": 0}
        free = ImageClassifier(**settings).fit(*rows)
        held = ImageClassifier(**settings, l2=0.1).fit(*rows)
        assert np.abs(held.coefs_[1]).sum() < 0.8 * np.abs(free.coefs_[1]).sum()
        assert held.loss_curve_[0] > held.history_[0]["loss"]

    def test_augmentation_makes_mirrored_pictures_known(self, clothes):
        X, y = clothes[0][:300], clothes[1][:300]
        settings = {"layers": [Dense(60), ReLU()], "max_iter": 25, "random_state": 0}
        plain = ImageClassifier(**settings).fit(X, y)
        mirrored = ImageClassifier(**settings, augmentation=[Flip()]).fit(X, y)
        assert mirrored.score(X[:, :, ::-1], y) > plain.score(X[:, :, ::-1], y) + 0.05

    def test_divergence_is_an_error(self, rows):
        with pytest.raises(DivergedError):
            ImageClassifier(optimizer="sgd", learning_rate_init=1e300, batch_size=50).fit(*rows)

    def test_progress_is_shown_if_asked_for(self, rows, capsys):
        ImageClassifier(max_iter=2, random_state=0).fit(*rows)
        assert capsys.readouterr().out == ""
        ImageClassifier(max_iter=2, random_state=0, verbose=True).fit(*rows)
        assert "epoch   2/2" in capsys.readouterr().out


class TestWhatIsLearnt:
    def test_names_are_those_of_mlp_classifier(self, rows):
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
    def test_coefs_and_intercepts_give_the_answers_by_hand(self, rows, dtype):
        X, y = rows[0].astype(dtype), rows[1]
        classifier = ImageClassifier([Dense(7), ReLU()], max_iter=5, random_state=0).fit(X, y)
        W, b = classifier.coefs_, classifier.intercepts_
        logits = np.maximum(X @ W[0] + b[0], 0) @ W[1] + b[1]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        by_hand = powers / powers.sum(axis=1, keepdims=True)
        tolerance = 2e-3 if dtype == np.float32 else 1e-9
        np.testing.assert_allclose(classifier.predict_proba(X), by_hand, atol=tolerance)

    def test_coefs_of_pictures(self, clothes):
        X, y = clothes
        classifier = ImageClassifier([], max_iter=1, random_state=0).fit(X[:100], y[:100])
        W, b = classifier.coefs_[0], classifier.intercepts_[0]
        by_hand = X.reshape(len(X), -1) @ W + b
        logarithms = classifier.predict_log_proba(X)
        differences = by_hand - logarithms
        np.testing.assert_allclose(
            differences, np.broadcast_to(differences[:, :1], differences.shape), atol=1e-3
        )

    def test_with_convolutions_there_are_no_coefs(self, clothes):
        classifier = ImageClassifier(CONV, max_iter=1).fit(clothes[0][:50], clothes[1][:50])
        assert classifier.n_layers_ == 4
        with pytest.raises(AttributeError, match="dense layers alone"):
            _ = classifier.coefs_

    def test_answers_fit_together(self, rows):
        X, y = rows
        classifier = ImageClassifier(max_iter=10, random_state=0)
        with pytest.raises(NotFittedError):
            classifier.predict(X)
        probabilities = classifier.fit(X, y).predict_proba(X)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        np.testing.assert_allclose(np.exp(classifier.predict_log_proba(X)), probabilities)
        assert (classifier.predict(X) == classifier.classes_[probabilities.argmax(axis=1)]).all()
        assert classifier.classes_.tolist() == ["bag", "hat", "shoe"]

    def test_a_pickle_answers_the_same_and_learns_on_the_same(self, rows):
        X, y = rows
        classifier = ImageClassifier(random_state=0, max_iter=3)
        classifier.partial_fit(X, y, classes=np.unique(y))
        copied = pickle.loads(pickle.dumps(classifier))
        assert (copied.predict_proba(X) == classifier.predict_proba(X)).all()
        assert weight_hash(copied.partial_fit(X, y)) == weight_hash(classifier.partial_fit(X, y))

    def test_a_model_file_is_the_safe_way(self, clothes, tmp_path):
        X, y = clothes[0][:100], clothes[1][:100]
        classifier = ImageClassifier(CONV, max_iter=2, random_state=0).fit(X, y)
        homespun.save(classifier.model_, tmp_path / "clothes.safetensors")
        model = homespun.load(tmp_path / "clothes.safetensors")
        expected = classifier.predict_proba(X)
        assert (model.predict_proba(X[..., np.newaxis]) == expected).all()
        assert model.class_names == tuple("0123456789")

    def test_a_model_of_floats_is_not_taken_for_one_of_bytes(self, clothes, tmp_path):
        X, y = clothes[0][:50] / 255, clothes[1][:50]
        classifier = ImageClassifier([], max_iter=1).fit(X, y)
        with pytest.raises(ModelFileError, match="uint8 and not float64"):
            homespun.save(classifier.model_, tmp_path / "clothes.safetensors")


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


@pytest.fixture(scope="module")
def outfits(clothes):
    """Two pieces side by side, and which kinds are on the picture."""
    X, y = clothes
    pairs = np.concatenate([X[:600, ::2, ::2], X[600:1200, ::2, ::2]], axis=2)
    Y = np.zeros((600, 10), int)
    Y[np.arange(600), y[:600]] = 1
    Y[np.arange(600), y[600:1200]] = 1
    return pairs, Y


class TestSeveralLabels:
    @pytest.mark.parametrize("multilabel", ["auto", True])
    def test_several_labels_on_one_picture(self, outfits, multilabel):
        X, Y = outfits
        classifier = ImageClassifier(
            [Dense(64), ReLU()], max_iter=60, random_state=0, multilabel=multilabel
        ).fit(X[:500], Y[:500])
        probabilities = classifier.predict_proba(X[500:])
        assert probabilities.shape == (100, 10)
        assert ((probabilities > 0) & (probabilities < 1)).all()
        assert classifier.out_activation_ == "logistic"
        answers = classifier.predict(X[500:])
        assert (answers == (probabilities >= 0.5)).all()
        assert (answers == Y[500:]).mean() > 0.85
        assert classifier.score(X[:500], Y[:500]) == accuracy_score(
            Y[:500], classifier.predict(X[:500])
        )

    def test_the_loss_is_binary_cross_entropy(self, outfits):
        X, Y = outfits
        classifier = ImageClassifier([], max_iter=2, scoring="loss", random_state=0)
        classifier.fit(X[:500], Y[:500], validation_data=(X[500:], Y[500:]))
        p = classifier.predict_proba(X[500:]).astype(float)
        by_hand = -(Y[500:] * np.log(p) + (1 - Y[500:]) * np.log(1 - p)).sum(axis=1).mean()
        assert -classifier.best_validation_score_ == pytest.approx(by_hand, rel=1e-4)

    def test_a_threshold_for_each_label(self, outfits):
        X, Y = outfits
        thresholds = np.linspace(0.05, 0.95, 10)
        classifier = ImageClassifier([], max_iter=3, random_state=0, thresholds=thresholds)
        probabilities = classifier.fit(X, Y).predict_proba(X)
        assert (classifier.predict(X) == (probabilities >= thresholds)).all()
        with pytest.raises(ValueError, match="one for each of 10 labels"):
            classifier.set_params(thresholds=[0.5, 0.5]).predict(X)

    def test_early_stopping_watches_all_labels_at_once(self, outfits):
        X, Y = outfits
        classifier = ImageClassifier(
            [Dense(32), ReLU()], early_stopping=True, max_iter=5, random_state=0
        ).fit(X, Y)
        assert len(classifier.validation_scores_) == 5
        recipe = ImageClassifier("mlp", max_iter=1, random_state=0).fit(X[:100], Y[:100])
        assert recipe.predict(X[:3]).shape == (3, 10)

    def test_parts_with_several_labels(self, outfits):
        X, Y = outfits
        classifier = ImageClassifier([], random_state=0)
        for i in range(3):
            classifier.partial_fit(X[200 * i : 200 * i + 200], Y[200 * i : 200 * i + 200])
        assert classifier.n_iter_ == 3

    def test_another_kind_of_y_is_refused(self, outfits):
        X, Y = outfits
        with pytest.raises(ValueError, match="multilabel=True takes y of shape"):
            ImageClassifier(multilabel=True).fit(X, Y.argmax(axis=1))
        with pytest.raises(ValueError, match="multilabel=False does not allow"):
            ImageClassifier(multilabel=False).fit(X, Y)
        classifier = ImageClassifier([], max_iter=1, warm_start=True).fit(X, Y)
        with pytest.raises(ValueError, match="another kind of labels"):
            classifier.fit(X, Y.argmax(axis=1))


class TestLearningRateFinder:
    def test_it_finds_a_rate_that_learns_and_leaves_everything_as_it_was(self, clothes):
        X, y = clothes
        generator = np.random.RandomState(5)
        classifier = ImageClassifier([Dense(32), ReLU()], max_iter=3, random_state=generator)
        classifier.fit(X, y)
        before = (weight_hash(classifier), dict(vars(classifier)))
        ours, everyones = generator.get_state()[1].copy(), EVERYONES.get_state()[1].copy()
        curve = classifier.find_learning_rate(X, y)
        assert weight_hash(classifier) == before[0]
        assert vars(classifier) == before[1]
        assert (generator.get_state()[1] == ours).all()
        assert (EVERYONES.get_state()[1] == everyones).all()
        assert 1e-4 < curve.suggestion < 0.1
        slow, found = (
            clone(classifier).set_params(learning_rate_init=lr, random_state=0).fit(X, y)
            for lr in (1e-6, curve.suggestion)
        )
        assert found.loss_curve_[-1] < 0.5 * slow.loss_curve_[-1]

    def test_before_the_first_fit_nothing_is_fitted(self, rows):
        classifier = ImageClassifier()
        before = dict(vars(classifier))
        everyones = EVERYONES.get_state()[1].copy()
        first, second = (classifier.find_learning_rate(*rows, n_steps=20) for _ in range(2))
        assert first == second
        assert vars(classifier) == before
        assert (EVERYONES.get_state()[1] == everyones).all()

    def test_with_warm_start_it_begins_at_the_learnt_weights(self, rows):
        classifier = ImageClassifier(max_iter=100, random_state=0, warm_start=True).fit(*rows)
        warm = classifier.find_learning_rate(*rows, n_steps=5)
        cold = clone(classifier).find_learning_rate(*rows, n_steps=5)
        assert warm.losses[0] < 0.5 * cold.losses[0]
