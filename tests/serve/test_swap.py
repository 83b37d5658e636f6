from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest

from homespun.errors import ModelFileError
from homespun.files import write_durably
from homespun.serve.swap import Swap


class Place:
    """A file of numbers, what was taken from it, and what was told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.taken: list[int] = []
        self.told: list[bool] = []
        self.tries = 0
        write_durably(path, b"1")
        self.swap = Swap(path, self.load, self.taken.append, self.told.append)

    def load(self, path: Path) -> int:
        self.tries += 1
        content = path.read_bytes()
        if content == b"odd":
            raise RuntimeError("nobody thought of this")
        if not content.isdigit():
            raise ModelFileError(path, "is not a sound model file")
        return int(content)

    def look(self, times: int = 2) -> None:
        for _ in range(times):
            asyncio.run(self.swap.look())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "a model")


def test_a_file_that_stays_is_not_read_again(place: Place) -> None:
    place.look(5)
    assert place.tries == 0


def test_a_new_file_is_taken_once(place: Place) -> None:
    write_durably(place.path, b"2")
    place.look(5)
    assert (place.taken, place.told) == ([2], [True])


def test_a_file_that_is_being_written_is_left_alone_until_it_rests(place: Place) -> None:
    for content in (b"2", b"23", b"234"):
        place.path.write_bytes(content)
        place.look(1)
    assert place.tries == 0
    place.look(1)
    assert place.taken == [234]


def test_a_bad_file_is_refused_once_and_the_next_good_one_taken(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    write_durably(place.path, b"bad")
    place.look(5)
    assert (place.taken, place.told, place.tries) == ([], [False], 1)
    (line,) = caplog.messages
    assert "is not a sound model file" in line
    assert "before goes on answering" in line
    write_durably(place.path, b"3")
    place.look(2)
    assert place.taken == [3]


def test_an_error_that_nobody_thought_of_ends_nothing(place: Place) -> None:
    write_durably(place.path, b"odd")
    place.look(3)
    assert (place.taken, place.told) == ([], [False])
    write_durably(place.path, b"4")
    place.look(2)
    assert place.taken == [4]


def test_a_file_that_is_gone_is_told_of_once_and_may_come_back(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.path.unlink()
    place.look(5)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert place.tries == 0
    write_durably(place.path, b"5")
    place.look(2)
    assert place.taken == [5]


def test_another_file_of_the_same_size_and_time_is_a_change(place: Place) -> None:
    """As where files come from an archive, which keeps their times."""
    time, other = place.path.stat().st_mtime_ns, place.path.with_name("other")
    other.write_bytes(b"2")
    os.utime(other, ns=(time, time))
    os.replace(other, place.path)
    place.look(2)
    assert place.taken == [2]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_elsewhere_is_a_change(tmp_path: Path) -> None:
    place = Place(tmp_path / "one")
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"6")
    link.symlink_to(place.path)
    swap = Swap(link, place.load, place.taken.append)
    link.unlink()
    link.symlink_to(other)
    asyncio.run(swap.look())
    asyncio.run(swap.look())
    assert place.taken == [6]


def test_watching_goes_on_until_it_is_cancelled(place: Place) -> None:
    async def watched() -> None:
        swap = Swap(place.path, place.load, place.taken.append, every=0.001)
        task = asyncio.create_task(swap.watch())
        for content in (b"bad", b"7", b"8"):
            write_durably(place.path, content)
            tries = place.tries
            while place.tries == tries or (content.isdigit() and int(content) not in place.taken):
                await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(watched())
    assert place.taken == [7, 8]
