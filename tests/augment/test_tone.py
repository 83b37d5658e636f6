import numpy as np

from homespun.augment import Tone, tables_of, tone


def test_each_picture_is_looked_up_in_its_own_table():
    images = np.array([[[[0], [1]]], [[[1], [255]]]], np.uint8)
    tables = np.zeros((2, 256), np.uint8)
    tables[0, 1], tables[1, 1], tables[1, 255] = 10, 20, 30
    assert tone(images, tables)[..., 0].tolist() == [[[0, 10]], [[20, 30]]]


def test_tables_by_hand():
    identity, squared, doubled, darker = tables_of(
        np.array([1.0, 2.0, 1.0, 1.0]), np.array([1.0, 1.0, 2.0, 1.0]), np.array([0, 0, 0, -10.0])
    )
    np.testing.assert_array_equal(identity, np.arange(256))
    assert squared[[0, 51, 255]].tolist() == [0, 10, 255]  # 255 (51 / 255)² = 10.2
    assert doubled[[0, 100, 128]].tolist() == [0, 200, 255]
    assert darker[[0, 5, 100]].tolist() == [0, 0, 90]


def test_black_stays_black():
    images = np.zeros((50, 3, 3, 1), np.uint8)
    assert not Tone(brightness=50.0)(images, np.random.default_rng(0)).any()


def test_a_change_of_nothing_changes_nothing():
    images = np.random.default_rng(0).integers(0, 256, (5, 3, 3, 1), dtype=np.uint8)
    still = Tone(gamma=0.0, contrast=0.0, brightness=0.0)(images, np.random.default_rng(0))
    np.testing.assert_array_equal(still, images)
