from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten, ReLU
from homespun.optim import Adam, Constant
from homespun.runs.trust import about_trust, trust_shares, with_trust, words_of_trust
from homespun.training import Plan, train


@pytest.fixture(scope="module")
def model(training_file: Dataset) -> Model:
    network = Chain(Flatten(), Dense(16), ReLU(), Dense(3))
    plan = Plan(network, Adam(), Constant(0.01), epochs=4, batch_size=32)
    data = training_file.take(slice(200))
    result = train(plan, data, threads=1)
    return Model(network, result.parameters, plan.loss, result.scaling, (8, 8, 1), data.class_names)


@pytest.fixture(scope="module")
def trusted(model: Model, training_file: Dataset) -> Model:
    parts = training_file.take(slice(200)), training_file.take(slice(200, 400))
    return with_trust(model, *parts)


def test_probabilities_become_truer_and_answers_stay(
    model: Model, trusted: Model, training_file: Dataset
) -> None:
    held_out = training_file.take(slice(200, 400))
    rows = np.arange(200)
    before, after = model.predict_proba(held_out.images), trusted.predict_proba(held_out.images)
    losses = [-np.log(p[rows, held_out.labels]).mean() for p in (before, after)]
    assert losses[1] < losses[0]
    assert (trusted.temperature, trusted.smoothing) != (1, 0)
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))


def test_pictures_of_its_own_are_kept_and_others_are_not(
    trusted: Model, training_file: Dataset, test_file: Dataset
) -> None:
    held_out = training_file.images[200:400]
    assert 0.95 <= 1 - trusted.reject(held_out).mean() < 0.96
    assert trusted.reject(test_file.images).mean() < 0.2
    assert trusted.reject(255 - test_file.images).mean() > 0.9
    assert trusted.trust(np.full((2, 8, 8, 1), 255, np.uint8)) == ("unlike", "unlike")


def test_what_is_sure_kept_the_promise_on_the_validation_part(
    trusted: Model, training_file: Dataset
) -> None:
    """The data are easy, so that 200 right answers of 200 are enough of a proof."""
    held_out = training_file.take(slice(200, 400))
    answers = trusted.answer(held_out.images)
    right = answers.probabilities.argmax(axis=1) == held_out.labels
    shares = trust_shares(answers.trust, right)
    assert shares["yes"]["share"] > 0.5
    assert shares["yes"]["accuracy"] >= 0.97
    assert sum(row["share"] for row in shares.values()) == pytest.approx(1)


def test_the_result_does_not_depend_on_threads(model: Model, training_file: Dataset) -> None:
    parts = training_file.take(slice(200)), training_file.take(slice(200, 400))
    one, three = (with_trust(model, *parts, threads=n) for n in (1, 3))
    assert about_trust(one) == about_trust(three)
    assert one.rejection is not None
    assert three.rejection is not None
    for mine, theirs in zip(one.rejection.depths, three.rejection.depths, strict=True):
        for field in dataclasses.fields(mine):
            a, b = getattr(mine, field.name), getattr(theirs, field.name)
            assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


def test_without_a_validation_part_nothing_is_promised(
    model: Model, training_file: Dataset
) -> None:
    assert with_trust(model, training_file, None) is model
    about = about_trust(model)
    assert (about["temperature"], about["sure_from"], about["rejection"]) == (1.0, None, None)
    assert "without a validation part nothing was calibrated" in words_of_trust(model)
    assert set(model.trust(training_file.images[:5])) == {"unsure"}


def test_words_say_what_was_fitted(trusted: Model) -> None:
    words = words_of_trust(trusted)
    assert f"temperature {trusted.temperature:.3f}" in words
    assert "answers count as sure from" in words
    assert "95% of its pictures" in words
    never = dataclasses.replace(trusted, sure_from=None)
    assert "no answer counts as sure, since none kept the promise of 97%" in words_of_trust(never)


def test_shares_by_hand() -> None:
    shares = trust_shares(("yes", "yes", "unsure", "yes"), np.array([True, False, True, True]))
    assert shares == {
        "yes": {"share": 0.75, "accuracy": pytest.approx(2 / 3)},
        "unsure": {"share": 0.25, "accuracy": 1.0},
        "unlike": {"share": 0.0, "accuracy": None},
    }
