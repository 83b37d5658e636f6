"""Fashion-MNIST must reach a fresh machine by itself, even where its publisher cannot be reached.

Two ways, one after the other: the publisher's download, and the package that Debian and Ubuntu
make of the same files, unpacked without root. Nothing is kept before its SHA-256 is right.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TypeAlias

from homespun.data import originals
from homespun.data.idx import encode_idx
from homespun.data.originals import Original
from homespun.errors import DataError, FileError, HomespunError
from homespun.files import write_durably
from homespun.types import ByteArray

PUBLISHER = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
"""Where the authors of Fashion-MNIST publish its four files, gzipped."""

PACKAGE = "dataset-fashion-mnist"
"""The package of Debian and Ubuntu that holds the same files."""

PACKAGE_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where that package puts them."""

Say: TypeAlias = Callable[[str], None]
"""What is called with each line of progress."""

_SILENCE_S = 10
_COMMAND_S = 300
_PIECE = 1 << 16
_GZIP_OVERHEAD = 1 << 16


def say_nothing(line: str) -> None:
    """Take a line of progress and keep quiet about it."""


def fetch_fashion_mnist(
    folder: Path | str, base_url: str = PUBLISHER, say: Say = say_nothing
) -> None:
    """Bring the four files of Fashion-MNIST into `folder`, unpacked and verified by SHA-256.

    Files that are there already and right stay untouched; if all four are, nothing is fetched. A
    file with other bytes is named through `say` and replaced.

    Args:
        folder: where the files go; made if it is missing.
        base_url: the address in front of the files' names.
        say: is called with each line of progress.

    Raises:
        FileError: no way worked, or `folder` cannot be written.
    """
    folder = Path(folder)
    wanted = [file for file in originals.FASHION_MNIST if not _is_right(file, folder, say)]
    if not wanted:
        return
    _make(folder)
    failures = []
    for way, bring in (
        (f"download from {base_url}", partial(_from_publisher, base_url)),
        (f"apt-get (package {PACKAGE})", _from_package),
    ):
        say(f"Fashion-MNIST: trying {way}")
        try:
            with TemporaryDirectory(prefix="homespun-") as temporary:
                contents = bring(wanted, Path(temporary))
        except (HomespunError, OSError) as error:
            failures.append(f"{way}: {_in_short(error)}")
            say(f"Fashion-MNIST: {failures[-1]}")
            continue
        for file, values in zip(wanted, contents, strict=True):
            write_durably(folder / file.name, encode_idx(values))
        say(f"Fashion-MNIST: verified and stored in {folder}")
        return
    raise FileError(
        folder,
        f"Fashion-MNIST could not be fetched ({'; '.join(failures)}): "
        "name a folder that holds its four files, by --data FOLDER or HOMESPUN_DATA",
    )


def _is_right(file: Original, folder: Path, say: Say) -> bool:
    if file.find(folder) is None:
        return False
    try:
        file.read(folder)
    except (DataError, FileError) as error:
        say(f"{error}; fetching it anew")
        return False
    return True


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(folder, f"the folder cannot be made ({error.strerror})") from error


def _from_publisher(base_url: str, wanted: Sequence[Original], temporary: Path) -> list[ByteArray]:
    for file in wanted:
        packed = f"{file.name}.gz"
        _download(f"{base_url}/{packed}", temporary / packed, file.n_bytes + _GZIP_OVERHEAD)
    return [file.read(temporary) for file in wanted]


def _download(url: str, path: Path, most_bytes: int) -> None:
    # Imported here because pooch brings requests along: most runs never download anything, and
    # should not wait for it.
    from pooch import HTTPDownloader

    with open(path, "wb") as file:
        download = HTTPDownloader(timeout=_SILENCE_S, chunk_size=_PIECE)
        download(url, _Bounded(file, url, most_bytes), pooch=None)


class _Bounded:
    """A file that a download writes to, so that a server cannot send without end."""

    def __init__(self, file: BinaryIO, url: str, most_bytes: int) -> None:
        self._file = file
        self._url = url
        self._left = most_bytes

    def write(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._left < 0:
            raise DataError(self._url, "sends more bytes than the file that was asked for has")
        self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()


def _from_package(wanted: Sequence[Original], temporary: Path) -> list[ByteArray]:
    lists, cache, unpacked = (temporary / name for name in ("lists", "cache", "unpacked"))
    for folder in (lists / "partial", cache / "archives" / "partial", unpacked):
        folder.mkdir(parents=True)
    options = [f"-oDir::State::Lists={lists}", f"-oDir::Cache={cache}"]
    if os.geteuid() == 0:
        # Only root has apt drop to its own user, and that user may not enter our folder.
        options.append("-oAPT::Sandbox::User=root")
    with suppress(HomespunError):
        # One broken source among many fails the update, yet the lists of the others are there.
        _run(["apt-get", *options, "update"], temporary)
    _run(["apt-get", *options, "download", PACKAGE], temporary)
    for package in temporary.glob(f"{PACKAGE}_*.deb"):
        _run(["dpkg-deb", "-x", str(package), str(unpacked)], temporary)
    place = unpacked / PACKAGE_FOLDER.relative_to("/")
    return [file.read(place) for file in wanted]


def _run(command: Sequence[str], folder: Path) -> None:
    if shutil.which(command[0]) is None:
        raise HomespunError(f"{command[0]} is not on this machine")
    try:
        subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_COMMAND_S,
        )
    except subprocess.TimeoutExpired as error:
        raise HomespunError(f"{command[0]} did not end within {_COMMAND_S} s") from error
    except subprocess.CalledProcessError as error:
        last_words = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise HomespunError(": ".join([f"{command[0]} failed", *last_words])) from error


def _in_short(error: Exception) -> str:
    """Return one line for `error`; of a chain that a library built, the first cause says most."""
    root: BaseException = error
    while not isinstance(error, HomespunError) and root.__context__ is not None:
        root = root.__context__
    return " ".join(str(root).split()) or type(root).__name__
