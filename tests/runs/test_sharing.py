from __future__ import annotations

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import SettingError
from homespun.runs import Settings
from homespun.runs.job import Job
from homespun.runs.sharing import share_job
from homespun.training import ALONE
from homespun.training.ranks import Alone
from homespun.types import Array

SETTINGS = Settings("mlp", seed=7, epochs=1, validation=40)


class Second(Alone):
    """The second of two ranks, each on a host of its own."""

    rank, size = 1, 2

    def __init__(self, of_the_first: list[Array]) -> None:
        self.of_the_first = of_the_first

    def gather(self, piece: Array) -> Array:
        self.of_the_first.append(piece)
        return np.concatenate([self.of_the_first[0], piece])


def test_alone_the_job_is_that_of_the_settings(training_file: Dataset) -> None:
    shared, job = share_job(SETTINGS, lambda: training_file, ALONE), Job.of(SETTINGS, training_file)
    assert shared.about_data == job.about_data
    assert shared.data.images.tobytes() == job.data.images.tobytes()


def test_another_host_must_have_the_same_pictures(training_file: Dataset) -> None:
    of_the_first: list[Array] = []
    share_job(SETTINGS, lambda: training_file, Second(of_the_first))
    share_job(SETTINGS, lambda: training_file, Second(of_the_first))
    images = training_file.images.copy()
    images[3, 2, 1, 0] ^= 1
    other = Dataset(images, training_file.labels, training_file.class_names)
    with pytest.raises(SettingError, match="the pictures on rank 1 are not those on rank 0"):
        share_job(SETTINGS, lambda: other, Second(of_the_first))
