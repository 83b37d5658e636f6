"""The examples in docs/ run, and each table names what there is."""

from __future__ import annotations

import doctest
import inspect
import re
import runpy
from pathlib import Path

import pytest
from sklearn.neural_network import MLPClassifier

from homespun import ImageClassifier

PAGE = Path(__file__).parent.parent / "docs" / "coming-from-mlpclassifier.md"


def section(title: str) -> str:
    return PAGE.read_text().split(f"### {title}\n")[1].split("\n#")[0]


def test_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testfile(str(PAGE), module_relative=False)
    assert outcome.attempted > 30
    assert outcome.failed == 0
    assert (tmp_path / "learning-rates.png").exists()


def test_every_argument_of_both_sides_is_in_the_table() -> None:
    told = set(re.findall(r"`(\w+)(?:=|`)", section("Arguments")))
    for estimator in (MLPClassifier, ImageClassifier):
        arguments = set(inspect.signature(estimator.__init__).parameters) - {"self"}
        assert arguments <= told


def test_every_attribute_of_mlp_classifier_is_in_the_table() -> None:
    named = re.findall(r"(?m)^ +(\w+_) :", MLPClassifier.__doc__ or "")
    told = section("Attributes")
    assert len(named) > 10
    assert [name for name in named if f"`{name}`" not in told] == []


def test_every_method_of_both_sides_is_in_the_table() -> None:
    told = set(re.findall(r"`(\w+)", section("Methods")))
    for estimator in (MLPClassifier, ImageClassifier):
        methods = {name for name, _ in inspect.getmembers(estimator, inspect.isfunction)}
        assert {name for name in methods if not name.startswith("_")} <= told


def test_the_page_that_comes_with_the_package_is_this_one() -> None:
    pages = runpy.run_path(str(PAGE.with_name("pages.py")))
    assert pages["PAGE"].read_text(encoding="utf-8") == pages["render"](), "run: make pages"
