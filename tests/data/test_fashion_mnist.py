from __future__ import annotations

import gzip
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from homespun.data import Dataset, fetch_fashion_mnist, load_fashion_mnist
from homespun.data import fashion_mnist as module
from homespun.errors import DataError, FileError


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOMESPUN_DATA", raising=False)


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache, and a machine on which the package is not installed."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(module, "cache_folder", lambda: folder)
    monkeypatch.setattr(module, "PACKAGE_FOLDER", tmp_path / "package")
    return folder


@pytest.fixture
def no_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts a process or opens a connection fails the test."""

    def refuse(*args: object, **settings: object) -> None:
        pytest.fail("this should not have been tried")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(module, "fetch_fashion_mnist", refuse)


def test_the_official_parts(fashion_mnist: tuple[Dataset, Dataset]) -> None:
    for dataset, per_class in zip(fashion_mnist, (6_000, 1_000), strict=True):
        assert dataset.images.shape == (10 * per_class, 28, 28, 1)
        assert np.bincount(dataset.labels).tolist() == [per_class] * 10
        # the first picture of either part is an ankle boot, on every page about this data set
        assert dataset.class_names[dataset.labels[0]] == "Ankle boot"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep their caches elsewhere")
def test_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert module.cache_folder() == tmp_path / "homespun" / "fashion-mnist"


@pytest.mark.usefixtures("no_fetch")
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_named_folder_is_read(tiny_files, tmp_path: Path, gzipped: bool) -> None:
    train, test = load_fashion_mnist(tiny_files.write(tmp_path / "mine", gzipped=gzipped))
    assert train.images.shape == (9, 5, 5, 1)
    assert train.images.tobytes() == tiny_files.contents["train-images-idx3-ubyte"][16:]
    assert train.labels.tolist() == list(range(9))
    assert test.images.tobytes() == tiny_files.contents["t10k-images-idx3-ubyte"][16:]
    assert test.labels.tolist() == list(range(4))


@pytest.mark.usefixtures("no_fetch")
def test_the_environment_may_name_the_folder(
    tiny_files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HOMESPUN_DATA", "~/mine")
    tiny_files.write(tmp_path / "mine")
    assert len(load_fashion_mnist()[0]) == 9


@pytest.mark.usefixtures("no_fetch")
def test_the_argument_goes_before_the_environment(
    tiny_files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_DATA", str(tmp_path / "nowhere"))
    assert len(load_fashion_mnist(tiny_files.write(tmp_path / "mine"))[0]) == 9


@pytest.mark.usefixtures("no_fetch")
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_named_folder_that_lacks_a_file_is_an_error(
    tiny_files, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    tiny_files.write(cache)  # which would do, but was not named
    folder = tiny_files.write(tmp_path / "mine")
    (folder / "t10k-labels-idx1-ubyte").unlink()
    monkeypatch.setenv("HOMESPUN_DATA", str(folder) if by == "environment" else "")
    with pytest.raises(FileError, match=r"mine: .*t10k-labels-idx1-ubyte"):
        load_fashion_mnist(folder if by == "argument" else None)


@pytest.mark.usefixtures("no_fetch")
def test_a_named_folder_with_other_bytes_is_an_error(
    tiny_files, cache: Path, tmp_path: Path
) -> None:
    tiny_files.write(cache)
    path = tiny_files.write(tmp_path / "mine") / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte.*SHA-256"):
        load_fashion_mnist(tmp_path / "mine")


@pytest.mark.usefixtures("no_fetch")
def test_the_cache_goes_before_the_package(tiny_files, cache: Path, tmp_path: Path) -> None:
    tiny_files.write(cache)
    package = tiny_files.write(tmp_path / "package", gzipped=True)
    (package / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"something else"))
    lines: list[str] = []
    assert len(load_fashion_mnist(say=lines.append)[0]) == 9
    assert lines == []


@pytest.mark.usefixtures("no_fetch")
def test_the_installed_package_is_read_where_the_cache_is_empty(
    tiny_files, cache: Path, tmp_path: Path
) -> None:
    tiny_files.write(tmp_path / "package", gzipped=True)
    assert len(load_fashion_mnist()[0]) == 9
    assert not cache.exists()


@pytest.mark.usefixtures("no_fetch")
def test_the_installed_package_stands_in_for_a_corrupt_cache(
    tiny_files, cache: Path, tmp_path: Path
) -> None:
    tiny_files.write(tmp_path / "package")
    corrupt = tiny_files.write(cache) / "train-labels-idx1-ubyte"
    corrupt.write_bytes(b"")
    lines: list[str] = []
    assert load_fashion_mnist(say=lines.append)[0].labels.tolist() == list(range(9))
    assert len(lines) == 1
    assert str(corrupt) in lines[0]


def test_what_is_nowhere_is_fetched_once(
    tiny_files, cache: Path, publisher, monkeypatch: pytest.MonkeyPatch, request
) -> None:
    for name, content in tiny_files.contents.items():
        publisher.files[f"{name}.gz"] = gzip.compress(content)
    fetch = partial(fetch_fashion_mnist, base_url=publisher.url)
    monkeypatch.setattr(module, "fetch_fashion_mnist", fetch)
    lines: list[str] = []
    first, _ = load_fashion_mnist(say=lines.append)
    assert publisher.url in lines[0]

    request.getfixturevalue("no_fetch")
    lines.clear()
    second, _ = load_fashion_mnist(say=lines.append)
    assert lines == []
    np.testing.assert_array_equal(first.images, second.images)


def test_a_corrupt_file_in_the_cache_is_named_and_fetched_anew(
    tiny_files, cache: Path, publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrupt = tiny_files.write(cache) / "t10k-images-idx3-ubyte"
    corrupt.write_bytes(corrupt.read_bytes()[:50])
    publisher.files[f"{corrupt.name}.gz"] = gzip.compress(tiny_files.contents[corrupt.name])
    fetch = partial(fetch_fashion_mnist, base_url=publisher.url)
    monkeypatch.setattr(module, "fetch_fashion_mnist", fetch)
    lines: list[str] = []
    _, test = load_fashion_mnist(say=lines.append)
    assert len(test) == 4
    assert str(corrupt) in lines[0]
    assert corrupt.read_bytes() == tiny_files.contents[corrupt.name]
