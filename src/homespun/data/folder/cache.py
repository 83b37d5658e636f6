"""Decoded pictures are kept, so that a folder is decoded once and not for every run.

What is kept lies in the user's cache and never among the user's pictures. It is found again by all
that it depends on: the pictures' places, sizes and times, the shape, and how pictures are prepared.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from homespun.data.fetch import Say
from homespun.data.folder.choices import Choice
from homespun.data.folder.facts import FACTS, Survey
from homespun.data.folder.listing import Listing
from homespun.data.photo.photo import Photo
from homespun.data.photo.preparation import Preparation
from homespun.data.photo.prepare import prepare
from homespun.data.stored_images import StoredImages
from homespun.errors import DataError, FileError
from homespun.files import Lock, durable_file, parse_json, read_bounded, write_durably
from homespun.types import Shape

_FORMAT = 1
_MOST_BYTES = 2**28
_UNUSED_S = 30 * 24 * 3600
_WAIT_S = 0.5


def cache_place(named: Path | None, say: Say) -> Path:
    """Return the folder that keeps decoded pictures, by default in the user's cache.

    Where that cannot be written it is a temporary one, which goes when the process ends.
    """
    place = named or user_cache_path("homespun") / "folders"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except OSError as error:
        if named is not None:
            raise FileError(place, f"cannot be written ({error.strerror})") from error
        temporary = Path(tempfile.mkdtemp(prefix="homespun-"))
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        say(f"{place} cannot be written ({error.strerror}), so pictures are decoded each time")
        return temporary


class Cache:
    """What is kept of one listing: the choice of a shape, and the pictures decoded to shapes.

    Attributes:
        folder: where it is kept.
        preparation: how pictures are brought to a shape.
    """

    def __init__(self, place: Path, listing: Listing, preparation: Preparation) -> None:
        """Look at the times of all files.

        Raises:
            FileError: a picture went away since it was listed, or the cache cannot be written.
        """
        self.preparation = preparation
        self._place = place
        self.folder = place / _key(listing)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            os.utime(self.folder)  # used today
        except OSError as error:
            raise FileError(self.folder, f"cannot be written ({error.strerror})") from error

    def lock(self, say: Say) -> Lock:
        """Return the lock of this cache, waiting while another process decodes the same."""
        lock = Lock(self.folder / "lock")
        has_told = False
        while True:
            try:
                lock.check_free()
                return lock
            except FileError as error:
                if not has_told:
                    say(f"waiting: {error}")
                has_told = True
                time.sleep(_WAIT_S)

    def choice(self, image_size: int | None, channels: int | None) -> Choice | None:
        """Return what was once chosen for these wishes, or None."""
        try:
            kept = parse_json(read_bounded(self._choice_file(image_size, channels), 2**16))
            return Choice(**kept)
        except (FileError, TypeError, ValueError):
            return None

    def keep_choice(self, image_size: int | None, channels: int | None, choice: Choice) -> None:
        """Write a choice down."""
        content = json.dumps(asdict(choice)).encode()
        write_durably(self._choice_file(image_size, channels), content)

    def pictures(self, in_shape: Shape) -> Path:
        """Return the file of the pictures decoded to this shape."""
        return self._decoded(in_shape) / "pictures.npy"

    def survey(self, in_shape: Shape, n: int) -> Survey | None:
        """Return the survey of `n` pictures decoded to this shape, or None if none is whole."""
        folder = self._decoded(in_shape)
        try:
            kept = parse_json(read_bounded(folder / "problems.json", _MOST_BYTES))
            problems = {int(i): str(problem) for i, problem in kept.items()}
            facts = np.load(folder / "facts.npy", allow_pickle=False)
            stored = StoredImages(folder / "pictures.npy")
        except (AttributeError, DataError, EOFError, OSError, ValueError):
            return None
        if facts.dtype != FACTS or facts.shape != (n,) or stored.shape != (n, *in_shape):
            return None
        return Survey(facts, problems)

    def keep_survey(self, in_shape: Shape, survey: Survey) -> None:
        """Write a survey down, after its pictures: what makes them count comes last.

        Raises:
            FileError: it cannot be written.
        """
        folder = self._decoded(in_shape)
        with durable_file(folder / "facts.npy") as file:
            np.save(file, survey.facts, allow_pickle=False)
        problems = dict(sorted(survey.problems.items()))  # threads found them in any order
        write_durably(folder / "problems.json", json.dumps(problems).encode())

    def make_room(self, in_shape: Shape) -> None:
        """Make the folder for this shape; forget what no run has used for 30 days.

        Raises:
            FileError: it cannot be written.
        """
        oldest = time.time() - _UNUSED_S
        for folder in self._place.iterdir():
            with suppress(OSError):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)
        folder = self._decoded(in_shape)
        try:
            shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
            folder.mkdir()
        except OSError as error:
            raise FileError(folder, f"cannot be written ({error.strerror})") from error

    def _choice_file(self, image_size: int | None, channels: int | None) -> Path:
        return self.folder / f"choice-{image_size or 'any'}-{channels or 'any'}.json"

    def _decoded(self, in_shape: Shape) -> Path:
        return self.folder / f"{'x'.join(map(str, in_shape))}-{_probe(in_shape, self.preparation)}"


def _key(listing: Listing) -> str:
    """Return a name that changes whenever a file of the listing does, or the decoder."""
    import PIL  # slow to import

    digest = hashlib.sha256()
    root = os.path.realpath(listing.root)
    digest.update(repr((_FORMAT, PIL.__version__, root)).encode(errors="surrogateescape"))
    for entry in listing.entries:
        path = os.path.join(root, entry.place)
        try:
            found = os.stat(path)
        except OSError as error:
            raise FileError(path, f"cannot be read ({error.strerror})") from error
        digest.update(
            repr((entry.place, found.st_size, found.st_mtime_ns, found.st_ctime_ns)).encode()
        )
    return digest.hexdigest()[:32]


def _probe(in_shape: Shape, preparation: Preparation) -> str:
    """Return a hash of what preparing makes of a picture: another way to prepare has another."""
    pixels = (np.arange(45 * 70 * 3) * 7919 % 251).astype(np.uint8).reshape(45, 70, 3)
    prepared = prepare(Photo(pixels), in_shape, preparation).pixels
    return hashlib.sha256(prepared.tobytes() + repr(preparation).encode()).hexdigest()[:12]
