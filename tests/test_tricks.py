"""The tricks that benchmarks/tricks.py tries are what their names say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.models import RECIPES
from homespun.nn import BatchNorm, Conv2D
from homespun.optim import SGD
from homespun.training import Progress, train


@pytest.fixture
def tricks(benchmark_script: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark_script("tricks")


@pytest.fixture
def data() -> Dataset:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (768, 28, 28, 1), dtype=np.uint8)
    return Dataset(images, rng.integers(0, 10, 768), tuple("abcdefghij"))


def test_each_trains_the_recipe_to_other_weights(tricks: ModuleType, data: Dataset) -> None:
    hashes = {}
    for name, trick in tricks.TRICKS.items():
        own = dataclasses.replace(data, images=data.images.copy())
        plan = RECIPES["fast"].plan(n_samples=len(own), n_classes=10, epochs=1)
        plan, callbacks = trick(plan, own)
        result = train(plan, own, callbacks=callbacks, threads=1)
        hashes[name] = result.parameters.weight_hash()
    assert len(set(hashes.values())) == len(tricks.TRICKS)


def test_alternating_flips_show_each_picture_both_ways(tricks: ModuleType, data: Dataset) -> None:
    was, images = data.images, data.images.copy()
    mirrored = tricks.Mirrored(images, seed=0)
    first = images.copy()
    changed = (first != was).any(axis=(1, 2, 3))
    assert 0.4 < changed.mean() < 0.6
    mirrored.on_epoch_end(None)
    np.testing.assert_array_equal(images, first[:, :, ::-1])
    mirrored.on_epoch_end(None)
    np.testing.assert_array_equal(images, first)


def test_small_pictures_come_first(tricks: ModuleType, data: Dataset) -> None:
    whole = data.images
    plan = RECIPES["fast"].plan(n_samples=len(data), n_classes=10)
    small, progress = tricks.SmallFirst(data), Progress(plan, len(data))
    sides = []
    for _ in range(6):
        sides.append(data.images.shape[1])
        progress.history.append(None)
        small.on_epoch_end(progress)
    assert sides == [20, 20, 20, 20, 28, 28]
    assert data.images is whole


@pytest.mark.parametrize(("length", "used"), [(5.0, 1.0), (0.5, 0.5)])
def test_a_long_gradient_is_cut_to_one(tricks: ModuleType, length: float, used: float) -> None:
    rule, w = tricks.Clipped(momentum=0.0), np.zeros(2)
    g = length * np.array([0.6, 0.8])
    rule.update(w, g, rule.init(w), lr=1.0, step=1, decayed=np.ones(2))
    np.testing.assert_allclose(w, used * np.array([-0.6, -0.8]))


def test_slow_weights_go_half_of_the_way(tricks: ModuleType) -> None:
    rule, w = tricks.Lookahead(SGD()), np.zeros(1)
    state = rule.init(w)
    seen = []
    for step in range(1, 7):
        rule.update(w, np.full(1, -1.0), state, lr=1.0, step=step, decayed=np.ones(1))
        seen.append(float(w[0]))
    assert seen == [1.0, 2.0, 3.0, 4.0, 2.5, 3.5]


def test_whitened_patches_vary_alike_and_apart(tricks: ModuleType, data: Dataset) -> None:
    images = data.images.astype(np.float64)
    smooth = (images + np.roll(images, 1, axis=2)) / 2  # neighbours are alike
    W = tricks.Whitening(smooth).W
    np.testing.assert_array_equal(W[..., 9:], -W[..., :9])
    patches = np.lib.stride_tricks.sliding_window_view(smooth[..., 0] / 255, (3, 3), (1, 2))
    seen = patches.reshape(-1, 9) @ W[..., :9].reshape(9, 9)
    spread = np.cov(seen, rowvar=False)
    np.testing.assert_allclose(spread, np.diag(np.diag(spread)), atol=1e-4)
    np.testing.assert_allclose(np.diag(spread), 1, atol=0.1)


def test_a_quick_bias_counts_and_learns_eight_times(tricks: ModuleType) -> None:
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 5, 3))
    params = {"gamma": rng.normal(size=3), "beta": rng.normal(size=3)}
    params |= {"running_mean": np.zeros(3), "running_var": np.ones(3)}
    plain = {**params, "beta": 8 * params["beta"]}
    found = []
    for norm, own in ((tricks.QuickNorm(), params), (BatchNorm(), plain)):
        y, way_back = norm.forward(own, x, train=True, rng=rng)
        grads = {name: np.zeros(3) for name in own}
        found.append((y, way_back(dy, grads), grads))
    (y, dx, grads), (plain_y, plain_dx, plain_grads) = found
    np.testing.assert_array_equal(y, plain_y)
    np.testing.assert_array_equal(dx, plain_dx)
    np.testing.assert_allclose(grads.pop("beta"), 8 * plain_grads.pop("beta"))
    for name, gradient in grads.items():
        np.testing.assert_array_equal(gradient, plain_grads[name])


def test_identity_hands_its_inputs_on_first(tricks: ModuleType) -> None:
    rng = np.random.default_rng(0)
    layer = Conv2D(5, bias=False, initializer=tricks.identity)
    params, _ = layer.init(rng, (6, 6, 2))
    x = rng.normal(size=(3, 6, 6, 2))
    y, _ = layer.forward(params, x, train=False, rng=rng)
    np.testing.assert_allclose(y[..., :2], x, atol=1e-12)
    assert abs(y[..., 2:]).min(axis=(0, 1, 2)).all()


def test_gains_are_against_the_run_of_the_same_seed(tricks: ModuleType) -> None:
    runs = {
        "the recipe": [{"accuracy": 0.90, "seconds": 9.0}, {"accuracy": 0.91, "seconds": 8.0}],
        "clipping": [{"accuracy": 0.91, "seconds": 7.0}, {"accuracy": 0.91, "seconds": 6.0}],
    }
    shown = tricks.page(runs)
    assert "| the recipe | 90.50% | | | 8 |" in shown
    assert "| clipping | 91.00% | +0.50 | 0.50 | 6 |" in shown
