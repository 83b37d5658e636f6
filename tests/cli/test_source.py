"""A user's own pictures, from the folder to the run and all that is asked of it."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import Preparation, read_manifest
from homespun.report import write_report
from homespun.storage import load

Command = Callable[..., Any]
SMALL = ("--recipe", "mlp", "--epochs", 2, "--image-size", 12, "--threads", 1)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_cache: Path) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    # one test alone draws the whole page, which takes seconds
    module = importlib.import_module("homespun.cli.train")
    monkeypatch.setattr(module, "write_report", lambda run, *_: write_report(run))


def last_words(outcome: Any) -> str:
    """The line in which bad input ends, after those that tell how far it came."""
    assert (outcome.status, outcome.out) == (2, "")
    return str(outcome.err.splitlines()[-1])


def test_a_run_on_own_pictures_from_end_to_end(homespun: Command, pictures_in: Any) -> None:
    root = pictures_in.classes(12)
    done = homespun("train", root, *SMALL, "--json")
    assert done.status == 0
    told = json.loads(done.out)
    assert told["folder"] == str(root)
    assert (told["image_size"], told["validation"]) == (12, None)
    assert (told["n"], told["judged_on"]) == (9, "validation part")
    assert "5 classes; 51 pictures to train on, 9 to validate, 0 to test" in done.err
    record = json.loads(Path("runs/mlp-1/run.json").read_text())
    manifest = read_manifest("runs/mlp-1/manifest.csv")
    assert record["data"]["manifest"] == manifest.sha256()
    assert record["data"]["in_shape"] == [12, 12, 3]
    assert len(manifest.rows) == 60
    model = load("runs/mlp-1/model.safetensors")
    assert model.preparation == Preparation.plain()
    assert model.record["settings"]["folder"] == "my pictures"
    assert str(root) not in Path("runs/mlp-1/README.md").read_text()

    again = homespun("train", root, *SMALL, "--run", "runs/mlp-1")
    assert "has already ended" in again.err
    assert "9 pictures of the validation part" in again.out
    assert "the best epoch was chosen by these" in again.out
    evaluated = json.loads(homespun("evaluate", "runs/mlp-1", "--json").out)
    assert (evaluated["n"], evaluated["accuracy"]) == (9, told["accuracy"])
    assert homespun("reproduce", "runs/mlp-1").out.startswith("bit-identical")


def test_the_page_of_such_a_run(homespun: Command, pictures_in: Any) -> None:
    root = pictures_in.classes(12, ("a", "b"))
    homespun("train", root, *SMALL, "--run", "one")
    done = homespun("report", "one", "--threads", 1)
    assert (done.status, "without pictures" in done.err) == (0, False)
    page = Path("one/report.html").read_text(encoding="utf-8")
    assert "validation part" in page
    root.rename(root.with_name("moved"))
    assert "without pictures, since the data are missing" in homespun("report", "one").err
    assert homespun("reproduce", "one", "--data", root.with_name("moved")).status == 0


def test_given_parts_are_judged_on_the_test_part(homespun: Command, pictures_in: Any) -> None:
    for part, n in (("train", 9), ("val", 3), ("test", 5)):
        pictures_in.classes(n, ("a", "b"), f"{part}/")
        for path in (pictures_in.root / part).glob("*/*"):  # no twin of another part
            number = {"train": 100, "val": 200, "test": 300}[part] + int(path.stem)
            pictures_in.save(f"{part}/{path.parent.name}/{path.stem}.png", 0, number)
            path.with_suffix(".jpg").unlink(missing_ok=True)
    told = json.loads(homespun("train", pictures_in.root, *SMALL, "--json").out)
    assert (told["judged_on"], told["n"]) == ("test part", 10)
    data = json.loads(Path("runs/mlp-1/run.json").read_text())["data"]
    assert (data["n_train"], data["n_validation"], data["n_test"]) == (18, 6, 10)


def test_an_interrupted_run_goes_on_with_its_own_pictures(
    homespun: Command, pictures_in: Any
) -> None:
    root = pictures_in.classes(12)
    unbroken = json.loads(homespun("train", root, *SMALL, "--run", "unbroken", "--json").out)
    homespun("train", root, *SMALL, "--time-limit", "0")
    pictures_in.classes(4, ("a new class",))  # what came since is no part of the run
    told = json.loads(homespun("train", root, *SMALL, "--json").out)
    assert (told["run"], told["finished"]) == ("runs/mlp-1", True)
    assert told["weight_hash"] == unbroken["weight_hash"]
    assert homespun("reproduce", "unbroken").status == 0
    shutil.copy(root / "hat" / "000.jpg", root / "hat" / "001.jpg")
    assert "hat/001.jpg is another picture" in last_words(homespun("reproduce", "unbroken"))


def test_what_does_not_go_together_is_one_line(homespun: Command, pictures_in: Any) -> None:
    root = pictures_in.classes(12, ("a", "b"))
    homespun("train", root, *SMALL, "--run", "one", "--time-limit", "0")
    cases = {
        ("--image-size", 16): "--image-size is for folders of pictures",
        (root, "--image-size", 1000): "must be from 8 to 512 pixels, got 1000",
        (root, "--run", root / "a" / "run"): "would lie among the pictures",
        (root.with_name("missing"),): "missing: is not there; name a folder of pictures",
        ("--resume", "one", "--image-size", 16): "--image-size 16: the run in one was begun with",
        (root, "--validation", 0): "too few to judge by",
        (root, "--data", root): "both name a folder; name one",
        ("pictures \udcff",): "has a name that is no Unicode",
    }
    for arguments, problem in cases.items():
        assert problem in last_words(homespun("train", *arguments)), arguments
    assert "holds a run with other settings" in homespun("train", "--run", "one").complaint
    assert not (root / "a" / "run").exists()


def test_evaluate_takes_a_folder(homespun: Command, pictures_in: Any) -> None:
    root = pictures_in.classes(12, ("a", "b"))
    homespun("train", root, *SMALL, "--run", "one")
    assert (
        "no picture that the model was not made with"
        in homespun("evaluate", "one", root).complaint.splitlines()[-1]
    )
    for label, name in enumerate(("a", "b")):
        pictures_in.save(f"{name}/new.png", label, 90)
    done = homespun("evaluate", "one", root, "--json")
    assert json.loads(done.out)["n"] == 2
    assert "24 pictures are left out: the model was made with them" in done.err
    model = load("one/model.safetensors")
    assert np.array(json.loads(done.out)["confusion"]).sum() == 2
    assert model.class_names == ("a", "b")
    pictures_in.save("c/new.png", 2, 91)
    assert "class c is none that the model knows" in homespun("evaluate", "one", root).complaint
    assert "leave out" in homespun("evaluate", "one", root, root / "labels").complaint


def test_check_and_show(homespun: Command, pictures_in: Any) -> None:
    root = pictures_in.classes(8)
    sound = homespun("data", "check", root)
    assert (sound.status, sound.out.splitlines()[-1]) == (0, "no faults")
    for name in ("Röcke & Hosen", "t-shirt"):
        assert name in sound.out
    shown = homespun("data", "show", root, "--json")
    told = json.loads(shown.out)
    assert told["picture"] == "my pictures.png"
    assert sum(told["counts"]["coat"].values()) == 8
    assert Path("my pictures.png").read_bytes().startswith(b"\x89PNG")
    for number in range(11):
        (root / "coat" / f"text {number:02}.jpg").write_text("no picture")
    faulty = homespun("data", "check", root)
    assert faulty.status == 1
    assert "cannot be read: 11\n  coat/text 00.jpg: " in faulty.out
    assert "  and 1 more; --json lists all\n" in faulty.out
    assert faulty.out.splitlines()[-1] == "fault: files that cannot be read: 11"
    told = json.loads(homespun("data", "check", root, "--json").out)
    assert (told["ok"], len(told["unreadable"])) == (False, 11)
    assert (
        "is a folder of pictures already"
        in homespun("data", "check", root, "--data", root).complaint
    )
