from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_info

from homespun.article import MendedClassifier, NNClassifier
from homespun.article.experiment import (
    MENDED_L2,
    raw,
    run_as_printed,
    run_mended,
    scaled_by_itself,
    split_as_printed,
)
from homespun.data import Dataset


def quiet(part: str, epoch: int, epochs: int, error: float) -> None:
    pass


def test_split_is_that_of_scikit_learn_on_the_pictures_themselves(pictures: Dataset) -> None:
    split = split_as_printed(pictures)
    parts = train_test_split(pictures.images, pictures.labels, test_size=0.2, random_state=42)
    assert_array_equal(split.train.images, parts[0])
    assert_array_equal(split.test.images, parts[1])
    assert_array_equal(split.train.labels, parts[2])
    assert_array_equal(split.test.labels, parts[3])


def test_raw_pixels_are_rows_of_float64(pictures: Dataset) -> None:
    X = raw(pictures.images)
    assert X.dtype == np.float64
    assert_array_equal(X[3], pictures.images[3].ravel())


def test_scaled_pixels_have_mean_0_and_deviation_1_in_their_own_part(pictures: Dataset) -> None:
    X = scaled_by_itself(pictures.images[:50])
    assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    assert_allclose(X.std(axis=0), 1)


def test_a_run_as_printed_is_the_articles_classifier_with_its_settings(pictures: Dataset) -> None:
    split = split_as_printed(pictures)
    calls: list[tuple[str, int, int, float]] = []
    run = run_as_printed(
        "run2",
        scaled_by_itself,
        split,
        epochs=3,
        progress=lambda *call: calls.append(call),
        official=pictures,
        clock=itertools.count(100, 5).__next__,
    )
    model = NNClassifier(10, 784, 50, 0.0, 0.5, 3, 0.001, 25, 42)
    start = 0.125 * sum(float((w**2).sum()) for w in (model.w1, model.w2))
    model.fit(scaled_by_itself(split.train.images), split.train.labels)
    end = 0.125 * sum(float((w**2).sum()) for w in (model.w1, model.w2))
    X_test = scaled_by_itself(split.test.images)
    assert_allclose(run.errors, model.error_)
    assert calls == [("run2", i + 1, 3, run.errors[i]) for i in range(3)]
    assert (run.penalties[0], run.penalties[3]) == (pytest.approx(start), pytest.approx(end))
    assert len(run.penalties) == 4
    assert run.seconds == 5
    assert run.test == model.score(X_test, split.test.labels)
    assert run.train == model.score(scaled_by_itself(split.train.images), split.train.labels)
    assert run.official == model.score(scaled_by_itself(pictures.images), pictures.labels)
    assert_array_equal(run.predictions, model.predict(X_test))
    assert_allclose(run.probabilities, model.predict_proba(X_test))
    assert run.blank == model.predict(np.zeros((1, 784)))[0]


def test_a_run_as_printed_takes_two_blas_threads_and_gives_them_back(pictures: Dataset) -> None:
    def threads() -> set[int]:
        return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}

    before, during = threads(), []
    run_as_printed(
        "run1",
        raw,
        split_as_printed(pictures),
        epochs=1,
        progress=lambda *call: during.append(threads()),
    )
    assert during == [{2}]
    assert threads() == before


def test_a_mended_run_gets_raw_pixels(pictures: Dataset) -> None:
    split = split_as_printed(pictures)
    run = run_mended("mended", split, epochs=2, progress=quiet)
    model = MendedClassifier(10, 784, 50, l2=MENDED_L2, epochs=2, n_batches=100, random_seed=42)
    model.fit(raw(split.train.images), split.train.labels)
    assert_allclose(run.errors, model.error_)
    assert run.test == model.score(raw(split.test.images), split.test.labels)
    assert run.official is None
    assert run.penalties == []


def test_a_mended_run_works_on_fewer_images_than_batches(pictures: Dataset) -> None:
    split = split_as_printed(pictures.take(slice(50)))
    assert len(run_mended("mended", split, epochs=1, progress=quiet).errors) == 1


def test_an_interrupt_ends_a_run(pictures: Dataset) -> None:
    def interrupt(*call: object) -> None:
        raise KeyboardInterrupt

    for run in (run_mended, lambda *a, **k: run_as_printed(a[0], raw, a[1], **k)):
        with pytest.raises(KeyboardInterrupt):
            run("part", split_as_printed(pictures), epochs=3, progress=interrupt)
