from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from homespun import nn
from homespun.data import Scaling
from homespun.models import Model
from homespun.types import Shape


def make_model(
    network: nn.Layer, in_shape: Shape = (2, 3, 1), n_classes: int = 2, seed: int = 0, **others: Any
) -> Model:
    rng = np.random.default_rng(seed)
    params, _ = network.init(rng, in_shape)
    parameters = nn.Parameters(params)
    parameters.vector[:] = rng.normal(size=parameters.vector.shape)
    settings = {
        "network": network,
        "parameters": parameters,
        "loss": nn.SoftmaxCrossEntropy(label_smoothing=0.1),
        "scaling": Scaling((72.9,) * in_shape[-1], (90.02,) * in_shape[-1]),
        "in_shape": in_shape,
        "class_names": tuple(f"class {i}" for i in range(n_classes)),
        "record": {"settings": {"recipe": "none", "seed": seed}},
    }
    return Model(**(settings | others))


@pytest.fixture(scope="session")
def new_model() -> Callable[..., Model]:
    """(network, in_shape, n_classes, seed, anything else of Model) -> a model of random weights."""
    return make_model


@pytest.fixture(scope="session")
def small_model() -> Model:
    """A model with something of everything that a file holds, in 1,200 bytes."""
    return make_model(
        nn.Chain(
            nn.Flatten(),
            nn.Dense(3, initializer=nn.uniform),
            nn.ReLU(),
            nn.Residual(nn.Chain(nn.Dense(3, bias=False), nn.GELU())),
            nn.Dropout(0.25),
            nn.Dense(2),
        )
    )


class Opened:
    """A model file taken apart by the description of the format, so that tests can forge one.

    Eight bytes of length, little-endian; a JSON object that long; the numbers.
    """

    def __init__(self, content: bytes) -> None:
        length = int.from_bytes(content[:8], "little")
        self.header: dict[str, Any] = json.loads(content[8 : 8 + length])
        self.about: dict[str, Any] = json.loads(self.header["__metadata__"]["homespun"])
        self.numbers = content[8 + length :]

    def closed(self) -> bytes:
        self.header["__metadata__"]["homespun"] = json.dumps(self.about)
        return with_header(json.dumps(self.header), self.numbers)


def with_header(header: str, numbers: bytes = b"") -> bytes:
    encoded = header.encode()
    return len(encoded).to_bytes(8, "little") + encoded + numbers


@pytest.fixture(scope="session")
def open_up() -> type[Opened]:
    """Bytes of a model file -> its parts, to be changed and put together again."""
    return Opened


@pytest.fixture(scope="session")
def put_header() -> Callable[..., bytes]:
    """(header text, numbers) -> a safetensors file."""
    return with_header
