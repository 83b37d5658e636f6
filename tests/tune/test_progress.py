from __future__ import annotations

import io

import pytest
from rich.console import Console

from homespun.data import Dataset
from homespun.runs.folder import Settings
from homespun.runs.job import Job
from homespun.training import train
from homespun.tune.progress import ShowTrial


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_for_terminals_and_works_for_one_trial_after_another(
    training_file: Dataset, is_terminal: bool
) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=80, _environ={})
    shown = ShowTrial(console)
    job = Job.of(Settings("fast", seed=3, epochs=2, validation=60), training_file)
    for _ in range(2):
        train(job.plan, job.data, job.validation, threads=1, callbacks=[shown])
    if is_terminal:
        assert "epoch 2/2" in out.getvalue()
        assert "held out" in out.getvalue()
    else:
        assert out.getvalue().strip() == ""
