import numpy as np
from scipy.ndimage import correlate

from homespun.augment import Blur, blur

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 6, 5, 2), dtype=np.uint8)


def test_amounts_by_scipy():
    window = np.outer([1, 2, 1], [1, 2, 1])[np.newaxis, :, :, np.newaxis] / 16
    soft = correlate(IMAGES.astype(float), window, mode="nearest")
    amounts = np.array([0.0, 1.0, -0.5])
    expected = np.clip(IMAGES + amounts[:, None, None, None] * (soft - IMAGES), 0, 255)
    assert np.abs(blur(IMAGES, amounts) - expected).max() <= 0.51


def test_amounts_stay_within_what_was_asked_for():
    images = np.zeros((2000, 3, 3, 1), np.uint8)
    images[:, 1, 1] = 100  # the blurred picture has 25 there
    middle = Blur(most=1.0, sharpest=0.5)(images, np.random.default_rng(0))[:, 1, 1, 0]
    assert 25 <= middle.min() < 27
    assert 135 < middle.max() <= 138
