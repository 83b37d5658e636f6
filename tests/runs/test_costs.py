from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np
import pytest

from homespun.data import Scaling
from homespun.errors import ModelFileError
from homespun.models import Model
from homespun.nn import Chain, Dense, Flatten, Parameters, SoftmaxCrossEntropy
from homespun.runs.costs import Costs, kept_costs, measure_costs

COSTS = Costs(ms_single=0.5, ms_batch=0.1, machine="x", threads=1, layers=[{"name": "Dense(2)"}])


@pytest.fixture
def model() -> Model:
    network = Chain(Flatten(), Dense(2))
    params, _ = network.init(np.random.default_rng(0), (3, 3, 1))
    return Model(
        network, Parameters(params), SoftmaxCrossEntropy(), Scaling((0.0,), (1.0,)), (3, 3, 1),
        ("a", "b"),
    )  # fmt: skip


def test_times_are_those_of_a_picture(model: Model) -> None:
    ticks = count()
    costs = measure_costs(
        model, np.zeros((5, 3, 3, 1), np.uint8), 8, clock=lambda: float(next(ticks))
    )
    assert (costs.ms_single, costs.ms_batch) == (1000, 1000 / 64)  # each call takes a second
    assert [row["weights"] for row in costs.layers] == [0, 9 * 2 + 2]
    assert [row["macs"] for row in costs.layers] == [0, 18]
    assert sum(row["share"] for row in costs.layers) == pytest.approx(1)


def test_costs_are_measured_once(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    assert kept_costs(path, lambda: COSTS) == COSTS

    def again() -> Costs:
        raise AssertionError("measured twice")

    assert kept_costs(path, again) == COSTS


@pytest.mark.parametrize("content", [b"", b"[]", b'{"ms_single": 1}', b"\xff"])
def test_damaged_costs_are_one_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "costs.json"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"costs.json: is not a run's costs"):
        kept_costs(path, lambda: COSTS)
