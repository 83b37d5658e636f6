from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homespun.data import CLASS_NAMES, Dataset, load_folder
from homespun.models import Model
from homespun.models.coming_along import packaged_model
from homespun.runs.execute import execute
from homespun.runs.folder import RunFolder, Settings
from homespun.serve.known import known_pictures
from homespun.serve.similar import Similar, hidden
from homespun.storage import load


@pytest.fixture(scope="module")
def model() -> Model:
    path = packaged_model()
    assert path
    return load(path)


@pytest.fixture(scope="module")
def known(model: Model) -> Dataset:
    path = packaged_model()
    assert path
    found = known_pictures(model, path)
    assert found is not None
    return found


def test_the_package_brings_a_hundred_of_each_class_of_the_training_file(
    known: Dataset, fashion_mnist: tuple[Dataset, Dataset]
) -> None:
    train, _ = fashion_mnist
    assert known.class_names == CLASS_NAMES
    assert np.bincount(known.labels).tolist() == [100] * 10
    first = np.concatenate([np.flatnonzero(train.labels == label)[:100] for label in range(10)])
    np.testing.assert_array_equal(known.images, train.images[first])


def test_the_hidden_layer_is_that_before_the_last(model: Model, known: Dataset) -> None:
    images = known.images[:3]
    x = model.scaling(images, np.dtype(np.float32))
    rng = np.random.default_rng(0)
    for i, layer in enumerate(model.network.layers[:-1]):
        x, _ = layer.forward(model.parameters.views[str(i)], x, train=False, rng=rng)
    W, b = (model.parameters.views[str(i + 1)][name] for name in "Wb")
    logits = model.predict_logits(images, 1)
    np.testing.assert_allclose(x @ W + b, logits, rtol=1e-4)  # the pool and the last layer follow
    found = hidden(model, images)
    assert found.ndim == 2
    assert np.isfinite(found).all()


def test_a_picture_is_nearest_to_itself_and_distances_rise(model: Model, known: Dataset) -> None:
    few = known.take(np.arange(0, 1000, 20))
    similar = Similar()
    assert not similar.is_ready
    assert similar.nearest(model, few.images[0], 3) == []
    similar.fill(model, few)
    assert similar.is_ready
    for i in (0, 17, 49):
        found = similar.nearest(model, few.images[i], 4)
        np.testing.assert_array_equal(found[0].pixels, few.images[i])
        assert found[0].label == few.class_names[few.labels[i]]
        assert found[0].distance == pytest.approx(0, abs=1e-3)
        distances = [one.distance for one in found]
        assert distances == sorted(distances)
        features = hidden(model, few.images)
        away = np.sqrt(((features - features[i]) ** 2).sum(axis=1))
        np.testing.assert_allclose(distances[1:], np.sort(away)[1:4], rtol=1e-3)


def test_a_run_on_a_folder_shows_the_pictures_that_it_learnt_from(
    pictures_in: Any, own_cache: Path, tmp_path: Path
) -> None:
    root = pictures_in.classes(8)
    data = load_folder(root, image_size=12)
    run = RunFolder(tmp_path / "run")
    settings = Settings("mlp", seed=0, epochs=1, validation=None, folder=str(root), image_size=12)
    execute(run, settings, data.training_file, data.judged, manifest=data.manifest, threads=1)
    model = load(run.model)
    found = known_pictures(model, run.model)
    assert found is not None
    np.testing.assert_array_equal(found.images, data.train.images[:])
    assert found.class_names == model.class_names

    next(root.rglob("*.png")).write_bytes(b"other")
    assert known_pictures(model, run.model) is None


def test_nothing_is_shown_for_other_pictures_than_those_that_are_at_hand(model: Model) -> None:
    from dataclasses import replace

    path = packaged_model()
    assert path
    assert known_pictures(replace(model, class_names=tuple("abcdefghij")), path) is None
