from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from homespun.estimators.targets import ManyLabels, OneLabel, targets_of
from homespun.nn import BinaryCrossEntropy, SoftmaxCrossEntropy


def test_one_label():
    y, targets = targets_of(np.array(["shoe", "bag", "shoe"]), "auto")
    assert isinstance(targets, OneLabel)
    assert targets.encode(y).tolist() == [1, 0, 1]
    assert targets.decode(np.array([[0.4, 0.6], [0.9, 0.1]]), 0.7).tolist() == ["shoe", "bag"]
    smooth = SoftmaxCrossEntropy(label_smoothing=0.1)
    assert targets.choose_loss(smooth) is smooth


@pytest.mark.parametrize("unknown", ["aaa", "hat", "zzz"])
def test_a_label_without_a_class_is_refused(unknown):
    _, targets = targets_of(np.array(["shoe", "bag"]), "auto")
    with pytest.raises(ValueError, match="has classes not in"):
        targets.encode(np.array(["bag", unknown]))


@pytest.mark.parametrize("make", [np.array, lambda y: csr_array(np.array(y))])
def test_many_labels(make):
    Y, targets = targets_of(make([[1, 0, 1], [0, 0, 0]]), "auto")
    assert isinstance(targets, ManyLabels)
    assert targets.encode(Y).tolist() == [[1, 0, 1], [0, 0, 0]]
    probabilities = np.array([[0.5, 0.49, 0.9]])
    assert targets.decode(probabilities, 0.5).tolist() == [[1, 0, 1]]
    assert targets.decode(probabilities, [0.6, 0.4, 0.9]).tolist() == [[0, 1, 1]]
    assert targets.choose_loss(SoftmaxCrossEntropy()) == BinaryCrossEntropy()
    with pytest.raises(ValueError, match="a column for each of 3 labels"):
        targets.encode(np.zeros((2, 4)))


def test_logits_become_decisions():
    logits = np.array([[1.0, 3.0], [2.0, 1.5]])
    two, three = (targets_of(np.arange(n), "auto")[1] for n in (2, 3))
    assert two.decisions(logits).tolist() == [2.0, -0.5]
    assert three.decisions(np.eye(3)).tolist() == np.eye(3).tolist()
    _, many = targets_of(np.array([[1, 0], [1, 1]]), "auto")
    assert many.decisions(logits) is logits


def test_thresholds_are_one_for_each_label():
    _, many = targets_of(np.array([[1, 0], [1, 1]]), "auto")
    assert many.thresholds(0.25) == (0.25, 0.25)
    assert many.thresholds(np.array([0, 1])) == (0.0, 1.0)
    for wrong in ([0.5], [0.5, 0.5, 0.5], [0.5, -0.1], [0.5, np.nan]):
        with pytest.raises(ValueError, match="thresholds must be"):
            many.thresholds(wrong)
    assert targets_of(np.arange(2), "auto")[1].thresholds(0.5) is None


def test_a_single_column_may_be_many_labels():
    assert isinstance(targets_of(np.array([[1], [0]]), True)[1], ManyLabels)


def test_all_classes_may_be_named_beforehand():
    _, targets = targets_of(np.array([3, 1]), "auto", classes=[9, 3, 1])
    assert targets.classes.tolist() == [1, 3, 9]


def test_numbers_that_are_no_labels_are_refused():
    with pytest.raises(ValueError, match="Unknown label type"):
        targets_of(np.array([0.5, 1.25, 3.1]), "auto")
