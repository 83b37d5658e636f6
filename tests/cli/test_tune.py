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

from homespun.cli import tuning
from homespun.data import Dataset
from homespun.runs.folder import RunFolder

Command = Callable[..., Any]
Pictures = tuple[Dataset, Dataset]

SMALL = ("tune", "--recipe", "mlp", "--epochs", 1, "--validation", 50, "--threads", 1)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def draw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave pages empty: drawing them takes longer than the few pictures take to train on."""
    for module, name in (("train", "write_report"), ("tuning", "write_search")):
        command = sys.modules[f"homespun.cli.{module}"]
        monkeypatch.setattr(command, name, lambda folder, *_: folder.report.touch())


@pytest.fixture
def _no_page(few_pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_nothing(monkeypatch)


def without_times(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [row | {"seconds": None} for row in told["trials"]]


def test_the_best_run_is_kept_and_can_be_reproduced(
    homespun: Command, few_pictures: Pictures
) -> None:
    done = homespun(*SMALL, "--trials", 3, "--json")
    assert done.status == 0
    told = json.loads(done.out)
    assert (told["study"], told["recipe"], told["counts"]) == (
        "runs/tune-1",
        "mlp",
        {"complete": 3},
    )
    best, run = told["best"], told["run"]
    assert best["accuracy"] == max(row["accuracy"] for row in told["trials"])
    assert (run["run"], run["n"]) == (f"runs/tune-1/trial-{best['trial']}", 300)
    assert run["as_tried"]
    assert run["weight_hash"] == best["weight_hash"]
    assert {path.name for path in Path(run["run"]).iterdir()} >= {"report.html", "README.md"}
    assert homespun("reproduce", run["run"]).out.startswith("bit-identical")
    # what the search tells is the command of an ordinary training
    command = best["command"].split()[1:]
    again = json.loads(homespun(*command, "--run", "again", "--json").out)
    assert again["weight_hash"] == best["weight_hash"]


@pytest.mark.usefixtures("_no_page")
def test_the_same_command_finds_the_same_and_a_study_goes_on(
    homespun: Command, few_pictures: Pictures
) -> None:
    first = json.loads(homespun(*SMALL, "--trials", 2, "--json").out)
    other = json.loads(homespun(*SMALL, "--trials", 2, "--json").out)
    assert other["study"] == "runs/tune-2"
    assert without_times(other) == without_times(first)
    more = json.loads(homespun("tune", "--study", "runs/tune-1", "--trials", 3, "--json").out)
    assert without_times(more)[:2] == without_times(first)
    assert more["counts"] == {"complete": 3}


@pytest.mark.usefixtures("_no_page")
def test_people_are_shown_a_table_and_where_things_lie(
    homespun: Command, few_pictures: Pictures
) -> None:
    done = homespun(*SMALL, "--trials", 2, "--set", "augment=no", "--study", "a study")
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0].strip() == "2 complete"
    assert re.search(r"trial +state +held out +batch_size +label_smoothing +lr", done.out)
    assert re.search(r"(?m)^best     trial [01]: [\d.]+% of the held-out pictures$", done.out)
    assert re.search(r"(?m)^again    homespun train --recipe mlp .*--set augment=no", done.out)
    assert re.search(r"(?m)^run      a study/trial-[01]$", done.out)
    assert "% on the 300 pictures of the official test file (95% interval" in done.out
    assert lines[-2:] == ["trials   a study/trials.csv", "report   a study/report.html"]
    assert done.err.splitlines()[0] == "searching around mlp (seed 0) in a study"
    assert "augment" not in Path("a study/trials.csv").read_text(), "what is set is not tried"


def test_the_test_file_is_not_looked_at_in_the_search(
    homespun: Command, few_pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the best run's training the test pictures might as well be empty."""
    train, _ = few_pictures
    nothing = Dataset(train.images[:0], train.labels[:0], train.class_names)
    source = importlib.import_module("homespun.cli.source")
    monkeypatch.setattr(source, "load_fashion_mnist", lambda *_, **__: (train, nothing))
    kept: list[Any] = []
    monkeypatch.setattr(tuning, "keep_best", lambda *parts, **_: kept.append(parts))
    monkeypatch.setattr(tuning, "has_ended", lambda record: False)
    monkeypatch.setattr(tuning, "write_search", lambda *_: None)
    with pytest.raises(AttributeError):  # of the run that is not there
        homespun(*SMALL, "--trials", 2)
    ((_, _, best, training_file, judged),) = kept
    assert best.state == "complete"
    assert len(training_file) == 600
    assert len(judged) == 0


@pytest.mark.usefixtures("_no_page")
def test_every_trial_failed_is_no_success(homespun: Command, few_pictures: Pictures) -> None:
    wild = ("--set", "lr=1e30", "--set", "batch_size=32")
    done = homespun(*SMALL, "--trials", 2, *wild, "--json")
    assert done.status == 1
    told = json.loads(done.out)
    assert (told["counts"], told["best"], told["run"]) == ({"failed": 2}, None, None)
    assert "the loss is nan" in told["trials"][0]["why"]
    again = homespun("tune", "--study", "runs/tune-1", "--trials", 2)
    assert (again.status, "no trial was complete" in again.out) == (1, True)


@pytest.mark.usefixtures("_no_page")
def test_the_time_limit_ends_the_search_and_trains_the_best(
    homespun: Command, few_pictures: Pictures
) -> None:
    homespun(*SMALL, "--trials", 1, "--study", "one")
    done = homespun("tune", "--study", "one", "--trials", 9, "--time-limit", "0", "--json")
    told = json.loads(done.out)
    assert (done.status, told["stopped"]) == (0, "the time limit is reached")
    assert told["run"]["run"] == "one/trial-0"
    assert done.err.splitlines()[-1] == (
        "ended early (the time limit is reached); to go on: homespun tune --study one"
    )


def test_ctrl_c_keeps_what_is_known(fashion_mnist: Pictures) -> None:
    small = ("--recipe", "mlp", "--epochs", "1", "--set", "width=0.0625")
    arguments = (*small, "--trials", "300", "--study", "one", "--json")
    with subprocess.Popen(
        [sys.executable, "-m", "homespun", "tune", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        while not Path("one/trials.csv").exists():  # after the first trial
            assert command.poll() is None
            time.sleep(0.02)
        time.sleep(0.3)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate()
    assert command.returncode == 0
    told = json.loads(out)
    assert told["stopped"] == "interrupted"
    assert told["counts"] == {"complete": len(told["trials"]) - 2, "interrupted": 1}
    assert told["best"]["state"] == "complete"
    assert told["run"] is None
    assert "ended early (interrupted); to go on: homespun tune --study one" in err
    assert Path("one/report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("--set lr", "expected NAME=VALUE"),
        ("--set lr=-1", "lr takes a number above 0, not -1.0"),
        ("--time-limit soon", "--time-limit: expected a time"),
        ("--recipe quick", "no recipe is called 'quick'"),
        ("--image-size 32", "--image-size is for folders of pictures"),
        ("--trials 0", "--trials"),
        ("pictures --data elsewhere", "both name a folder; name one"),
        ("pictures --study pictures/search", "name a place elsewhere with --study"),
        ("--study thesis", "thesis: holds other files"),
    ],
)
def test_what_cannot_work_is_one_line_and_leaves_nothing(
    homespun: Command, few_pictures: Pictures, tmp_path: Path, arguments: str, problem: str
) -> None:
    Path("thesis").mkdir()
    Path("thesis/text").write_text("years of work")
    assert problem in homespun("tune", *arguments.split()).complaint
    assert [path.name for path in tmp_path.rglob("*")] == ["thesis", "text"]


def test_a_search_without_held_out_pictures_is_refused(
    homespun: Command, few_pictures: Pictures
) -> None:
    done = homespun("tune", "--validation", 0)
    assert done.status == 2
    assert "judges by held-out pictures, and none are held out" in done.err.splitlines()[-1]
    assert not Path("runs").exists()


@pytest.mark.usefixtures("_no_page")
def test_a_study_takes_the_settings_that_it_was_begun_with(
    homespun: Command, few_pictures: Pictures
) -> None:
    homespun(*SMALL, "--trials", 1, "--study", "one", "--set", "lr=0.01")
    for option, value in (("--seed", 5), ("--epochs", 3), ("--recipe", "fast"), ("--set", "lr=1")):
        complaint = homespun("tune", "--study", "one", option, value).complaint
        assert f"{option} " in complaint
        assert "the search in one was begun with" in complaint
    assert "begun on Fashion-MNIST" in homespun("tune", "pictures", "--study", "one").complaint


def test_without_the_extra_it_is_said_which_is_missing(
    homespun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("homespun.tune.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "homespun.cli.tuning", raising=False)
    monkeypatch.delitem(sys.modules, "homespun.cli.tuning_result", raising=False)
    monkeypatch.delitem(sys.modules, "homespun.report.search", raising=False)
    monkeypatch.delitem(sys.modules, "homespun.report.figures.search", raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert "needs optuna, which is not installed" in homespun("tune").complaint


def test_a_folder_of_ones_own_keeps_its_pictures(
    homespun: Command, pictures_in: Any, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes into the folder later is none of the search's."""
    draw_nothing(monkeypatch)
    names = ("coat", "hat", "shoe")
    root = pictures_in.classes(14, names)
    own = ("--recipe", "fast", "--epochs", 1, "--threads", 1, "--image-size", 16, "--json")
    first = homespun("tune", root, *own, "--trials", 1, "--study", "one")
    assert first.status == 0, first.err
    told = json.loads(first.out)
    assert told["run"]["judged_on"] == "validation part"
    before = Path("one/manifest.csv").read_bytes()
    assert Path(told["run"]["run"], "manifest.csv").read_bytes() == before
    pictures_in.save("coat/new.jpg", 0, 99)
    more = json.loads(homespun("tune", "--study", "one", "--trials", 2, "--json").out)
    assert more["counts"] == {"complete": 2}
    assert Path("one/manifest.csv").read_bytes() == before
    assert RunFolder(Path(more["run"]["run"])).read_record()["data"]["n_train"] > 20
    assert os.path.samefile(told["folder"], root)
