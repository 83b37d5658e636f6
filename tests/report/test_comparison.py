from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.errors import ModelFileError, SettingError
from homespun.report import write_comparison
from homespun.runs import RunFolder, Settings
from homespun.runs.execute import execute
from homespun.storage import load


@pytest.fixture(scope="module")
def second_run(finished_run: RunFolder, pictures: Dataset) -> RunFolder:
    folder = RunFolder(finished_run.path.parent / "second")
    execute(folder, Settings("mlp", seed=2, epochs=1, validation=20), pictures, pictures)
    return folder


def accuracy(run: RunFolder) -> float:
    return float(run.read_record()["result"]["test"]["accuracy"])


def test_runs_are_held_against_each_other_on_the_same_pictures(
    finished_run: RunFolder, second_run: RunFolder, pictures: Dataset, tmp_path: Path
) -> None:
    both = [finished_run, second_run]
    page = write_comparison(both, tmp_path / "page.html", (pictures, pictures))
    assert page == tmp_path / "page.html"
    html = page.read_text(encoding="utf-8")
    right = [
        load(run.model).predict(pictures.images) == pictures.labels
        for run in sorted(both, key=lambda run: (accuracy(run), run.path))
    ]
    only = [int(np.sum(right[0] & ~right[1])), int(np.sum(right[1] & ~right[0]))]
    assert f"<td>{only[0]}</td><td>{only[1]}</td>" in html
    for name in ("mlp &lt;1&gt;", "second", "seed", "epochs", "&lt;b&gt;&amp;"):
        assert name in html
    for run in both:
        assert run.read_record()["result"]["weight_hash"] in html
    assert html.count("<img") == html.count('alt="') == 3
    assert "//" not in html.replace("base64,", "").split("</style>")[0]
    again = write_comparison(both[::-1], tmp_path / "again.html", (pictures, pictures))
    assert again.read_text(encoding="utf-8") == html


def test_a_tie_is_called_a_tie(
    finished_run: RunFolder, second_run: RunFolder, run_copy: RunFolder, tmp_path: Path
) -> None:
    first = RunFolder(run_copy.path.rename(tmp_path / "first"))
    page = write_comparison([finished_run, first], tmp_path / "page.html")
    html = " ".join(page.read_text(encoding="utf-8").split())
    assert "A tie: first and mlp &lt;1&gt; each answer" in html or "&gt; and first each" in html
    assert "the most accurate:" not in html
    record = json.loads(first.record.read_text())
    record["result"]["test"]["accuracy"] = accuracy(second_run) - 0.125
    first.record.write_text(json.dumps(record))
    three = [finished_run, second_run, first]
    html = write_comparison(three, tmp_path / "page.html").read_text(encoding="utf-8")
    tied = accuracy(finished_run) == accuracy(second_run)
    assert ("are the most accurate" if tied else "is the most accurate") in html
    assert "first the least" in html


def test_without_data_there_is_no_paired_test(
    finished_run: RunFolder, second_run: RunFolder, tmp_path: Path
) -> None:
    html = write_comparison([finished_run, second_run], tmp_path / "page.html").read_text()
    assert "McNemar" not in html
    assert "How they were made" in html


def test_runs_of_one_name_are_told_apart_by_their_paths(
    finished_run: RunFolder, run_copy: RunFolder, tmp_path: Path
) -> None:
    html = write_comparison([finished_run, run_copy], tmp_path / "page.html").read_text()
    for run in (finished_run, run_copy):
        assert f"{run.path.parent.name}/mlp &lt;1&gt;" in html
    assert "All settings are the same" in html


def test_what_cannot_be_compared_is_one_error(
    finished_run: RunFolder, run_copy: RunFolder, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    with pytest.raises(SettingError, match="two different runs"):
        write_comparison([finished_run, finished_run], page)
    record = json.loads(run_copy.record.read_text())
    test = record["result"]["test"]
    test["per_class"]["Armel"] = test["per_class"].pop("Ärmel")
    run_copy.record.write_text(json.dumps(record))
    with pytest.raises(SettingError, match="different classes"):
        write_comparison([finished_run, run_copy], page)
    run_copy.write_record(Settings("mlp", 1, 2, 20), {"data": {}, "made_with": {}})
    with pytest.raises(ModelFileError, match="has not ended yet"):
        write_comparison([finished_run, run_copy], page)
    assert not page.exists()


def test_changes_of_the_recipe_are_settings_that_differ(
    finished_run: RunFolder, run_copy: RunFolder, tmp_path: Path
) -> None:
    record = json.loads(run_copy.record.read_text())
    record["settings"]["changes"] = {"width": 0.5, "augment": False}
    run_copy.record.write_text(json.dumps(record))
    html = write_comparison([finished_run, run_copy], tmp_path / "page.html").read_text()
    differing = html.split("<caption>Settings that differ")[1].split("</table>")[0]
    assert '<th scope="row">width</th>' in differing
    assert "<td>0.5</td>" in differing
    assert "<td>no</td>" in differing
    assert '<th scope="row">changes' not in differing
