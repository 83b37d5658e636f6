from __future__ import annotations

import gzip
import io
import os
import random
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from homespun.data.idx import MOST_BYTES, encode_idx, idx_header, read_idx
from homespun.errors import DataError, FileError, ShapeError

# Two pictures of 2 x 3 pixels, written by hand.
HEADER = b"\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"
WHOLE = HEADER + bytes(range(12))
VALUES = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def write(folder: Path, content: bytes, name: str = "pictures") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def peak_bytes(read: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["pictures", "pictures.gz"])
@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_the_bytes_tell_what_is_gzipped_not_the_name(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    values = read_idx(write(tmp_path, pack(WHOLE), name))
    assert values.dtype == np.uint8
    np.testing.assert_array_equal(values, VALUES)


def test_a_gzip_file_of_two_members_is_one_file(tmp_path: Path) -> None:
    path = write(tmp_path, packed(WHOLE[:20]) + packed(WHOLE[20:]))
    np.testing.assert_array_equal(read_idx(path), VALUES)


@pytest.mark.parametrize(
    ("content", "offset", "words"),
    [
        pytest.param(b"", 0, "no bytes at all", id="empty"),
        pytest.param(WHOLE[:3], 3, "magic number", id="ends in the magic number"),
        pytest.param(b"\x89PNG\r\n", 0, "another kind of file", id="wrong magic"),
        pytest.param(b"\0\x01" + WHOLE[2:], 0, "another kind of file", id="one wrong zero"),
        pytest.param(b"\0\0\x0d" + WHOLE[3:], 2, "float32", id="floats"),
        pytest.param(b"\0\0\x07" + WHOLE[3:], 2, "unknown to IDX", id="unknown type"),
        pytest.param(b"\0\0\x08\0", 3, "got 0", id="no dimension"),
        pytest.param(b"\0\0\x08\x05" + bytes(20), 3, "got 5", id="five dimensions"),
        pytest.param(WHOLE[:10], 10, "ends inside", id="ends in the counts"),
        pytest.param(HEADER, 16, "after 0", id="header only"),
        pytest.param(WHOLE[:-1], 27, "expected 12 values (2 x 2 x 3)", id="one short"),
        pytest.param(WHOLE + b"\0", 28, "more bytes follow", id="one too many"),
        pytest.param(HEADER[:8] + bytes(4) + WHOLE[12:], 8, "2 x 0 x 3", id="a count of zero"),
        pytest.param(HEADER[:7] + b"\x03" + WHOLE[8:], 28, "expected 18", id="count too large"),
        pytest.param(HEADER[:7] + b"\x01" + WHOLE[8:], 22, "after 6 values", id="too small"),
        pytest.param(
            b"\0\0\x08\x04" + b"\xff" * 16, 4, "at most 1,073,741,824", id="counts of 2^128"
        ),
        pytest.param(
            b"\0\0\x08\x03" + b"\xff" * 8 + bytes(4), 12, "at least one", id="2^64 times zero"
        ),
    ],
)
@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_faults_in_the_content(
    tmp_path: Path, pack: Callable[[bytes], bytes], content: bytes, offset: int, words: str
) -> None:
    path = write(tmp_path, pack(content))
    with pytest.raises(DataError) as caught:
        read_idx(path)
    assert caught.value.path == path
    assert caught.value.offset == offset
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        pytest.param(b"\x1f\x8b", 0, id="magic only"),
        pytest.param(
            packed(WHOLE)[:20],
            len(zlib.decompressobj(31).decompress(packed(WHOLE)[:20])),
            id="ends in the data",
        ),
        pytest.param(packed(WHOLE)[:-1], 28, id="ends in the checksum"),
        pytest.param(packed(WHOLE)[:-8] + bytes(8), 28, id="wrong checksum"),
        pytest.param(packed(WHOLE) + b"more", 28, id="something appended"),
        pytest.param(packed(WHOLE)[:10] + b"\xff" * 30, 0, id="not deflated"),
    ],
)
def test_faults_in_the_packing(tmp_path: Path, content: bytes, offset: int) -> None:
    with pytest.raises(DataError, match="expected sound gzip data") as caught:
        read_idx(write(tmp_path, content))
    assert caught.value.offset == offset


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nowhere.*No such file"):
        read_idx(tmp_path / "nowhere")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="folder"):
        read_idx(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Whoever waits for this pipe all the same soon gets its end.
    ending = Timer(0.3, os.close, [os.open(tmp_path / "pipe", os.O_RDWR)])
    ending.start()
    with pytest.raises(DataError, match="device"):
        read_idx(tmp_path / "pipe")
    ending.join()


def test_the_limit_counts_the_header_too(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE)
    np.testing.assert_array_equal(read_idx(path, most_bytes=28), VALUES)
    with pytest.raises(DataError, match="at most 27 bytes"):
        read_idx(path, most_bytes=27)


def test_two_thousand_mutants_give_the_file_or_one_error(tmp_path: Path) -> None:
    rng = random.Random(1)
    sound = encode_idx(np.arange(120, dtype=np.uint8).reshape(4, 5, 6))
    outcomes = {"read": 0, "refused": 0}
    for turn in range(2_000):
        gzipped = turn % 2 == 1
        mutant = mutate(packed(sound) if gzipped else sound, rng)
        path = write(tmp_path, mutant, f"mutant {turn}")
        outcome = read_or_error(path)
        if isinstance(outcome, DataError):
            outcomes["refused"] += 1
            assert str(outcome).startswith(f"{path}, byte {outcome.offset}: expected")
        else:
            outcomes["read"] += 1
            assert encode_idx(outcome) == (gzip.decompress(mutant) if gzipped else mutant)
    assert min(outcomes.values()) > 100  # both outcomes were tried in earnest


def read_or_error(path: Path) -> np.ndarray | DataError:
    try:
        return read_idx(path)
    except DataError as error:
        return error


def mutate(content: bytes, rng: random.Random) -> bytes:
    mutant = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(mutant) + 1)
        match rng.randrange(5):
            case 0:
                del mutant[at:]
            case 1:
                mutant[at:at] = rng.randbytes(rng.randint(1, 8))
            case 2:
                mutant[at : at + rng.randint(1, 8)] = b""
            case 3:
                mutant[at : at + 4] = rng.choice([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"])
            case _:
                mutant[at : at + 1] = bytes([rng.randrange(256)])
    return bytes(mutant)


@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_memory_stays_under_twice_the_size(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    size = 12_000_000
    noise = np.random.default_rng(0).integers(0, 9, size, dtype=np.uint8)
    path = write(tmp_path, pack(encode_idx(noise.reshape(-1, 30, 40))))
    assert peak_bytes(lambda: read_idx(path)) < 2 * size


@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzipped"])
def test_a_lying_header_costs_no_memory(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = write(tmp_path, pack(idx_header((MOST_BYTES - 8,)) + bytes(100)))

    def read() -> None:
        with pytest.raises(DataError, match="ends after 100"):
            read_idx(path)

    assert peak_bytes(read) < 1_000_000


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1) as packing:
        packing.write(HEADER)
        for _ in range(64):
            packing.write(bytes(1 << 20))
    path = write(tmp_path, bomb.getvalue())

    def read() -> None:
        with pytest.raises(DataError, match="more bytes follow"):
            read_idx(path)

    assert path.stat().st_size < 1_000_000
    assert peak_bytes(read) < 1_000_000


def test_encoding_gives_the_bytes_of_the_format() -> None:
    assert encode_idx(VALUES) == WHOLE


@given(arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, max_side=4)))
def test_what_is_encoded_can_be_read(tmp_path_factory: pytest.TempPathFactory, values) -> None:
    path = write(tmp_path_factory.getbasetemp(), encode_idx(values))
    np.testing.assert_array_equal(read_idx(path), values, strict=True)


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((2, 2), np.int16),
        np.zeros((), np.uint8),
        np.zeros((1, 1, 1, 1, 1), np.uint8),
        np.zeros((3, 0), np.uint8),
    ],
    ids=["not bytes", "no dimension", "five dimensions", "no value"],
)
def test_what_cannot_be_read_again_is_not_encoded(values: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="expected uint8 values in one to four dimensions"):
        encode_idx(values)
