"""The convolution: one small window of weights, looked through at every place of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homespun.errors import SettingError, ShapeError
from homespun.nn.channels import for_long_rows, long_rows, sum_by_channel
from homespun.nn.correlation import correlate, correlate_back, kernel_gradient
from homespun.nn.initializers import Initializer, he_normal
from homespun.nn.layer import Backward, no_input_gradient
from homespun.nn.windows import output_size
from homespun.types import FloatArray, Params, Shape


@dataclass(frozen=True)
class Conv2D:
    """(batch, height, width, n_in) -> (batch, out_height, out_width, n_out): y = x * W + b.

    As in every library of the field, * is the cross-correlation: the window is not mirrored.

    Attributes:
        n_out: how many outputs at each place.
        kernel: height and width of the window.
        stride: how far apart two places are, down and across.
        padding: rows of zeros above and below, columns of zeros left and right.
        bias: whether b (n_out,) is there.
        initializer: how W (*kernel, n_in, n_out) is drawn; b starts at zero.

    Source: LeCun et al., 1989, "Backpropagation applied to handwritten zip code recognition".
    """

    n_out: int
    kernel: tuple[int, int] = (3, 3)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (1, 1)
    bias: bool = True
    initializer: Initializer = he_normal

    def __post_init__(self) -> None:
        if min(self.kernel) < 1 or min(self.stride) < 1 or min(self.padding) < 0:
            raise SettingError(f"{self}: kernel and stride must be at least 1, padding at least 0")

    def init(self, rng: np.random.Generator, in_shape: Shape) -> tuple[Params, Shape]:
        """Draw W and a zero b."""
        if len(in_shape) != 3:
            raise ShapeError(
                f"Conv2D({self.n_out}): expected (batch, height, width, n_in), got (batch, "
                f"{', '.join(map(str, in_shape))})"
            )
        height, width, n_in = in_shape
        size = output_size((height, width), self.kernel, self.stride, self.padding)
        if min(size) < 1:
            raise ShapeError(
                f"Conv2D({self.n_out}): a picture of {height} x {width} with padding "
                f"{self.padding} is smaller than the window {self.kernel}"
            )
        area = self.kernel[0] * self.kernel[1]
        shape = (*self.kernel, n_in, self.n_out)
        params = {"W": self.initializer(rng, shape, area * n_in, area * self.n_out)}
        if self.bias:
            params["b"] = np.zeros(self.n_out)
        return params, (*size, self.n_out)

    def forward(
        self, params: Params, x: FloatArray, *, train: bool, rng: np.random.Generator
    ) -> tuple[FloatArray, Backward]:
        """Return the window's weighted sum at every place."""
        W = params["W"]
        if x.ndim != 4 or x.shape[3] != W.shape[2]:
            raise ShapeError(
                f"Conv2D({self.n_out}): expected (batch, height, width, {W.shape[2]}), "
                f"got {x.shape}"
            )
        y = correlate(x, W, self.stride, self.padding)
        if self.bias:
            rows = long_rows(y)
            rows += for_long_rows(params["b"], y)

        def backward(dy: FloatArray, grads: Params, need_dx: bool = True) -> FloatArray:
            grads["W"] += kernel_gradient(x, dy, self.kernel, self.stride, self.padding)
            if self.bias:
                grads["b"] += sum_by_channel(dy)
            if not need_dx:
                return no_input_gradient()
            return correlate_back(dy, W, x.shape, self.stride, self.padding)

        return y, backward
