from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.utils import check_random_state

from homespun.augment import Flip
from homespun.data import Dataset
from homespun.errors import DivergedError
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
            ({"layers": [Conv2D(3)]}, (20, 24), "image_shape"),
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
