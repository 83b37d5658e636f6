from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from homespun.article.xor import (
    ANSWERS,
    INPUTS,
    LEARNING_RATE,
    XorRecord,
    mended_step,
    printed_step,
    train_xor,
)

PRINTED = [-1.77496016, 0.00586565, 0.00525699, 0.0003625, -0.00064657, 0.00189532]


@pytest.fixture(scope="module")
def printed() -> XorRecord:
    return train_xor(printed_step, every=5_000)


@pytest.fixture(scope="module")
def mended() -> XorRecord:
    return train_xor(mended_step, every=5_000)


def test_sums_are_those_that_the_article_printed(printed: XorRecord) -> None:
    sums = [printed.at(epoch)[0] for epoch in range(0, 30_000, 5_000)]
    assert_allclose(sums, PRINTED, rtol=1e-5, atol=5e-9)


def test_seventh_sum_is_nearly_rounding(printed: XorRecord) -> None:
    assert printed.at(30_000)[0] == pytest.approx(3.79e-08, rel=0.01)


def test_sum_of_squares_tells_what_the_signed_sum_hides(printed: XorRecord) -> None:
    signed, squares = printed.at(20_000)
    assert abs(signed) < 1e-3
    assert squares == pytest.approx(0.99, abs=0.005)


def test_mended_learns_before_the_first_print(mended: XorRecord) -> None:
    assert mended.at(5_000)[1] == pytest.approx(0.0034, abs=5e-5)


def test_both_answer_all_four_in_the_end(printed: XorRecord, mended: XorRecord) -> None:
    for record in (printed, mended):
        assert [record.answer(int(a), int(b)) for a, b in INPUTS] == ANSWERS.ravel().tolist()


def test_mended_step_goes_down_half_the_sum_of_squares() -> None:
    rng = np.random.default_rng(0)
    w1, w2 = rng.normal(size=(2, 3)), rng.normal(size=(3, 1))

    def cost(w1: np.ndarray, w2: np.ndarray) -> float:
        outputs = 1 / (1 + np.exp(-(INPUTS @ w1))) @ w2
        return float(np.sum((outputs - ANSWERS) ** 2)) / 2

    d1, d2, step = rng.normal(size=(2, 3)), rng.normal(size=(3, 1)), 1e-6
    ahead, behind = cost(w1 + step * d1, w2 + step * d2), cost(w1 - step * d1, w2 - step * d2)
    old1, old2 = w1.copy(), w2.copy()
    mended_step(w1, w2)
    along = -((w1 - old1) * d1).sum() - ((w2 - old2) * d2).sum()
    assert along / LEARNING_RATE == pytest.approx((ahead - behind) / (2 * step), rel=1e-6)


def test_epochs_in_between_are_noted() -> None:
    record = train_xor(mended_step, epochs=7, every=3)
    assert_array_equal(record.epochs, [0, 3, 6])


def test_an_epoch_that_was_not_noted_has_no_figures() -> None:
    with pytest.raises(ValueError, match="unpack"):
        train_xor(mended_step, epochs=7, every=3).at(1)
