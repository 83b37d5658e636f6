from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset, stratified_split
from homespun.runs.folder import Settings
from homespun.runs.job import Job


def test_pictures_are_held_out_by_the_settings(training_file: Dataset) -> None:
    job = Job.of(Settings("mlp", seed=3, epochs=1, validation=40), training_file)
    kept, held_out = stratified_split(training_file.labels, 40, 3)
    np.testing.assert_array_equal(job.held_out, held_out)
    np.testing.assert_array_equal(job.data.images, training_file.images[kept])
    assert job.validation is not None
    np.testing.assert_array_equal(job.validation.images, training_file.images[held_out])
    assert Job.of(Settings("mlp", 3, 1, 0), training_file).validation is None


@pytest.mark.parametrize("places", [[], [7], [3, 0, 399]])
def test_or_by_the_data_where_these_say_so(training_file: Dataset, places: list[int]) -> None:
    held_out = np.array(places, dtype=np.int64)
    about = {"source": "folder", "judged_on": "test part"}
    told = Dataset(
        training_file.images, training_file.labels, training_file.class_names, held_out, about
    )
    job = Job.of(Settings("mlp", seed=3, epochs=1, validation=None, folder="x"), told)
    np.testing.assert_array_equal(job.held_out, held_out)
    assert len(job.data) == 400 - len(places)
    if places:
        assert job.validation is not None
        np.testing.assert_array_equal(job.validation.labels, training_file.labels[places])
    assert job.about_data["n_validation"] == len(places)
    assert job.about_data["judged_on"] == "test part"
