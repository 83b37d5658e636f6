"""What must hold for all inputs, tried on those that hypothesis thinks of."""

from __future__ import annotations

import gzip
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.data import Scaling, encode_idx, read_idx
from homespun.data.split import stratified_split
from homespun.errors import DataError, FileError
from homespun.files import read_bounded, write_durably
from homespun.models import Model
from homespun.nn import (
    AvgPool2D,
    Chain,
    Conv2D,
    Dense,
    Flatten,
    GlobalAvgPool,
    MaxPool2D,
    Parameters,
    ReLU,
    SoftmaxCrossEntropy,
    shapes_of,
)
from homespun.optim import Constant, Cosine, OneCycle, StepDecay
from homespun.report.history import read_history
from homespun.storage import load, parse_json, save
from homespun.training import EpochRecord, history_to_csv
from homespun.training.tree import tree_sum

shapes = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)
seeds = st.integers(0, 2**32 - 1)


@contextmanager
def a_file(content: bytes | None = None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        if content is not None:
            path.write_bytes(content)
        yield path


@given(shapes, seeds, st.booleans())
def test_idx_comes_back(shape: tuple[int, ...], seed: int, packed: bool) -> None:
    values = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    content = encode_idx(values)
    with a_file(gzip.compress(content) if packed else content) as path:
        np.testing.assert_array_equal(read_idx(path), values)


@given(shapes, st.data())
def test_no_part_of_an_idx_file_is_taken_for_the_whole(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    content = encode_idx(np.zeros(shape, np.uint8))
    length = data.draw(st.integers(0, len(content) - 1))
    with a_file(content[:length]) as path, pytest.raises(DataError):
        read_idx(path)


@given(st.binary(max_size=5000), st.integers(0, 5000))
def test_bytes_come_back_or_are_too_many(content: bytes, limit: int) -> None:
    with a_file() as path:
        write_durably(path, content)
        if len(content) > limit:
            with pytest.raises(FileError, match="is larger than"):
                read_bounded(path, limit)
        else:
            assert read_bounded(path, limit) == content


@given(st.lists(st.integers(0, 4), min_size=2, max_size=200), seeds, st.data())
def test_a_split_gives_each_class_its_share(
    labels: list[int], seed: int, data: st.DataObject
) -> None:
    n_held_out = data.draw(st.integers(1, len(labels) - 1))
    truth = np.array(labels)
    kept, held_out = stratified_split(truth, n_held_out, seed)
    assert sorted([*kept, *held_out]) == list(range(len(labels)))
    assert len(held_out) == n_held_out
    for label in set(labels):
        share = n_held_out * labels.count(label) / len(labels)
        assert abs(np.count_nonzero(truth[held_out] == label) - share) < 1
    again, _ = stratified_split(truth, n_held_out, seed)
    np.testing.assert_array_equal(again, kept)


rates = st.floats(1e-6, 10)
totals = st.integers(1, 300)
schedules = st.one_of(
    st.builds(Constant, rates),
    st.builds(StepDecay, rates, every=st.integers(1, 50), factor=st.floats(0.01, 1)),
    st.builds(Cosine, rates, total_steps=totals),
    st.builds(OneCycle, rates, total_steps=totals, warmup=st.floats(0, 0.9)),
)


@given(schedules, totals)
def test_a_schedule_rises_once_and_falls_once_and_stays_in_bounds(
    schedule: Any, n_steps: int
) -> None:
    lrs = np.array([schedule.lr_at(step) for step in range(1, n_steps + 1)])
    assert (lrs >= 0).all()
    assert (lrs <= schedule.lr * (1 + 1e-12)).all()
    moves = np.sign(np.diff(lrs))
    moves = moves[moves != 0]
    assert (np.diff(moves) <= 0).all(), "once it falls it never rises again"


@st.composite
def networks(draw: st.DrawFn) -> Chain:
    layers: list[Any] = []
    for _ in range(draw(st.integers(0, 3))):
        layers.append(Conv2D(draw(st.integers(1, 5))))
        layers.append(draw(st.sampled_from([ReLU(), MaxPool2D(), AvgPool2D()])))
    layers.append(draw(st.sampled_from([Flatten(), GlobalAvgPool()])))
    layers += [Dense(n) for n in draw(st.lists(st.integers(1, 6), max_size=2))]
    return Chain(*layers)


sides = st.integers(8, 13)


@given(networks(), st.tuples(sides, sides, st.integers(1, 3)), st.integers(1, 3))
def test_a_network_gives_the_shape_that_it_announces(
    network: Chain, in_shape: tuple[int, int, int], n: int
) -> None:
    rng = np.random.default_rng(0)
    params, announced = network.init(rng, in_shape)
    _, foretold = shapes_of(network, in_shape)
    y, backward = network.forward(params, np.ones((n, *in_shape)), train=True, rng=rng)
    assert y.shape == (n, *announced) == (n, *foretold)
    parameters = Parameters(params, np.float64)
    assert backward(np.ones_like(y), parameters.views).shape == (n, *in_shape)


@given(st.lists(st.integers(1, 5), max_size=3), st.integers(2, 4), seeds)
def test_a_model_comes_back(hidden: list[int], n_classes: int, seed: int) -> None:
    network = Chain(Flatten(), *map(Dense, [*hidden, n_classes]))
    rng = np.random.default_rng(seed)
    parameters = Parameters(network.init(rng, (2, 3, 1))[0])
    names = tuple(f"class {i}" for i in range(n_classes))
    scaling = Scaling((rng.uniform(0, 255),), (rng.uniform(1, 99),))
    model = Model(network, parameters, SoftmaxCrossEntropy(), scaling, (2, 3, 1), names)
    with a_file() as path:
        save(model, path)
        other = load(path)
    assert other.parameters.weight_hash() == parameters.weight_hash()
    assert (other.network, other.scaling, other.class_names) == (network, scaling, names)
    pictures = rng.integers(0, 256, (3, 2, 3, 1), dtype=np.uint8)
    np.testing.assert_array_equal(other.predict_proba(pictures), model.predict_proba(pictures))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**64, 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_json_comes_back(value: Any) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.builds(EpochRecord, st.integers(1, 10**6), *[numbers] * 4,
                          st.none() | numbers, st.none() | numbers), max_size=5))  # fmt: skip
def test_metrics_come_back_with_every_digit(history: list[EpochRecord]) -> None:
    with a_file(history_to_csv(history).encode()) as path:
        assert read_history(path) == [vars(record) for record in history]


@given(st.lists(st.integers(-(2**20), 2**20), min_size=1, max_size=70))
def test_a_tree_of_sums_is_a_sum(values: list[int]) -> None:
    """Whole numbers that small add up exactly in float64, in any order."""
    assert tree_sum([np.array([float(v)]) for v in values]).tolist() == [math.fsum(values)]
