import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.metrics import log_loss

from homespun.errors import SettingError, ShapeError
from homespun.nn import BinaryCrossEntropy, SoftmaxCrossEntropy, SquaredError
from homespun.testing import check_loss

RNG = np.random.default_rng(3)
LOGITS = RNG.standard_normal((6, 4))
LABELS = np.array([0, 1, 2, 3, 3, 0])
QUESTIONS = (RNG.random((6, 4)) < 0.5).astype(float)


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (SoftmaxCrossEntropy(), LABELS),
        (SoftmaxCrossEntropy(label_smoothing=0.1), LABELS),
        (BinaryCrossEntropy(), QUESTIONS),
        (SquaredError(), LOGITS[::-1]),
    ],
    ids=["softmax", "smoothed", "binary", "squared"],
)
def test_loss_keeps_the_contract(loss, targets):
    check_loss(loss, LOGITS, targets)


def test_softmax_cross_entropy_is_scikit_learns():
    even = np.full(6, 1 / 6)
    loss, _ = SoftmaxCrossEntropy()(LOGITS, LABELS, even)
    probabilities = SoftmaxCrossEntropy().probabilities(LOGITS)
    np.testing.assert_allclose(loss, log_loss(LABELS, probabilities))


def test_label_smoothing_by_its_definition():
    smooth = 0.2
    targets = np.full((6, 4), smooth / 4)
    targets[np.arange(6), LABELS] += 1 - smooth
    expected = -(targets * log_softmax(LOGITS, axis=1)).sum()
    loss, _ = SoftmaxCrossEntropy(smooth)(LOGITS, LABELS, np.ones(6))
    np.testing.assert_allclose(loss, expected)


def test_binary_cross_entropy_is_scikit_learns():
    loss, _ = BinaryCrossEntropy()(LOGITS, QUESTIONS, np.ones(6))
    each = [
        log_loss([t], [[1 - p, p]], labels=[0, 1])
        for t, p in zip(
            QUESTIONS.ravel(), BinaryCrossEntropy().probabilities(LOGITS).ravel(), strict=True
        )
    ]
    np.testing.assert_allclose(loss, sum(each))


def test_squared_error_by_hand():
    loss, dlogits = SquaredError()(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]), np.array([2.0]))
    assert loss == 2 * 0.5 * 4
    assert dlogits.tolist() == [[4, 0]]


def test_odd_settings_and_shapes_are_refused():
    with pytest.raises(SettingError, match="label_smoothing"):
        SoftmaxCrossEntropy(1.0)
    with pytest.raises(ShapeError, match="expected logits"):
        SoftmaxCrossEntropy()(LOGITS, QUESTIONS, np.ones(6))
