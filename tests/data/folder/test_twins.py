from __future__ import annotations

import numpy as np
import pytest

from homespun.data.folder.twins import groups_of_twins, near_pairs
from homespun.types import ByteArray


def hashes(n: int, seed: int) -> ByteArray:
    """Random hashes of 255 bits, every second like the one before it but for some bits."""
    rng = np.random.default_rng(seed)
    bits = rng.random((n, 255)) < 0.5
    for i in range(1, n, 2):
        bits[i] = bits[i - 1]
        bits[i, rng.permutation(255)[: rng.integers(0, 40)]] ^= True
    return np.packbits(np.concatenate([bits, np.zeros((n, 1), bool)], axis=1), axis=1)


@pytest.mark.parametrize("most", [0, 5, 16])
def test_pairs_are_those_that_counting_all_finds(most: int) -> None:
    values = hashes(300, seed=most)
    bits = np.unpackbits(values, axis=1)
    distances = (bits[:, np.newaxis] != bits).sum(axis=2)
    expected = {(i, j) for i, j in np.argwhere(distances <= most).tolist() if i < j}
    assert expected
    assert {tuple(pair) for pair in near_pairs(values, most).tolist()} == expected


def test_nothing_is_near_itself_alone() -> None:
    assert len(near_pairs(hashes(1, 0), 24)) == 0
    assert near_pairs(np.zeros((0, 32), np.uint8), 24).shape == (0, 2)


def test_groups_join_same_files_and_near_hashes_through_others() -> None:
    digests = np.zeros((7, 32), np.uint8)
    digests[:, 0] = [1, 1, 2, 3, 4, 5, 6]  # the first two are the same file
    values = np.zeros((7, 32), np.uint8)
    values[:, 8:] = np.random.default_rng(0).integers(0, 255, (7, 24))
    values[2] = values[1]
    values[2, 10] ^= 0b1111  # 4 bits from the second, and
    values[3] = values[2]
    values[3, 11:27] ^= 0b00010000  # 16 bits further, and
    values[4] = values[3]
    values[4, 11:27] ^= 0b00000100  # 16 more, 36 from the second
    has_hash = np.array([False, True, True, True, True, False, False])
    values[5] = values[6] = values[4]  # without a hash these are noise
    groups = groups_of_twins(digests, values, has_hash).tolist()
    assert len(set(groups[:5])) == 1
    assert len(set(groups[4:])) == 3


def test_no_picture_has_a_twin_among_strangers() -> None:
    rng = np.random.default_rng(1)
    digests, values = rng.integers(0, 256, (2, 200, 32), dtype=np.uint8)
    assert len(set(groups_of_twins(digests, values, np.ones(200, bool)).tolist())) == 200
    assert groups_of_twins(digests[:1], values[:1], np.zeros(1, bool)).tolist() == [0]
