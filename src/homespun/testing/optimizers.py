"""The contract of an optimizer as one call."""

from __future__ import annotations

import numpy as np

from homespun.optim import Optimizer, State
from homespun.types import FloatArray

_N = 40


def check_optimizer(optimizer: Optimizer, *, lr: float = 0.05) -> None:
    """Assert that `optimizer` keeps the optimizer contract.

    Looked at: 300 steps on a bowl end lower than a tenth of the start; slices updated one by one
    give the bits of the whole; a copied memory goes on with the same bits; float32 stays float32;
    nothing moves without a gradient and without decay.

    Args:
        optimizer: what is checked.
        lr: a learning rate at which it should go down a bowl of curvatures 0.5 to 2.

    Raises:
        AssertionError: a line that says which part of the contract is broken.
    """
    rng = np.random.default_rng(0)
    start = rng.standard_normal(_N).astype(np.float32)
    curvature = rng.uniform(0.5, 2.0, _N).astype(np.float32)

    whole, state = start.copy(), optimizer.init(start)
    sliced, sliced_state = start.copy(), optimizer.init(start)
    for step in range(1, 301):
        _step(optimizer, whole, curvature * whole, state, slice(None), lr, step)
        g = curvature * sliced
        for piece in (slice(0, 7), slice(7, 24), slice(24, _N)):
            _step(optimizer, sliced, g, sliced_state, piece, lr, step)
        if step == 150:
            sliced_state = {name: vector.copy() for name, vector in sliced_state.items()}
    assert whole.dtype == np.float32, f"{optimizer}: float32 weights became {whole.dtype}"
    assert np.array_equal(whole, sliced), f"{optimizer}: slices give other bits than the whole"
    before, after = curvature @ start**2, curvature @ whole**2
    assert after < 0.1 * before, f"{optimizer}: went from {before:.3g} to {after:.3g} on a bowl"

    still, state = start.copy(), optimizer.init(start)
    optimizer.update(
        still, np.zeros_like(still), state, lr=lr, step=1, decayed=np.zeros_like(still)
    )
    assert np.array_equal(still, start), f"{optimizer}: moves without a gradient"


def _step(
    optimizer: Optimizer,
    w: FloatArray,
    g: FloatArray,
    state: State,
    piece: slice,
    lr: float,
    step: int,
) -> None:
    memory = {name: vector[piece] for name, vector in state.items()}
    optimizer.update(w[piece], g[piece], memory, lr=lr, step=step, decayed=np.ones_like(w[piece]))
