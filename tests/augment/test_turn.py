import numpy as np
from scipy.ndimage import affine_transform

from homespun.augment import Turn, turn

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 2), dtype=np.uint8)
ONES, ZEROS = np.ones(3), np.zeros(3)


def test_a_quarter_turn_is_exact():
    turned = turn(IMAGES, ZEROS + 90, ONES)
    np.testing.assert_array_equal(turned, np.rot90(IMAGES, axes=(1, 2)))


def test_no_turn_and_no_scale_is_no_change():
    np.testing.assert_array_equal(turn(IMAGES, ZEROS, ONES), IMAGES)


def test_it_is_scipys_affine_transform():
    degrees, scale = np.array([10.0, -33.0, 120.0]), np.array([1.1, 0.8, 1.3])
    turned = turn(IMAGES, degrees, scale)
    centre = np.full(2, 3.5)
    for i in range(3):
        a = np.deg2rad(degrees[i])
        back = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) / scale[i]
        for channel in range(2):
            expected = affine_transform(
                np.pad(IMAGES[i, :, :, channel].astype(float), 4),
                back,
                offset=centre + 4 - back @ (centre + 4),
                order=1,
            )[4:-4, 4:-4]
            assert np.abs(turned[i, :, :, channel] - expected).max() <= 0.51


def test_turns_and_sizes_stay_within_what_was_asked_for():
    images = np.zeros((500, 101, 101, 1), np.uint8)
    images[:, 50, 90] = images[:, 49, 90] = images[:, 51, 90] = 255  # 40 pixels to the right
    turned = Turn(degrees=10, scale=0.1)(images, np.random.default_rng(0))[..., 0].astype(float)
    y, x = np.mgrid[:101, :101] - 50
    mass = turned.sum(axis=(1, 2))
    y, x = (turned * y).sum(axis=(1, 2)) / mass, (turned * x).sum(axis=(1, 2)) / mass
    degrees, scale = np.rad2deg(np.arctan2(-y, x)), np.hypot(y, x) / 40
    assert -10.2 < degrees.min() < -9
    assert 9 < degrees.max() < 10.2
    assert 1 / 1.11 < scale.min() < 1 / 1.09
    assert 1.09 < scale.max() < 1.11
