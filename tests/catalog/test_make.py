from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homespun.catalog import Counts, EngineError, Progress, make_catalog
from homespun.catalog.chunk import Chunk
from homespun.catalog.engine import Tell
from homespun.catalog.parts import Parts
from homespun.catalog.work import Work, Worker
from homespun.errors import DataError, FileError, SettingError
from homespun.files import Lock
from homespun.storage import load, save

Check = Callable[[Path], None]


class Here:
    """An engine in this process, which may be interrupted after some chunks."""

    name = "here"

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.done: list[int] = []

    def run(self, work: Work, chunks: Iterable[Chunk], tell: Tell) -> None:
        with Worker(work) as worker:
            for chunk in islice(chunks, self.most):
                Parts(work.parts).write(chunk.number, worker.answer(chunk))
                self.done.append(chunk.number)
                tell(chunk.n)
        if self.most is not None:
            raise KeyboardInterrupt


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "a catalogue.parquet"


@pytest.fixture
def make(pictures: Path, model_file: Path, output: Path) -> Callable[..., Counts]:
    """(engine, anything else) -> the catalogue of the tree, by chunks of 5."""
    usual = {"path": pictures, "output": output, "model": model_file, "chunk": 5}

    def call(engine: Here | None = None, **others: Any) -> Counts:
        settings = usual | others
        path, place = settings.pop("path"), settings.pop("output")
        return make_catalog(path, place, engine=engine or Here(), **settings)

    return call


def test_each_picture_is_a_row_and_nothing_else_is_left(
    make: Callable[..., Counts], output: Path, check_catalog: Check
) -> None:
    told: list[Progress] = []
    counts = make(tell=told.append)
    check_catalog(output)
    assert (counts.rows, counts.errors) == (27, 3)
    assert sum(counts.labels.values()) == sum(counts.trust.values()) == 24
    assert [progress.done for progress in told] == [0, 5, 10, 15, 20, 25, 27]
    assert {(progress.of, progress.before) for progress in told} == {(27, 0)}
    assert list(output.parent.iterdir()) == [output]


def test_what_was_interrupted_goes_on_and_until_then_there_is_no_catalogue(
    make: Callable[..., Counts], output: Path, check_catalog: Check
) -> None:
    for done in (2, 1):
        with pytest.raises(KeyboardInterrupt):
            make(Here(done))
        assert [path.name for path in output.parent.iterdir()] == [f"{output.name}.part"]
    last, told = Here(), list[Progress]()
    make(last, tell=told.append)
    assert last.done == [3, 4, 5]
    assert told[0] == Progress(15, 27, 15)
    check_catalog(output)


def test_pictures_are_those_that_were_there_when_it_began(
    make: Callable[..., Counts],
    pictures: Path,
    output: Path,
    tmp_path: Path,
    new_photo: Callable[[int], bytes],
) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(pictures, shop)
    with pytest.raises(KeyboardInterrupt):
        make(Here(1), path=shop)
    (shop / "000.jpg").write_bytes(new_photo(99))
    (shop / "hats" / "01.png").unlink()
    assert make(path=shop).errors == 4
    rows = pq.read_table(output).to_pylist()
    assert len(rows) == 27
    assert "000.jpg" not in {row["path"] for row in rows}


def test_the_catalogue_is_made_once(make: Callable[..., Counts], output: Path) -> None:
    counts = make()
    before = output.stat()
    again = Here()
    assert make(again) == counts
    assert again.done == []
    assert output.stat().st_mtime_ns == before.st_mtime_ns


def test_what_a_kill_at_the_very_end_leaves_is_removed(
    make: Callable[..., Counts], output: Path, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(Here(1), output=tmp_path / "other.parquet")
    make()
    os.replace(tmp_path / "other.parquet.part", f"{output}.part")
    make()
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.parametrize("begun", [False, True])
def test_other_models_and_inputs_are_refused_in_one_line(
    make: Callable[..., Counts],
    other_model_file: Path,
    model_file: Path,
    pictures: Path,
    begun: bool,
) -> None:
    if begun:
        with pytest.raises(KeyboardInterrupt):
            make(Here(1))
    else:
        make()
    with pytest.raises(SettingError, match=r"another model: [0-9a-f]{12}, and not [0-9a-f]{12}"):
        make(model=other_model_file)
    with pytest.raises(SettingError, match=r"another input .path.: .*my shop0, and not .*hats"):
        make(path=pictures / "hats")
    with pytest.raises(SettingError, match="chunks of another size: 5, and not 6"):
        make(chunk=6)
    make()


def test_a_model_that_answers_otherwise_with_the_same_weights_is_another(
    make: Callable[..., Counts], model_file: Path, tmp_path: Path
) -> None:
    save(replace(load(model_file), sure_from=0.9), tmp_path / "stricter.safetensors")
    make()
    with pytest.raises(SettingError, match="another model"):
        make(model=tmp_path / "stricter.safetensors")


def test_a_model_file_may_be_gone_once_it_has_begun_but_must_be_named(
    make: Callable[..., Counts], model_file: Path, tmp_path: Path, output: Path
) -> None:
    copy = tmp_path / "copy.safetensors"
    shutil.copy(model_file, copy)
    with pytest.raises(KeyboardInterrupt):
        make(Here(1), model=copy)
    assert (Path(f"{output}.part") / "model.safetensors").read_bytes() == model_file.read_bytes()
    make()


def test_an_engine_that_leaves_something_out_makes_no_catalogue(
    make: Callable[..., Counts], output: Path
) -> None:
    class Lazy(Here):
        def run(self, work: Work, chunks: Iterable[Chunk], tell: Tell) -> None:
            super().run(work, islice(chunks, 2), tell)

    with pytest.raises(EngineError, match="here ended, and 4 of 6 pieces are not there"):
        make(Lazy())
    assert not output.exists()


def test_a_catalogue_does_not_lie_among_the_tables_it_is_made_of(
    make: Callable[..., Counts], tmp_path: Path
) -> None:
    pq.write_table(pa.table({"image": [b"a"]}), tmp_path / "0.parquet")
    with pytest.raises(SettingError, match="would be one of the tables"):
        make(path=tmp_path)
    assert make(path=tmp_path / "0.parquet").rows == 1


def test_two_processes_do_not_make_one_catalogue(make: Callable[..., Counts], output: Path) -> None:
    folder = Path(f"{output}.part")
    folder.mkdir()
    with Lock(folder / "lock"), pytest.raises(FileError, match="is being written by process"):
        make()


def test_what_holds_no_picture_leaves_nothing_behind(
    make: Callable[..., Counts], tmp_path: Path, output: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no pictures"):
        make(path=tmp_path / "empty")
    assert not output.exists()
    assert not Path(f"{output}.part").exists()


def test_something_else_at_its_place_stays(make: Callable[..., Counts], output: Path) -> None:
    output.write_text("mine")
    with pytest.raises(DataError, match="is there and no catalogue"):
        make()
    assert output.read_text() == "mine"


def test_a_damaged_record_is_one_line(make: Callable[..., Counts], output: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(Here(1))
    record = Path(f"{output}.part") / "job.json"
    for damaged in (b"", b"[]", b'{"format": 1}', record.read_bytes()[:-5]):
        record.write_bytes(damaged)
        with pytest.raises(DataError, match=r"is not what it was.*remove"):
            make()


def test_lists_and_tables_give_the_same_answers_as_the_folder(
    make: Callable[..., Counts], pictures: Path, order: list[str], output: Path, tmp_path: Path
) -> None:
    make()
    expected = pq.read_table(output).drop_columns("path")
    (pictures.parent / "list.txt").write_text("\n".join(f"{pictures.name}/{p}" for p in order))
    (tmp_path / "shards").mkdir()
    cells = [{"bytes": (pictures / place).read_bytes(), "path": place} for place in order]
    for i, start in enumerate((0, 13)):
        table = pa.table({"n": range(27)[start : start + 13 + i], "image": cells[start:][: 13 + i]})
        pq.write_table(table, tmp_path / "shards" / f"{i}.parquet", row_group_size=7)
    paths = tmp_path / "paths.parquet"
    pq.write_table(pa.table({"file": [str(pictures / place) for place in order]}), paths)
    for i, path in enumerate((pictures.parent / "list.txt", tmp_path / "shards", paths)):
        other = tmp_path / f"{i}.parquet"
        make(path=path, output=other)
        assert pq.read_table(other).drop_columns("path") == expected
