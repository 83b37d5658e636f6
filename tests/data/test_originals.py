from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from homespun.data import originals
from homespun.errors import DataError, FileError


def test_the_table_agrees_with_the_published_counts() -> None:
    sizes = {file.name: file.n_bytes for file in originals.FASHION_MNIST}
    assert list(sizes.values()) == [
        16 + 60_000 * 28 * 28,
        8 + 60_000,
        16 + 10_000 * 28 * 28,
        8 + 10_000,
    ]
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in originals.FASHION_MNIST)


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_file_is_found_plain_or_gzipped(tiny_files, tmp_path: Path, gzipped: bool) -> None:
    tiny_files.write(tmp_path, gzipped=gzipped)
    assert originals.holds_all(tmp_path)
    labels = originals.FASHION_MNIST[1].read(tmp_path)
    np.testing.assert_array_equal(labels, np.arange(9))


def test_another_file_of_the_right_shape_is_refused(tiny_files, tmp_path: Path) -> None:
    tiny_files.write(tmp_path)
    path = tmp_path / "t10k-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\x09")
    with pytest.raises(DataError, match=r"t10k-labels.*SHA-256"):
        originals.FASHION_MNIST[3].read(tmp_path)


def test_a_larger_file_is_refused_by_its_header(tiny_files, tmp_path: Path) -> None:
    # 1,000 labels where the published file has nine
    content = bytes([0, 0, 8, 1]) + (1_000).to_bytes(4, "big") + bytes(1_000)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match="at most 17 bytes"):
        originals.FASHION_MNIST[1].read(tmp_path)


def test_a_missing_file_is_named(tiny_files, tmp_path: Path) -> None:
    tiny_files.write(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    assert not originals.holds_all(tmp_path)
    with pytest.raises(FileError, match=r"neither t10k-images-idx3-ubyte nor .*\.gz"):
        originals.FASHION_MNIST[2].read(tmp_path)
