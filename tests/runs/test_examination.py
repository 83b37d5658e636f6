from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import SettingError
from homespun.runs import RunFolder, Settings, examine
from homespun.runs.execute import execute
from homespun.storage import load


@pytest.fixture(scope="module")
def data() -> Dataset:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (90, 4, 4, 1), dtype=np.uint8)
    return Dataset(images, np.arange(90) % 3, ("a", "b", "c"))


@pytest.fixture(scope="module", params=[30, 0])
def run(data: Dataset, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest):
    folder = RunFolder(tmp_path_factory.mktemp("examined"))
    execute(folder, Settings("mlp", seed=4, epochs=1, validation=request.param), data, data)
    return folder, request.param


def test_the_parts_are_those_of_the_run(run: tuple[RunFolder, int], data: Dataset) -> None:
    folder, n_held_out = run
    found = examine(folder, data, data)
    assert len(found.train) == 90 - n_held_out
    model = load(folder.model)
    np.testing.assert_array_equal(found.test_logits, model.predict_logits(data.images))
    if not n_held_out:
        assert (found.validation, found.validation_logits, found.temperature) == (None, None, 1.0)
        return
    assert found.validation is not None
    held_out = data.images[found.validation_places]
    np.testing.assert_array_equal(found.validation.images, held_out)
    np.testing.assert_array_equal(found.validation_logits, model.predict_logits(held_out))
    assert not {p.tobytes() for p in held_out} & {p.tobytes() for p in found.train.images}
    assert found.temperature != 1.0


def test_the_test_part_has_no_say_in_the_temperature(
    run: tuple[RunFolder, int], data: Dataset
) -> None:
    folder, _ = run
    other = Dataset(data.images[::-1].copy(), (data.labels + 1) % 3, data.class_names)
    assert examine(folder, data, other).temperature == examine(folder, data, data).temperature


def test_other_data_are_refused(run: tuple[RunFolder, int], data: Dataset) -> None:
    with pytest.raises(SettingError, match="was trained on other data"):
        examine(run[0], data.take(slice(80)), data)
