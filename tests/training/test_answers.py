import numpy as np

from homespun.data import Dataset
from homespun.training.answers import count_right, most_confused

LOGITS = np.array([[2.0, 1.0, -1.0], [-3.0, -2.0, -4.0], [0.5, 0.25, 1.0]])


def test_the_highest_logit_is_the_answer():
    assert count_right(LOGITS, np.array([0, 1, 2])) == 3
    assert count_right(LOGITS, np.array([1, 1, 0])) == 1


def test_with_several_labels_all_must_be_right():
    right = np.array([[1, 1, 0], [0, 0, 0], [1, 1, 1]])
    assert count_right(LOGITS, right) == 3
    assert count_right(LOGITS, 1 - right) == 0
    assert count_right(LOGITS, right * [1, 1, 0]) == 2


def test_the_pair_confused_most_is_named_with_its_count() -> None:
    data = Dataset(np.zeros((5, 1, 1, 1), np.uint8), np.array([0, 0, 1, 2, 2]), ("a", "b", "c"))
    answers = np.array([0, 2, 2, 1, 1])
    logits = np.eye(3)[answers]
    assert most_confused(logits, data) == ("c", "b", 2)
    assert most_confused(np.eye(3)[data.labels], data) is None
