from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from homespun.data.unpacked import open_unpacked
from homespun.errors import DataError

CONTENT = bytes(range(256)) * 1_000


@pytest.mark.parametrize("gzipped", [False, True])
def test_reads_go_on_where_the_last_one_ended(tmp_path: Path, gzipped: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(CONTENT) if gzipped else CONTENT)
    with open_unpacked(path) as content:
        parts = [content.read(n_bytes) for n_bytes in (0, 3, 200_000, 1 << 60, 5)]
        assert content.offset == len(CONTENT)
    assert [len(part) for part in parts] == [0, 3, 200_000, len(CONTENT) - 200_003, 0]
    assert b"".join(parts) == CONTENT


def test_a_fault_names_the_byte_that_reading_has_come_to(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    with open_unpacked(path) as content:
        content.read(7)
        assert str(content.fault("is odd")) == f"{path}, byte 7: is odd"
        assert content.fault("is odd", offset=2).offset == 2


def test_a_large_gzip_file_that_is_cut_is_read_up_to_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "file"
    packed = gzip.compress(CONTENT, compresslevel=0)  # stored: a byte in is a byte out
    path.write_bytes(packed[: len(packed) // 2])
    with open_unpacked(path) as content, pytest.raises(DataError) as caught:
        content.read(len(CONTENT))
    assert caught.value.offset == pytest.approx(len(CONTENT) / 2, rel=0.05)
