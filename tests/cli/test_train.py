from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.data import Dataset
from homespun.runs import RunFolder
from homespun.storage import load

Command = Callable[..., Any]
Pictures = tuple[Dataset, Dataset]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_json_has_the_promised_keys(trained: Any) -> None:
    assert trained.outcome.status == 0
    told = json.loads(trained.outcome.out)
    assert {
        "run", "recipe", "seed", "epochs", "seconds", "weights", "weight_hash", "accuracy", "n"
    } <= told.keys()  # fmt: skip
    assert told["run"] == "runs/first"
    assert (told["recipe"], told["seed"], told["epochs"], told["n"]) == ("mlp", 7, 1, 10_000)
    assert 0.75 < told["accuracy"] < 0.95
    parameters = load(trained.model).parameters
    assert told["weight_hash"] == parameters.weight_hash()
    assert told["weights"] == parameters.vector.size
    assert told["seconds"] > 0


def test_talk_goes_to_standard_error(trained: Any) -> None:
    lines = trained.outcome.err.splitlines()
    assert lines[-4] == "training mlp (seed 7) in runs/first"
    assert lines[-2] == "drawing the report"
    assert re.fullmatch(r"the page took [\d.]+ s and is [\d.]+ MB", lines[-1])
    pattern = (
        r"epoch   1/1  loss [\d.]+  accuracy [\d.]+%  validation [\d.]+ [\d.]+%  [\d,]+ images/s"
    )
    assert re.match(pattern, lines[-3])


def test_the_run_folder_holds_what_the_plan_says(trained: Any) -> None:
    names = {file.name for file in trained.folder.iterdir()}
    assert names == {
        "run.json", "metrics.csv", "model.safetensors", "costs.json", "report.html", "README.md"
    }  # fmt: skip


def test_a_finished_run_is_shown_again_and_not_run_again(homespun: Command, trained: Any) -> None:
    before = {file: file.stat().st_mtime_ns for file in trained.folder.iterdir()}
    again = homespun(
        "train", "--recipe", "mlp", "--seed", 7, "--epochs", 1, "--run", trained.folder, "--json"
    )
    assert again.status == 0
    assert again.err == f"this run has already ended in {trained.folder}; nothing to do\n"
    told = json.loads(trained.outcome.out)
    assert json.loads(again.out) == told | {"run": str(trained.folder)}
    assert before == {file: file.stat().st_mtime_ns for file in trained.folder.iterdir()}


def test_people_are_told_accuracy_and_where_things_lie(
    homespun: Command, few_pictures: Pictures
) -> None:
    done = homespun("train", "--epochs", 2, "--validation", 50)
    assert done.status == 0
    accuracy, model, report = done.out.splitlines()
    assert re.fullmatch(
        r"accuracy [\d.]+% on the 300 pictures of the official test file "
        r"\(95% interval [\d.]+% to [\d.]+%\)",
        accuracy,
    )
    assert model == "model    runs/fast-1/model.safetensors"
    assert report == "report   runs/fast-1/report.html"
    assert Path("runs/fast-1/report.html").is_file()
    assert [line[:11] for line in done.err.splitlines()] == [
        "training fa",
        "epoch   1/2",
        "epoch   2/2",
        "drawing the",
        "the page to",
    ]


def test_the_report_is_opened_if_asked_for(
    homespun: Command, few_pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    assert homespun("train", "--epochs", 1, "--validation", 50, "--open").status == 0
    assert opened == [Path("runs/fast-1/report.html").resolve().as_uri()]


def test_every_run_gets_a_folder_of_its_own(homespun: Command, few_pictures: Pictures) -> None:
    for _ in range(2):
        assert homespun("train", "--epochs", 1, "--validation", 50).status == 0
    assert sorted(folder.name for folder in Path("runs").iterdir()) == ["fast-1", "fast-2"]


def test_without_the_plotting_extra_the_report_is_missing_and_nothing_else(
    homespun: Command, few_pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    done = homespun("train", "--epochs", 1, "--validation", 50)
    assert done.status == 0
    assert "report" not in done.out
    assert "needs matplotlib" in done.err.splitlines()[-1]
    assert load("runs/fast-1/model.safetensors").class_names[0] == "T-shirt/top"


def test_ctrl_c_keeps_a_usable_model_and_shows_the_result(
    homespun: Command, fashion_mnist: Pictures, tmp_path: Path
) -> None:
    arguments = ("train", "--epochs", "30", "--run", "interrupted", "--json")
    with subprocess.Popen(
        [sys.executable, "-m", "homespun", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        while not Path("interrupted/metrics.csv").exists():  # the first sign of training
            assert command.poll() is None
            time.sleep(0.02)
        time.sleep(0.5)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate()
    assert command.returncode == 0
    told = json.loads(out)
    assert told["stopped"] == "interrupted"
    assert told["epochs"] == 0
    assert 0 < told["accuracy"] < 1
    assert "stopped early (interrupted); the best model so far is kept" in err
    model = load("interrupted/model.safetensors")
    assert model.parameters.weight_hash() == told["weight_hash"]
    _, test = fashion_mnist
    right = model.predict(test.images) == test.labels
    assert right.mean() == told["accuracy"]
    # the same command again goes on where it ended
    again = homespun(*arguments, "--time-limit", "0s")
    assert re.search(r"^going on after step \d+, in epoch 1$", again.err, flags=re.MULTILINE)
    assert "to go on: homespun train --resume interrupted" in again.err
    assert json.loads(again.out)["stopped"] == "the time limit is reached"


SMALL = ("train", "--recipe", "mlp", "--epochs", 2, "--validation", 50, "--json")


@pytest.fixture
def _no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing it takes longer than the few pictures take to train on."""
    monkeypatch.setattr(
        importlib.import_module("homespun.cli.train"), "write_report", lambda *_: None
    )


@pytest.mark.usefixtures("_no_report")
def test_the_same_command_goes_on_with_an_interrupted_run(
    homespun: Command, few_pictures: Pictures
) -> None:
    unbroken = json.loads(homespun(*SMALL, "--run", "unbroken").out)
    for step in (1, 2, 3):
        broken = homespun(*SMALL, "--time-limit", "0")
        assert broken.status == 0
        told = json.loads(broken.out)
        assert (told["run"], told["finished"]) == ("runs/mlp-1", False)
        assert "stopped early (the time limit is reached)" in broken.err
        assert broken.err.splitlines()[-1] == "to go on: homespun train --resume runs/mlp-1"
        assert (f"going on after step {step - 1}, " in broken.err) == (step > 1)
    resumed = homespun("train", "--resume", "runs/mlp-1", "--json")
    assert "going on after step 3, in epoch 1" in resumed.err
    told = json.loads(resumed.out)
    assert told["finished"]
    assert told["weight_hash"] == unbroken["weight_hash"]
    metrics = [Path(run, "metrics.csv").read_bytes() for run in ("unbroken", "runs/mlp-1")]
    assert metrics[0] == metrics[1]
    assert json.loads(homespun(*SMALL).out)["run"] == "runs/mlp-2", "a finished run stays"


@pytest.mark.usefixtures("_no_report")
def test_resume_takes_the_settings_of_the_run(homespun: Command, few_pictures: Pictures) -> None:
    homespun(*SMALL, "--seed", 4, "--run", "one", "--time-limit", "0")
    for option, value, begun in (("--seed", 5, 4), ("--epochs", 3, 2), ("--validation", 0, 50)):
        complaint = homespun("train", "--resume", "one", option, value).complaint
        assert f"{option} {value}: the run in one was begun with {begun}" in complaint
    assert "name it once" in homespun("train", "--resume", "one", "--run", "two").complaint
    assert "is not a run folder" in homespun("train", "--resume", "two").complaint
    told = json.loads(homespun("train", "--resume", "one", "--seed", 4, "--json").out)
    assert (told["seed"], told["epochs"], told["finished"]) == (4, 2, True)
    again = homespun("train", "--resume", "one", "--json")
    assert "this run has already ended in one; nothing to do" in again.err


@pytest.mark.usefixtures("_no_report")
def test_a_run_that_another_process_writes_is_left_alone(
    homespun: Command, few_pictures: Pictures, killed_run: RunFolder
) -> None:
    settings = ("--recipe", "mlp", "--seed", 0, "--epochs", 1, "--validation", 50)
    with killed_run.lock:
        complaint = homespun("train", *settings, "--run", killed_run.path).complaint
    assert f"is being written by process {os.getpid()} on" in complaint
    assert homespun("train", *settings, "--run", killed_run.path).status == 0


@pytest.mark.parametrize("option", ["--time-limit", "--checkpoint-every"])
def test_a_time_that_is_none_is_one_line(homespun: Command, option: str) -> None:
    complaint = homespun("train", option, "soon").complaint
    assert f"{option}: expected a time such as 90s, 20m or 1.5h, got 'soon'" in complaint
    assert not Path("runs").exists()


@pytest.mark.usefixtures("_no_report")
def test_what_is_set_is_kept_resumed_and_reproduced(
    homespun: Command, few_pictures: Pictures
) -> None:
    changed = (*SMALL, "--set", "width=0.5", "--set", "augment=no")
    told = json.loads(homespun(*changed, "--run", "one").out)
    assert told["changes"] == {"width": 0.5, "augment": False}
    # 784 pixels, 512 and 256 hidden units, 10 classes; a bias for each unit
    assert told["weights"] == 784 * 512 + 512 * 256 + 256 * 10 + 512 + 256 + 10
    assert homespun("reproduce", "one").out.startswith(
        f"bit-identical: weights {told['weight_hash']}"
    )
    assert homespun(*changed, "--run", "two", "--time-limit", "0").status == 0
    complaint = homespun("train", "--resume", "two", "--set", "width=0.25").complaint
    assert "--set {'width': 0.25}: the run in two was begun with {'width': 0.5" in complaint
    resumed = json.loads(homespun("train", "--resume", "two", "--json").out)
    assert resumed["weight_hash"] == told["weight_hash"]
    complaint = homespun(*SMALL, "--run", "one").complaint
    assert "holds a run with other settings" in complaint


@pytest.mark.usefixtures("_no_report")
def test_reproduce_says_whether_the_bits_are_the_same(
    homespun: Command, few_pictures: Pictures
) -> None:
    told = json.loads(homespun(*SMALL, "--run", "one").out)
    same = homespun("reproduce", "one", "--threads", 1)
    assert same.status == 0
    assert same.out == f"bit-identical: weights {told['weight_hash']}, and metrics.csv\n"
    Path("one", "metrics.csv").write_text("changed")
    other = homespun("reproduce", "one", "--json")
    assert other.status == 1
    shown = json.loads(other.out)
    assert (shown["identical"], shown["weight_hash"]) == (False, told["weight_hash"])
    assert shown["differences"] == ["metrics.csv differs from line 1 on"]


def test_a_run_with_other_settings_is_left_alone(homespun: Command, trained: Any) -> None:
    before = trained.model.read_bytes()
    complaint = homespun("train", "--seed", 8, "--epochs", 1, "--run", trained.folder).complaint
    assert "holds a run with other settings; choose another folder" in complaint
    assert trained.model.read_bytes() == before


def test_a_folder_with_other_files_is_left_alone(homespun: Command, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert "holds other files" in homespun("train", "--run", tmp_path).complaint
    assert "holds other files" in homespun("train", "--run", "thesis.txt").complaint
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_made_is_one_line(
    homespun: Command, few_pictures: Pictures, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    complaint = homespun("train", "--epochs", 1, "--validation", 50, "--run", "file/run")
    assert complaint.err.splitlines()[-1] == "homespun: file/run: cannot be made (Not a directory)"
    assert complaint.status == 2
    assert "too long" in homespun("train", "--run", "x" * 300).complaint


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [("--validation 600", "hold out"), (f"--seed {2**64}", "seed must lie between")],
)
def test_settings_that_do_not_fit_leave_no_folder(
    homespun: Command, few_pictures: Pictures, tmp_path: Path, arguments: str, problem: str
) -> None:
    done = homespun("train", "--epochs", 1, "--validation", 50, *arguments.split())
    assert done.status == 2
    assert done.out == ""
    assert len(done.err.splitlines()) == 2  # what it set out to do, and why it could not
    assert problem in done.err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", ["missing", "empty", "half", "broken"])
def test_a_data_folder_that_lacks_files_is_one_line(
    homespun: Command, tmp_path: Path, data: str
) -> None:
    for name in ("empty", "half", "broken"):
        Path(name).mkdir()
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
        Path("half", name).write_bytes(b"\0\0\x08\x01\0\0\0\x01\0")
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        Path("broken", f"{name}-ubyte").write_bytes(b"not IDX at all")
    complaint = homespun("train", "--data", data).complaint
    assert data in complaint
    assert not Path("runs").exists()


def test_a_damaged_record_is_one_line(homespun: Command, killed_run: RunFolder) -> None:
    killed_run.record.write_text('{"format": 1')
    assert "is not a run's record" in homespun("train", "--run", killed_run.path).complaint
