from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from homespun.data import CLASS_NAMES
from homespun.report import write_report
from homespun.report.model_card import plain
from homespun.runs import RunFolder


@pytest.fixture(scope="module")
def card(full_page: Path) -> str:
    return (full_page.parent / "README.md").read_text(encoding="utf-8")


def test_the_head_is_yaml_that_names_run_and_accuracy(card: str, finished_run: RunFolder) -> None:
    nothing, head, _ = card.split("---\n", 2)
    assert nothing == ""
    said = yaml.safe_load(head)
    assert said["pipeline_tag"] == "image-classification"
    assert "license" not in said, "of other pictures than Fashion-MNIST we know none"
    (model,) = said["model-index"]
    assert model["name"] == "mlp <1>"
    accuracy = finished_run.read_record()["result"]["test"]["accuracy"]
    assert model["results"][0]["metrics"] == [{"type": "accuracy", "value": round(accuracy, 4)}]


def test_it_says_data_use_measures_calibration_and_limits(card: str) -> None:
    for title in ("Data", "Intended use", "Measures", "Calibration", "Limits", "Made by"):
        assert f"\n## {title}\n" in card
    assert "100 pictures to train on, 20 held out to choose by, 120 to judge by" in card
    assert "fitted on the validation part" in card
    assert "as trained it was" in card
    assert "\n| unlike | " in card
    assert r"| \<b\>\& |" in card
    assert "homespun train --recipe mlp --seed 1 --epochs 2 --validation 20" in card


def test_a_run_that_held_nothing_out_claims_no_calibration(run_copy: RunFolder) -> None:
    write_report(run_copy)
    assert "as trained it was" not in run_copy.card.read_text(encoding="utf-8")  # nobody looked
    record = json.loads(run_copy.record.read_text())
    record["result"]["trust"] |= {"sure_from": None, "rejection": None}
    run_copy.record.write_text(json.dumps(record))
    write_report(run_copy)
    assert "Nothing was calibrated" in run_copy.card.read_text(encoding="utf-8")


def test_the_card_of_fashion_mnist_names_data_and_licence(run_copy: RunFolder) -> None:
    record = json.loads(run_copy.record.read_text())
    record["data"]["class_names"] = list(CLASS_NAMES)
    run_copy.record.write_text(json.dumps(record))
    write_report(run_copy)
    said = yaml.safe_load(run_copy.card.read_text(encoding="utf-8").split("---\n")[1])
    assert (said["license"], said["datasets"]) == ("mit", ["fashion_mnist"])
    assert said["model-index"][0]["results"][0]["dataset"]["type"] == "fashion_mnist"


def test_signs_of_markdown_and_lines_are_only_text() -> None:
    assert plain("a*b|<i>\n# c") == r"a\*b\|\<i\> \# c"
