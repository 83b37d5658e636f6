from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.report import write_report
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute


@pytest.fixture(scope="session")
def pictures() -> Dataset:
    """Three classes of 6 x 6 pictures, whose names are markup, mathematics and a foreign script."""
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    images = rng.integers(0, 256, (120, 6, 6, 1), dtype=np.uint8)
    return Dataset(images, labels, ("<b>&", r"$\frac$", "Ärmel"))


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory, pictures: Dataset) -> RunFolder:
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "mlp <1>")
    execute(folder, Settings("mlp", seed=1, epochs=2, validation=20), pictures, pictures)
    return folder


@pytest.fixture(scope="session")
def full_page(
    finished_run: RunFolder, pictures: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page with all that model and data show, in a folder of the same name."""
    folder = copy_run(finished_run, tmp_path_factory.mktemp("full"))
    return write_report(folder, (pictures, pictures))


@pytest.fixture
def run_copy(finished_run: RunFolder, tmp_path: Path) -> RunFolder:
    """The finished run's record and metrics in a folder of the same name, to be changed."""
    folder = RunFolder(tmp_path / finished_run.path.name)
    folder.path.mkdir()
    for file in (finished_run.record, finished_run.metrics):
        (folder.path / file.name).write_bytes(file.read_bytes())
    return folder


def copy_run(run: RunFolder, where: Path) -> RunFolder:
    """Return a copy of what a run leaves when it ends."""
    folder = RunFolder(where / run.path.name)
    folder.path.mkdir()
    for file in (run.record, run.metrics, run.model):
        (folder.path / file.name).write_bytes(file.read_bytes())
    return folder
