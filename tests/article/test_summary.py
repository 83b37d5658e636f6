from __future__ import annotations

import json
import math
from typing import Any

import pytest

from homespun.article.summary import N_SUMS


@pytest.fixture
def results(replayed: dict[str, Any]) -> dict[str, Any]:
    return replayed["results"]


def test_it_is_json(results: dict[str, Any]) -> None:
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_softmax_is_the_articles(results: dict[str, Any]) -> None:
    expected = [0.00214401, 0.0158422, 0.11705891, 0.86495488]
    assert results["softmax"] == pytest.approx(expected, abs=5e-9)


def test_xor_is_the_articles_even_when_quick(results: dict[str, Any]) -> None:
    xor = results["xor"]
    expected = [-1.77496016, 0.00586565, 0.00525699, 0.0003625, -0.00064657, 0.00189532]
    assert xor["printed"] == pytest.approx(expected, rel=1e-5, abs=5e-9)
    assert xor["epochs"] == [0, 5_000, 10_000, 15_000, 20_000, 25_000]
    assert xor["sse"][4] == pytest.approx(0.99, abs=0.005)
    assert xor["sse_mended"][1] == pytest.approx(0.0034, abs=5e-5)
    assert xor["answer"] == xor["answer_mended"] == 1
    for key in ("printed", "sse", "mended", "sse_mended"):
        assert len(xor[key]) == N_SUMS == 6


@pytest.mark.parametrize("run", ["run1", "run2", "mended"])
def test_each_run_has_its_figures(results: dict[str, Any], run: str) -> None:
    figures = results[run]
    for key in ("train", "test", "official", "highest_probability"):
        assert 0 <= figures[key] <= 1
    assert figures["seconds"] > 0
    assert len(figures["predictions"]) == 5
    assert figures["first_error"] > figures["last_error"] > 0


def test_the_faults_show_in_the_figures(results: dict[str, Any]) -> None:
    assert results["highest_possible"] == pytest.approx(math.e / (math.e + 9))
    assert results["run2"]["highest_probability"] < results["highest_possible"]
    assert results["mended"]["highest_probability"] > 0.5
    assert results["run2"]["first_penalty"] == pytest.approx(1647.9, abs=0.05)
    # The made test part has about as many pictures of each class: one answer is right for few.
    assert 0 <= results["run2"]["alone"] <= 0.25


def test_it_says_how_much_was_done_and_with_what(results: dict[str, Any]) -> None:
    assert results["quick"] is True
    assert (results["n_train"], results["n_test"], results["epochs"]) == (320, 80, 30)
    assert set(results["seconds"]) == {"xor", "tsne", "run1", "run2", "mended", "pictures"}
    assert "NumPy" in results["made_with"]
    assert "scikit-learn" in results["made_with"]
