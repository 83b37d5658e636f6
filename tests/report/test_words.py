from __future__ import annotations

from typing import Any

import pytest

from homespun.data import CLASS_NAMES
from homespun.report.trust import AsTrained
from homespun.report.words import Confused, most_confused, next_step, summary

TEST: dict[str, Any] = {
    "accuracy": 0.9,
    "interval": [0.85, 0.95],
    "n": 1000,
    "ece": 0.021,
    "per_class": {"cat": {}, "dog": {}},
    "confusion": [[450, 50], [1, 499]],
}
TRUST = {"test": {"yes": {"share": 0.8, "accuracy": 0.975}}}
RECORD: dict[str, Any] = {
    "settings": {"recipe": "mlp", "seed": 7},
    "data": {"n_train": 5000},
    "result": {
        "weights": 1234,
        "epochs": 1,
        "seconds": 61.4,
        "stopped": None,
        "test": TEST,
        "trust": TRUST,
    },
}


def row(accuracy: float, validation: float | None) -> dict[str, float | None]:
    return {"accuracy": accuracy, "validation_accuracy": validation}


def test_confused_pairs_come_most_first_and_right_answers_never() -> None:
    assert most_confused(TEST["confusion"], 5) == [
        Confused(0, 1, 50, 0.1),
        Confused(1, 0, 1, 0.002),
    ]
    assert most_confused([[3, 0], [0, 3]], 5) == []
    assert len(most_confused(TEST["confusion"], 1)) == 1


def test_the_summary_says_what_how_good_how_sure_and_what_next() -> None:
    what, good, sure, confused, following = summary(
        RECORD, [row(0.9, 0.9)], AsTrained(error=0.084, lean=0.08)
    )
    assert "recipe mlp (seed 7, 1,234 weights) was trained on 5,000 pictures of 2 classes" in what
    assert "1 epoch and 61 seconds" in what
    assert "90.00% of the 1,000" in good
    assert "85.00% to 95.00%" in good
    assert "differ by 2.1 points" in sure
    assert "too sure of itself, off by 8.4 points, until it was calibrated" in sure
    assert "calls 80% of its answers sure, and of those 97.5% are right" in sure
    assert "cat for dog (50 times, 10% of its pictures)" in confused
    assert "dog for cat (1 time," in confused
    assert following.startswith("What to try next: ")
    assert "too cautious" in summary(RECORD, [], AsTrained(error=0.1, lean=-0.1))[2]
    plain = RECORD | {"result": RECORD["result"] | {"trust": {"test": {"yes": {"accuracy": None}}}}}
    assert summary(plain, [], None)[2].endswith("(calibration error).")


def stopped(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"result": record["result"] | {"stopped": "interrupted"}}


@pytest.mark.parametrize(
    ("record", "history", "advice"),
    [
        (stopped(RECORD), [row(0.9, 0.9)], "run to its end"),
        (RECORD, [row(0.9, None)], "--validation"),
        (RECORD, [row(0.99, 0.9)] * 8, "9.0 points better"),
        (RECORD, [row(0.5, 0.4 + 0.05 * i) for i in range(8)], "more epochs"),
        (RECORD, [row(0.9, 0.9)] * 8, "stronger recipe"),
    ],
    ids=["stopped", "nothing held out", "overfit", "rising", "flat"],
)
def test_the_advice_fits_the_curves(
    record: dict[str, Any], history: list[dict[str, float | None]], advice: str
) -> None:
    assert advice in next_step(record, history)


def test_the_pictures_source_is_named_where_it_is_known() -> None:
    def what(settings: dict[str, Any], data: dict[str, Any]) -> str:
        record = {"settings": RECORD["settings"] | settings, "data": RECORD["data"] | data}
        return summary(RECORD | record, [], None)[0]

    assert "of 2 classes, in 1 epoch" in what({}, {})
    assert "classes (Fashion-MNIST), in" in what({}, {"class_names": list(CLASS_NAMES)})
    assert "classes (the folder my shoes), in" in what({"folder": "/home/me/my shoes"}, {})


def test_what_was_judged_is_named_and_a_chosen_part_is_no_proof() -> None:
    def good(part: str) -> str:
        data = RECORD["data"] | {"judged_on": part}
        return summary(RECORD | {"data": data}, [], None)[1]

    assert "pictures of the official test file rightly" in good("official test file")
    assert "may do worse" not in good("test part")
    assert "pictures of the validation part rightly" in good("validation part")
    assert "may do worse" in good("validation part")


def test_what_was_changed_of_the_recipe_is_told() -> None:
    changes = {"changes": {"lr": 0.05, "augment": False}}
    record = RECORD | {"settings": RECORD["settings"] | changes}
    assert "by the recipe mlp with lr 0.05, augment no (seed 7," in summary(record, [], None)[0]
