from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from homespun.catalog import batch as batch_module
from homespun.catalog import predict_batch
from homespun.data import Preparation, prepare, read_photo
from homespun.errors import FileError, ShapeError
from homespun.models import Model

PIXELS = np.random.default_rng(0).integers(0, 256, (9, 12, 12, 3), dtype=np.uint8)


def test_rows_are_what_the_model_says_of_each_picture_alone(model: Model, model_file: Path) -> None:
    answers = predict_batch(PIXELS, model_file)
    assert (answers.dtype, answers.shape) == (np.float32, (9, 3))
    alone = [model.predict_proba(picture[np.newaxis])[0] for picture in PIXELS]
    np.testing.assert_array_equal(answers, alone)


@pytest.mark.parametrize("size", [1, 2, 4, 7])
def test_batches_of_any_size_give_the_same_bits(model_file: Path, size: int) -> None:
    parts = [predict_batch(PIXELS[i : i + size], model_file) for i in range(0, 9, size)]
    np.testing.assert_array_equal(np.concatenate(parts), predict_batch(PIXELS, model_file))
    assert predict_batch(PIXELS[:0], model_file).shape == (0, 3)


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "float32", "float64"])
def test_rows_of_numbers_of_any_type_are_pictures(model_file: Path, kind: str) -> None:
    rows = PIXELS.reshape(9, -1).astype(kind)
    np.testing.assert_array_equal(
        predict_batch(rows, model_file), predict_batch(PIXELS, model_file)
    )


def test_photos_come_as_bytes_or_paths_and_unreadable_ones_are_nan(
    model: Model, model_file: Path, tmp_path: Path, new_photo: Callable[[int], bytes]
) -> None:
    content = new_photo(5)
    (tmp_path / "a.png").write_bytes(content)
    pixels = prepare(read_photo(content), (12, 12, 3), Preparation.plain()).pixels
    expected = model.predict_proba(pixels[np.newaxis])[0]
    paths = [str(tmp_path / "a.png"), str(tmp_path / "gone.png")]
    batch = np.array([content, tmp_path / "a.png", paths[0], b"words", None, 3, paths[1]], object)
    answers = predict_batch(batch, model_file)
    np.testing.assert_array_equal(answers[:3], [expected] * 3)
    assert np.isnan(answers[3:]).all()
    text = predict_batch(np.array(paths), model_file)
    np.testing.assert_array_equal(text[0], expected)
    assert np.isnan(text[1]).all()


@pytest.mark.parametrize(
    ("batch", "problem"),
    [
        (PIXELS[0], r"got uint8 of shape \(12, 12, 3\)"),
        (PIXELS[:, :11], r"expected pictures of shape \(12, 12, 3\), or as rows of 432"),
        (PIXELS[..., 0], "got uint8 of shape"),
        (np.float32(3), "got float32 of shape"),
        (PIXELS / 255, "whole numbers from 0 to 255"),
        (PIXELS.astype(int) + 1, "whole numbers from 0 to 255"),
        (np.full((2, 12, 12, 3), np.nan), "whole numbers from 0 to 255"),
        (PIXELS.astype(complex), "got complex128"),
    ],
)
def test_what_is_no_batch_is_one_line(model_file: Path, batch: np.ndarray, problem: str) -> None:
    with pytest.raises(ShapeError, match=problem):
        predict_batch(batch, model_file)


def test_a_model_is_read_once_and_again_when_its_file_changes(
    model_file: Path, other_model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    real = batch_module.load

    def load(path: str) -> Model:
        loads.append(path)
        return real(path)

    monkeypatch.setattr(batch_module, "load", load)
    copy = tmp_path / "model.safetensors"
    copy.write_bytes(model_file.read_bytes())
    first = predict_batch(PIXELS, copy)
    np.testing.assert_array_equal(predict_batch(PIXELS, str(copy)), first)
    assert len(loads) == 1
    copy.write_bytes(other_model_file.read_bytes())
    assert (predict_batch(PIXELS, copy) != first).any()
    with pytest.raises(FileError):
        predict_batch(PIXELS, tmp_path / "gone")


def test_it_needs_no_optional_library() -> None:
    code = (
        "import sys, numpy as np; from homespun.catalog import predict_batch;"
        "predict_batch(np.zeros((1, 28, 28), np.uint8));"
        "print(*{name.split('.')[0] for name in sys.modules} & {'pyarrow', 'ray', 'dask'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
