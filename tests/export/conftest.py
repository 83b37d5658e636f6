from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import pytest

from homespun import nn
from homespun.data import Scaling
from homespun.models import Model
from homespun.models.coming_along import packaged_model
from homespun.storage import load
from homespun.types import Array, Shape


class Session:
    """A file as onnxruntime answers it, on one thread."""

    def __init__(self, content: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.runtime = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, **inputs: Array) -> dict[str, Array]:
        names = [output.name for output in self.runtime.get_outputs()]
        return dict(zip(names, self.runtime.run(names, inputs), strict=True))


@pytest.fixture(scope="session")
def session() -> type[Session]:
    """Bytes of a file -> what answers, given the inputs by name."""
    return Session


def make_model(network: nn.Layer, in_shape: Shape = (2, 3, 1), **others: Any) -> Model:
    """A model of drawn weights and running statistics: nothing is left at 0 or 1 to hide errors."""
    rng = np.random.default_rng(5)
    params, (n_out,) = network.init(rng, in_shape)
    parameters = nn.Parameters(params)
    parameters.vector += 0.1 * rng.standard_normal(parameters.vector.shape, np.float32)
    parameters.running += rng.uniform(0, 0.5, parameters.running.shape)
    settings: dict[str, Any] = {
        "loss": nn.SoftmaxCrossEntropy(),
        "scaling": Scaling(
            tuple(range(70, 70 + in_shape[-1])), tuple(range(80, 80 + in_shape[-1]))
        ),
        "class_names": tuple(f"class {i}" for i in range(n_out)),
    }
    return Model(network=network, parameters=parameters, in_shape=in_shape, **(settings | others))


@pytest.fixture(scope="session")
def new_model() -> Callable[..., Model]:
    """(network, in_shape, anything else of Model) -> a model of random weights."""
    return make_model


@pytest.fixture(scope="session")
def packaged() -> Model:
    """The model that comes with the package."""
    path = packaged_model()
    assert path is not None
    return load(path)


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Array]:
    """(n, in_shape) -> pictures of noise, uint8."""

    def draw(n: int, in_shape: Shape) -> Array:
        return np.random.default_rng(1).integers(0, 256, (n, *in_shape), dtype=np.uint8)

    return draw
