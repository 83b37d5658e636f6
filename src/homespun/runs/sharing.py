"""What the ranks of a run share before its first step: the job, and where it stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from homespun.data import Dataset
from homespun.runs.folder import Settings
from homespun.runs.job import Job
from homespun.training import Ranks
from homespun.training.ranks import check_same


def share_job(settings: Settings, load: Callable[[], Dataset], ranks: Ranks) -> Job:
    """Return the job of these settings, the same on all ranks; pictures are there once a host.

    Args:
        settings: of the run.
        load: returns the training file; called on one rank of each host.
        ranks: who trains together.

    Raises:
        SettingError: the settings do not fit the data, or another host has other pictures.
    """
    job = ranks.once_a_host(lambda: Job.of(settings, load()))
    digest = np.frombuffer(job.about_data["sha256"].encode(), np.uint8)
    check_same(ranks, digest, "the pictures")
    return job
