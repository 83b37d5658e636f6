from __future__ import annotations

import gzip
import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from homespun.data.fetch import fetch_fashion_mnist
from homespun.data.originals import FASHION_MNIST
from homespun.errors import FileError

NAMES = [file.name for file in FASHION_MNIST]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def serve(publisher, tiny_files) -> None:
    for name, content in tiny_files.contents.items():
        publisher.files[f"{name}.gz"] = gzip.compress(content)


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_publishers_files_are_stored_unpacked(tiny_files, publisher, tmp_path: Path) -> None:
    serve(publisher, tiny_files)
    lines: list[str] = []
    fetch_fashion_mnist(tmp_path / "new" / "cache", publisher.url, lines.append)
    assert stored(tmp_path / "new" / "cache") == tiny_files.contents
    assert publisher.url in lines[0]
    assert "stored in" in lines[-1]


def test_what_is_right_is_not_fetched_again(tiny_files, publisher, tmp_path: Path) -> None:
    serve(publisher, tiny_files)
    fetch_fashion_mnist(tmp_path, publisher.url)
    assert publisher.asked == [f"{name}.gz" for name in NAMES]
    publisher.asked.clear()
    lines: list[str] = []
    fetch_fashion_mnist(tmp_path, publisher.url, lines.append)
    assert publisher.asked == lines == []


def test_only_the_corrupt_file_is_named_and_replaced(tiny_files, publisher, tmp_path: Path) -> None:
    serve(publisher, tiny_files)
    tiny_files.write(tmp_path)
    corrupt = tmp_path / NAMES[2]
    corrupt.write_bytes(corrupt.read_bytes()[:-1])
    lines: list[str] = []
    fetch_fashion_mnist(tmp_path, publisher.url, lines.append)
    assert publisher.asked == [f"{NAMES[2]}.gz"]
    assert lines[0].startswith(str(corrupt))
    assert stored(tmp_path) == tiny_files.contents


@pytest.mark.usefixtures("no_commands")
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param(gzip.compress(b"<html>come back later</html>"), "two zero bytes", id="page"),
        pytest.param(b"", "no bytes at all", id="nothing"),
        pytest.param(bytes([0, 0, 8, 1, 0, 0, 0, 4, 3, 2, 1, 0]), "SHA-256", id="other labels"),
        pytest.param(os.urandom(1 << 20), "more bytes than", id="too much"),
        pytest.param(None, "404", id="not there"),
    ],
)
def test_a_bad_download_is_not_kept(
    tiny_files, publisher, tmp_path: Path, sent: bytes | None, words: str
) -> None:
    serve(publisher, tiny_files)
    del publisher.files[f"{NAMES[3]}.gz"]
    if sent is not None:
        publisher.files[f"{NAMES[3]}.gz"] = sent
    with pytest.raises(FileError, match=words):
        fetch_fashion_mnist(tmp_path / "cache", publisher.url)
    assert stored(tmp_path / "cache") == {}


@pytest.mark.usefixtures("no_commands")
def test_when_every_way_fails_one_line_says_what_to_do(
    tiny_files, closed_port: int, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    with pytest.raises(FileError) as caught:
        fetch_fashion_mnist(tmp_path, url)
    message = str(caught.value)
    assert "\n" not in message
    assert "HTTPConnectionPool" not in message  # the cause, not the chain around it
    for words in (
        url,
        "refused",
        "apt-get is not on this machine",
        "--data FOLDER",
        "HOMESPUN_DATA",
    ):
        assert words in message


def test_a_folder_that_cannot_be_made_is_named_before_anything_is_fetched(
    tiny_files, publisher, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileError, match="the folder cannot be made"):
        fetch_fashion_mnist(tmp_path / "file" / "cache", publisher.url)
    assert publisher.asked == []


# Two commands that do in the small what apt-get and dpkg-deb do. Their log keeps each argument.
APT_GET = """
import pathlib, sys
open({log!r}, "a").write("\\n".join(sys.argv[1:]) + "\\n")
lists, cache = (arg.split("=")[1] for arg in sys.argv[1:3])
assert pathlib.Path(lists, "partial").is_dir()
assert pathlib.Path(cache, "archives", "partial").is_dir()
if "update" in sys.argv:
    sys.exit("E: one of the sources is broken")
if {sound!r}:
    pathlib.Path(sys.argv[-1] + "_0.0_all.deb").write_bytes(b"a package")
else:
    sys.exit("W: a warning\\nE: Unable to locate package")
"""
DPKG_DEB = """
import shutil, sys
_, extract, package, folder = sys.argv
assert extract == "-x" and open(package, "rb").read() == b"a package"
shutil.copytree({source!r}, folder + "/usr/share/datasets/fashion-mnist")
"""


def install(folder: Path, name: str, program: str) -> None:
    folder.mkdir(exist_ok=True)
    source = folder / f"{name}.py"
    source.write_text(program)
    # A shell between, since the first line of a script cannot name a path with a space in it.
    (folder / name).write_text(f"#!/bin/sh\nexec '{sys.executable}' '{source}' \"$@\"\n")
    (folder / name).chmod(stat.S_IRWXU)


@pytest.mark.skipif(os.name == "nt", reason="apt-get is a command of Linux")
@pytest.mark.parametrize("user", [0, 1000])
def test_the_package_stands_in_for_the_publisher(
    tiny_files, closed_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    log = tmp_path / "log"
    source = tiny_files.write(tmp_path / "package", gzipped=True)
    install(tmp_path / "bin", "apt-get", APT_GET.format(log=str(log), sound=True))
    install(tmp_path / "bin", "dpkg-deb", DPKG_DEB.format(source=str(source)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    fetch_fashion_mnist(tmp_path / "cache", f"http://127.0.0.1:{closed_port}")
    assert stored(tmp_path / "cache") == tiny_files.contents
    arguments = log.read_text().splitlines()
    assert arguments[0].startswith("-oDir::State::Lists=")
    assert arguments[1].startswith("-oDir::Cache=")
    assert arguments.count("-oAPT::Sandbox::User=root") == (2 if user == 0 else 0)
    assert arguments[-2:] == ["download", "dataset-fashion-mnist"]
    assert not Path(arguments[0].split("=")[1]).exists()  # the temporary folder is gone


@pytest.mark.skipif(os.name == "nt", reason="apt-get is a command of Linux")
def test_the_last_words_of_a_failed_command_are_told(
    tiny_files, closed_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = APT_GET.format(log=str(tmp_path / "log"), sound=False)
    install(tmp_path / "bin", "apt-get", program)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(FileError, match="apt-get failed: E: Unable to locate package"):
        fetch_fashion_mnist(tmp_path / "cache", f"http://127.0.0.1:{closed_port}")


@pytest.mark.skipif(os.name == "nt", reason="apt-get is a command of Linux")
def test_a_command_that_hangs_is_ended(
    tiny_files, closed_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "bin", "apt-get", "import time; time.sleep(5)")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("homespun.data.fetch._COMMAND_S", 0.2)
    with pytest.raises(FileError, match="did not end within"):
        fetch_fashion_mnist(tmp_path / "cache", f"http://127.0.0.1:{closed_port}")
