from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from homespun.cli import main
from homespun.data import Dataset
from homespun.report import write_report
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    status: int | str | None
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line in which bad input ends."""
        assert (self.status, self.out) == (2, "")
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        return self.err


Command = Callable[..., Outcome]


@pytest.fixture
def homespun(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """(arguments) -> outcome of the command line in this process, which saves a second of start."""

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["homespun", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        return Outcome(ended.value.code, written.out, written.err)

    return call


def run_command(*arguments: object, cwd: Path) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "homespun", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def real_homespun() -> Command:
    """(arguments, cwd=folder) -> outcome of the command line in a process of its own."""
    return run_command


@dataclass(frozen=True)
class Trained:
    """One training run by the real command line on the real data."""

    folder: Path
    outcome: Outcome

    @property
    def model(self) -> Path:
        return self.folder / "model.safetensors"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    cwd = tmp_path_factory.mktemp("a place")
    choices = {"--recipe": "mlp", "--seed": 7, "--epochs": 1, "--run": "runs/first"}
    outcome = run_command("train", *chain(*choices.items()), "--json", cwd=cwd)
    return Trained(cwd / "runs" / "first", outcome)


@pytest.fixture
def few_pictures(
    fashion_mnist: tuple[Dataset, Dataset], monkeypatch: pytest.MonkeyPatch
) -> tuple[Dataset, Dataset]:
    """600 and 300 of the real pictures, which training commands take for all that there are."""
    train, test = fashion_mnist
    few = train.take(slice(600)), test.take(slice(300))
    source = importlib.import_module("homespun.cli.source")
    monkeypatch.setattr(source, "load_fashion_mnist", lambda *_, **__: few)
    # Only the `trained` run draws its whole page, which takes some seconds.
    monkeypatch.setattr(
        importlib.import_module("homespun.cli.train"),
        "write_report",
        lambda run, *_: write_report(run),
    )
    return few


@pytest.fixture
def killed_run(tmp_path: Path) -> RunFolder:
    """A run that ended before it had a model."""
    folder = RunFolder(tmp_path / "killed")
    folder.path.mkdir()
    folder.write_record(Settings("mlp", 0, 1, 50), {"data": {}, "made_with": {}})
    return folder


@pytest.fixture(scope="session")
def small_run(
    fashion_mnist: tuple[Dataset, Dataset], tmp_path_factory: pytest.TempPathFactory
) -> RunFolder:
    """A run on 600 real pictures, by Python."""
    train, test = fashion_mnist
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "small")
    few = train.take(slice(600)), test.take(slice(300))
    execute(folder, Settings("mlp", seed=1, epochs=1, validation=50), *few)
    return folder
