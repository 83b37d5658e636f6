from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from homespun.data import Dataset
from homespun.data.idx import encode_idx
from homespun.runs import RunFolder

Command = Callable[..., Any]
Pictures = tuple[Dataset, Dataset]


def check_answer(answer: dict[str, Any]) -> None:
    assert answer.keys() >= {"file", "label", "probability", "trust", "probabilities"}
    assert answer["trust"] in ("yes", "unsure", "unlike")
    assert len(answer["probabilities"]) == 10
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert answer["probability"] == max(answer["probabilities"].values())
    assert answer["probabilities"][answer["label"]] == answer["probability"]


def test_pictures_of_the_test_file(
    real_homespun: Command, trained: Any, fashion_mnist: Pictures
) -> None:
    _, test = fashion_mnist
    numbers = [0, 9999, 17]
    done = real_homespun("predict", *numbers, "--json", cwd=trained.folder.parents[1])
    assert (done.status, done.err) == (0, "")  # the newest run in runs/ was found
    answers = json.loads(done.out)
    for answer in answers:
        check_answer(answer)
    truths = [test.class_names[test.labels[number]] for number in numbers]
    assert [answer["truth"] for answer in answers] == truths
    assert [answer["file"] for answer in answers] == [f"test file, picture {n}" for n in numbers]


def test_pictures_of_an_idx_file_get_the_same_answers(
    homespun: Command, small_run: RunFolder, fashion_mnist: Pictures, tmp_path: Path
) -> None:
    _, test = fashion_mnist
    (tmp_path / "pictures").write_bytes(encode_idx(test.images[3:6, :, :, 0]))
    run = ("--run", small_run.path, "--json")
    of_file = json.loads(homespun("predict", tmp_path / "pictures", *run).out)
    of_test = json.loads(homespun("predict", 3, 4, 5, *run).out)
    assert [a["file"] for a in of_file] == [f"{tmp_path}/pictures, picture {i}" for i in range(3)]
    for one, other in zip(of_file, of_test, strict=True):
        check_answer(one)
        assert one["label"] == other["label"]
        assert one["probability"] == pytest.approx(other["probability"], rel=1e-4)


def test_people_get_a_line_a_picture(homespun: Command, small_run: RunFolder) -> None:
    lines = homespun("predict", 0, 1, "--run", small_run.path).out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "test file, picture 0",
        "test file, picture 1",
    ]
    assert lines[0].endswith("(truth: Ankle boot)")
    assert "%" in lines[0]
    assert "  trust: " in lines[0]


def test_pictures_that_are_none_are_one_line(
    homespun: Command, small_run: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "labels").write_bytes(encode_idx(np.zeros(3, np.uint8)))
    (tmp_path / "small").write_bytes(encode_idx(np.zeros((3, 20, 20), np.uint8)))
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "empty").mkdir()
    for picture, problem in {
        "10000": "the test file holds pictures 0 to 9999",
        "9" * 5000: "cannot be read",
        "nowhere.idx": "nowhere.idx: cannot be read",
        "1.5": "1.5: cannot be read",
        tmp_path / "labels": "are these labels?",
        tmp_path / "small": "got (20, 20, 1)",
        tmp_path / "photo.jpg": "photo.jpg",
        tmp_path / "empty": "is a folder without photos",
    }.items():
        assert problem in homespun("predict", picture, "--run", small_run.path).complaint


def save_photo(images: np.ndarray, path: Path) -> None:
    """Write a large photo of the picture (28, 28), dark on white."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(255 - images).resize((112, 112)).save(path)


@pytest.fixture
def photos(fashion_mnist: Pictures, tmp_path: Path) -> Path:
    """A folder with two photos, one of them further down, one file cut off, and one of words."""
    _, test = fashion_mnist
    folder = tmp_path / "my photos"
    save_photo(test.images[0, ..., 0], folder / "boot.png")
    save_photo(test.images[1, ..., 0], folder / "deep" / "down" / "Pullover.JPG")
    (folder / "broken.png").write_bytes((folder / "boot.png").read_bytes()[:60])
    (folder / "notes.txt").write_text("not a photo")
    return folder


def test_a_folder_of_photos_is_gone_through_and_what_is_unreadable_is_said(
    homespun: Command, small_run: RunFolder, photos: Path
) -> None:
    done = homespun("predict", photos, 0, "--model", small_run.path, "--json")
    assert done.status == 2
    assert done.err == "homespun: 1 of 4 files could not be read\n"
    first, broken, deep, number = json.loads(done.out)
    assert [first["file"], deep["file"]] == [
        str(photos / "boot.png"),
        str(photos / "deep" / "down" / "Pullover.JPG"),
    ]
    for answer in (first, deep, number):
        check_answer(answer)
    assert broken.keys() == {"file", "error"}
    assert broken["file"] == str(photos / "broken.png")
    assert "truth" in number


def test_a_model_file_may_be_named_too(
    homespun: Command, small_run: RunFolder, photos: Path
) -> None:
    outs = [
        homespun("predict", photos / "boot.png", "--model", model).out
        for model in (small_run.path, small_run.model)
    ]
    assert outs[0] == outs[1] != ""


def test_a_table_has_a_row_a_picture(homespun: Command, small_run: RunFolder, photos: Path) -> None:
    done = homespun("predict", photos, "--model", small_run.path, "--csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert done.status == 2
    assert [Path(row["file"]).name for row in rows] == ["boot.png", "broken.png", "Pullover.JPG"]
    assert list(rows[0])[:5] == ["file", "label", "probability", "trust", "error"]
    assert float(rows[0][rows[0]["label"]]) == float(rows[0]["probability"])
    assert rows[1]["error"] != "" == rows[1]["label"]
    assert "one" in homespun("predict", 0, "--csv", "--json", "--model", small_run.path).complaint


def test_people_may_see_more_classes(homespun: Command, small_run: RunFolder) -> None:
    line = homespun("predict", 0, "--model", small_run.path, "--top", 3).out
    shares = [float(share) for share in re.findall(r"([\d.]+)%", line)]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)


def test_a_picture_unlike_the_training_data_is_told_in_words(
    homespun: Command, small_run: RunFolder, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1, 28, 28), dtype=np.uint8)
    (tmp_path / "noise").write_bytes(encode_idx(noise))
    out = homespun("predict", tmp_path / "noise", "--model", small_run.path).out
    assert out.endswith("trust: not like the training data\n")


def test_steps_and_explanation_are_drawn(
    homespun: Command, small_run: RunFolder, photos: Path, tmp_path: Path
) -> None:
    drawn = [tmp_path / "steps.png", tmp_path / "explained.png"]
    options = ["--show", drawn[0], "--explain", drawn[1], "--model", small_run.path]
    assert homespun("predict", photos / "boot.png", *options).status == 0
    for path in drawn:
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 100
    for asked, problem in {
        (photos / "boot.png", 0): "draw one picture, and 2 are named",
        (0,): "was not prepared",
    }.items():
        assert problem in homespun("predict", *asked, *options).complaint
    assert homespun("predict", 0, *options[2:]).status == 0


def test_the_newest_run_answers(
    homespun: Command, small_run: RunFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("homespun.runs.find_model.packaged_model", lambda: None)
    assert "runs: holds no trained run yet" in homespun("predict", 0).complaint
    for name in ("good", "damaged"):
        shutil.copytree(small_run.path, tmp_path / "runs" / name)
    (tmp_path / "runs/damaged/model.safetensors").write_bytes(b"")
    os.utime("runs/damaged/model.safetensors", (1, 1))
    assert homespun("predict", 0).status == 0
    os.utime("runs/damaged/model.safetensors")
    assert "damaged/model.safetensors: is not a sound" in homespun("predict", 0).complaint


def test_a_run_that_is_none_is_one_line(homespun: Command, tmp_path: Path) -> None:
    assert "is not a run folder" in homespun("predict", 0, "--run", tmp_path).complaint


def test_a_phones_heic_under_another_name_is_told_for_what_it_is(
    homespun: Command, small_run: RunFolder, tmp_path: Path
) -> None:
    """Its first bytes are those of an IDX file."""
    (tmp_path / "photo.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1")
    answer = homespun("predict", str(tmp_path / "photo.jpg"), "--model", small_run.path)
    assert answer.status == 2
    assert "HEIC" in answer.err + answer.out


def test_flips_answer_with_mirror_images(
    homespun: Command, small_run: RunFolder, few_pictures: Any
) -> None:
    plain, both = (
        json.loads(homespun("predict", 0, *flips, "--run", small_run.path, "--json").out)
        for flips in ((), ("--flips",))
    )
    assert both[0]["probabilities"] != plain[0]["probabilities"]
    assert both[0]["probabilities"].keys() == plain[0]["probabilities"].keys()
