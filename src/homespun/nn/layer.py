"""What every layer is: a description that can make weights, go forward, and come back.

A layer holds no weights, no batch and no mode. So any number of threads can run one layer at once,
one layer may stand twice in a network, and a network can be printed, compared and stored.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from homespun.types import FloatArray, Params, Shape


class Backward(Protocol):
    """The way back through one application of a layer."""

    def __call__(self, dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
        """Add the gradient of each parameter into `grads` and return the gradient of the input.

        Args:
            dy: the gradient of the output, in the output's shape.
            grads: arrays that mirror the layer's params; the gradients are added to them.
            need_dx: whether the caller uses the result. The first layer of a network is called
                with False and may then return any array, to save a third of the work.
        """
        ...


@runtime_checkable
class Layer(Protocol):
    """A frozen description of one step of a network."""

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw the parameters for inputs of `in_shape` (without the batch axis).

        Returns:
            The parameters by name, and the shape of the output without the batch axis. `W` names
            the weights that penalties and weight decay act on; all else is free of them.

        Raises:
            ShapeError: the layer cannot take inputs of this shape.
        """
        ...

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the output for `x` and the function that goes back from there.

        Neither `params` nor `x` is changed, and `x` must not be changed until after going back.
        """
        ...


class WithoutParams:
    """The base of layers that have nothing to learn and keep the shape of their input."""

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Return no parameters and the same shape."""
        return {}, in_shape


def no_input_gradient() -> FloatArray:
    """Return what a layer returns when nobody needs the gradient of its input."""
    return np.empty(0, np.float32)
