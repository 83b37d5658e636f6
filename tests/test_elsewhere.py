"""The recipes of docs/elsewhere.md are run, or say that they are not."""

from __future__ import annotations

import doctest
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from homespun.catalog import predict_batch

PAGE = Path(__file__).parent.parent / "docs" / "elsewhere.md"


def section(title: str) -> str:
    return PAGE.read_text().split(f"## {title}\n")[1].split("\n## ")[0]


def recipes(title: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", section(title), re.DOTALL)


def run(code: str, **names: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"__name__": "recipe", **names}
    exec(compile(code, str(PAGE), "exec"), known)
    return known


@pytest.fixture(autouse=True)
def _of_the_packaged_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where there are no runs


@pytest.fixture
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 28, 28), dtype=np.uint8)


def test_the_function_itself() -> None:
    outcome = doctest.testfile(str(PAGE), module_relative=False)
    assert outcome.attempted == 4
    assert outcome.failed == 0


def test_dask_arrays_get_the_answers_of_the_function(pictures: np.ndarray) -> None:
    pytest.importorskip("dask")
    of_zeros, _ = recipes("Dask")
    code = of_zeros.replace("np.zeros((1000, 28, 28), np.uint8)", "given")
    code = code.replace("chunks=(100, 28, 28)", "chunks=(25, 28, 28)")
    names = run(code, given=pictures)
    answers = names["answers"]
    assert answers.shape == (60, 10)
    assert answers.chunks == ((25, 25, 10), (10,))
    expected = predict_batch(pictures)
    np.testing.assert_array_equal(answers.compute(), expected)
    np.testing.assert_array_equal(names["labels"], expected.argmax(axis=1))


def test_dask_bags_of_photos(tmp_path: Path, pictures: np.ndarray) -> None:
    pytest.importorskip("dask")
    Image.fromarray(255 - pictures[0]).resize((112, 112)).save(tmp_path / "a.jpg")
    _, of_photos = recipes("Dask")
    rows = dict(run(of_photos)["rows"])
    assert set(rows) == {"a.jpg", "b.jpg"}
    content = (tmp_path / "a.jpg").read_bytes()
    (expected,) = predict_batch(np.array([content], object))
    np.testing.assert_array_equal(rows["a.jpg"], expected)
    assert np.isnan(rows["b.jpg"]).all()


@pytest.mark.parametrize("engine", ["Spark", "Polars"])
def test_what_was_not_run_says_so_and_is_python(engine: str) -> None:
    assert "**Not run here**" in section(engine)
    (code,) = recipes(engine)
    compile(code, str(PAGE), "exec")
    assert "predict_batch" in code


def test_what_sparks_recipe_makes_is_a_function_of_arrays(
    pictures: np.ndarray,
) -> None:
    (code,) = recipes("Spark")
    function = code[code.index("def make_predict_fn") :].split("\n\n\n")[0]
    found: Callable[..., Any] = run(f"from functools import partial\n\n{function}")[
        "make_predict_fn"
    ]
    assert found().keywords == {"model": "/shared/model.safetensors"}
    rows = pictures.reshape(60, 784).astype(np.float32)
    np.testing.assert_array_equal(found().func(rows), predict_batch(pictures))
