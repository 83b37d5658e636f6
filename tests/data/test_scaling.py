from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from homespun.data import Dataset, Scaling
from homespun.errors import SettingError, ShapeError


def pictures(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 200, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(50, 6, 7, 1), (50, 6, 7, 3), (9, 300, 200, 3)])
def test_fit_finds_mean_and_deviation_of_each_channel(shape: tuple[int, ...]) -> None:
    images = pictures(*shape)
    scaling = Scaling.fit(images)
    np.testing.assert_allclose(scaling.mean, images.mean(axis=(0, 1, 2), dtype=np.float64))
    np.testing.assert_allclose(scaling.std, images.std(axis=(0, 1, 2), dtype=np.float64))


@pytest.mark.parametrize("n_channels", [1, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scaling_subtracts_the_mean_and_divides_by_the_deviation(
    n_channels: int, dtype: type[np.floating]
) -> None:
    images = pictures(20, 5, 4, n_channels)
    scaling = Scaling((70.0, 90.5, 120.0)[:n_channels], (80.0, 3.5, 60.0)[:n_channels])
    scaled = scaling(images, dtype)
    assert scaled.dtype == dtype
    expected = (images - np.array(scaling.mean)) / np.array(scaling.std)
    tolerance = 100 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(scaled, expected, rtol=tolerance, atol=tolerance)


def test_float32_is_the_rule() -> None:
    assert Scaling((1.0,), (2.0,))(pictures(2, 3, 3, 1)).dtype == np.float32


def test_the_fitted_pictures_come_out_with_mean_0_and_deviation_1() -> None:
    images = pictures(100, 8, 8, 3)
    scaled = Scaling.fit(images)(images, np.float64)
    np.testing.assert_allclose(scaled.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=(0, 1, 2)), 1)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_one_photo_is_treated_as_thousands(n_channels: int) -> None:
    images = pictures(2_000, 9, 7, n_channels)
    scaling = Scaling.fit(images[:1_000])
    together = scaling(images)
    for index in (0, 999, 1_999):
        alone = scaling(images[index : index + 1])
        np.testing.assert_array_equal(alone[0], together[index])
        assert alone.std() > 0.5  # scaled by its own deviation pixel by pixel, it would be zeros


def test_sums_are_exact_where_floats_would_cancel() -> None:
    images = np.full((1, 1000, 1000, 1), 255, dtype=np.uint8)
    images[0, 0, 0, 0] = 254
    n = 1_000_000
    scaling = Scaling.fit(images)
    assert scaling.mean == ((255 * n - 1) / n,)
    assert scaling.std[0] == pytest.approx(math.sqrt(n - 1) / n, rel=1e-15)


def test_the_order_of_the_pictures_does_not_matter() -> None:
    images = pictures(200, 100, 120, 1)
    assert Scaling.fit(images) == Scaling.fit(images[::-1])


def test_a_constant_channel_becomes_zero() -> None:
    images = pictures(10, 4, 4, 3)
    images[..., 1] = 77
    scaling = Scaling.fit(images)
    assert scaling.std[1] == 1.0
    assert not scaling(images)[..., 1].any()


def test_fit_needs_little_memory() -> None:
    images = np.zeros((20_000, 28, 28, 1), dtype=np.uint8)
    tracemalloc.start()
    try:
        Scaling.fit(images)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000  # as float64 the pictures would take 125 MB


@pytest.mark.parametrize("n_channels", [1, 3])
def test_no_picture_gives_no_picture(n_channels: int) -> None:
    scaling = Scaling((1.0,) * n_channels, (2.0,) * n_channels)
    assert scaling(pictures(0, 28, 28, n_channels)).shape == (0, 28, 28, n_channels)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_the_pictures_may_be_a_view_and_are_not_changed(n_channels: int) -> None:
    images = pictures(6, 5, 4, n_channels)
    before = images.copy()
    scaling = Scaling((70.0, 90.0, 50.0)[:n_channels], (80.0, 30.0, 20.0)[:n_channels])
    turned = images.transpose(0, 2, 1, 3)[::-1, :, ::-1]
    np.testing.assert_array_equal(scaling(turned), scaling(turned.copy()))
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    "images",
    [pictures(28, 28, 1), pictures(2, 3, 3, 1).astype(int), pictures(0, 28, 28, 1)],
    ids=["three dimensions", "whole numbers", "no picture"],
)
def test_fit_refuses_what_it_cannot_use(images: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="expected"):
        Scaling.fit(images)


@pytest.mark.parametrize(
    "images",
    [pictures(28, 28, 1), pictures(2, 3, 3, 1).astype(int), pictures(2, 3, 3, 3)],
    ids=["three dimensions", "whole numbers", "another number of channels"],
)
def test_scaling_refuses_what_it_was_not_fitted_for(images: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="expected"):
        Scaling((70.0,), (80.0,))(images)


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        ((), ()),
        ((1.0,), (1.0, 2.0)),
        ((1.0,), (0.0,)),
        ((1.0,), (-1.0,)),
        ((math.nan,), (1.0,)),
        ((1.0,), (math.inf,)),
    ],
)
def test_impossible_settings(mean: tuple[float, ...], std: tuple[float, ...]) -> None:
    with pytest.raises(SettingError, match="Scaling"):
        Scaling(mean, std)


def test_fashion_mnist_has_the_moments_that_others_print(
    fashion_mnist: tuple[Dataset, Dataset],
) -> None:
    # Normalize((0.2860,), (0.3530,)) stands in countless PyTorch programs
    scaling = Scaling.fit(fashion_mnist[0].images)
    assert scaling.mean[0] / 255 == pytest.approx(0.2860, abs=5e-5)
    assert scaling.std[0] / 255 == pytest.approx(0.3530, abs=5e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(50, 6, 7, 1), (50, 6, 7, 3), (40, 1, 1, 30)])
def test_floats_are_scaled_as_bytes_are(shape: tuple[int, ...], dtype: type) -> None:
    images = np.random.default_rng(3).normal(-5, 2, shape).astype(dtype)
    scaling = Scaling.fit(images)
    np.testing.assert_allclose(scaling.mean, images.mean(axis=(0, 1, 2), dtype=np.float64))
    np.testing.assert_allclose(scaling.std, images.std(axis=(0, 1, 2), dtype=np.float64))
    scaled = scaling(images)
    assert scaled.dtype == np.float32
    expected = (images - np.array(scaling.mean)) / np.array(scaling.std)
    np.testing.assert_allclose(scaled, expected, rtol=1e-4, atol=1e-5)


def test_float64_is_scaled_before_it_is_rounded() -> None:
    """In float32 these numbers would all be the same."""
    images = (1e9 + np.arange(5.0)).reshape(5, 1, 1, 1)
    scaled = Scaling.fit(images)(images).ravel()
    np.testing.assert_allclose(scaled, (np.arange(5) - 2) / np.sqrt(2), rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e9 / 3])
def test_a_constant_that_has_no_exact_mean_becomes_zero(value: float) -> None:
    images = np.full((15, 3, 3, 2), value)
    scaling = Scaling.fit(images)
    assert scaling.std == (1.0, 1.0)
    np.testing.assert_allclose(scaling(images), 0, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_a_weight_counts_a_picture_so_many_times(dtype: type) -> None:
    images = pictures(4, 5, 3, 2).astype(dtype)
    weights = np.array([0.0, 1.0, 3.0, 2.0])
    weighted = Scaling.fit(images, weights)
    repeated = Scaling.fit(images.repeat([0, 1, 3, 2], axis=0))
    np.testing.assert_allclose(weighted.mean, repeated.mean, rtol=1e-12)
    np.testing.assert_allclose(weighted.std, repeated.std, rtol=1e-12)


@pytest.mark.parametrize("shape", [(3000, 1, 1, 30), (500, 6, 7, 3), (3, 200, 200, 2)])
def test_blocks_add_up_to_the_whole(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    images = rng.normal(1e6, 3, shape) + np.arange(shape[0])[:, np.newaxis, np.newaxis, np.newaxis]
    weights = rng.integers(0, 3, len(images)).astype(float)
    mean = np.average(images, axis=0, weights=weights).mean(axis=(0, 1))
    variance = np.average((images - mean) ** 2, axis=0, weights=weights).mean(axis=(0, 1))
    scaling = Scaling.fit(images, weights)
    np.testing.assert_allclose(scaling.mean, mean, rtol=1e-14)
    np.testing.assert_allclose(scaling.std, np.sqrt(variance), rtol=1e-9)
