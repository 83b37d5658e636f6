"""The contract of a loss as one call."""

from __future__ import annotations

import numpy as np

from homespun.nn import Loss
from homespun.testing.gradients import assert_slope
from homespun.types import Array, FloatArray


def check_loss(loss: Loss, logits: FloatArray, targets: Array) -> None:
    """Assert that `loss` keeps the loss contract at these logits and targets.

    Looked at: the gradient against finite differences in float64, to 1e-6; samples' losses add up,
    each times its weight; a weight of 0 removes a sample; float32 in, float32 out; huge logits
    give finite numbers; nothing that was passed in is changed.

    Args:
        loss: what is checked.
        logits: (batch, n) in float64.
        targets: as the loss wants them, in float64 if they are not class indices.

    Raises:
        AssertionError: a line that says which part of the contract is broken.
    """
    weights = np.random.default_rng(0).uniform(0.5, 2.0, len(logits))
    before = logits.copy()
    total, dlogits = loss(logits, targets, weights)
    assert np.array_equal(logits, before), f"{loss}: changes its logits"
    assert_slope(lambda z: loss(z, targets, weights)[0], logits, dlogits, f"{loss}, dlogits")

    each = [loss(logits[[i]], targets[[i]], weights[[i]])[0] for i in range(len(logits))]
    np.testing.assert_allclose(total, sum(each), err_msg=f"{loss}: samples' losses must add up")
    weights[0] = 0
    total, dlogits = loss(logits, targets, weights)
    np.testing.assert_allclose(
        total, sum(each[1:]), err_msg=f"{loss}: weight 0 must remove a sample"
    )
    assert not dlogits[0].any(), f"{loss}: a sample of weight 0 has a gradient"

    as_single = targets.astype(np.float32) if targets.dtype.kind == "f" else targets
    single = loss(logits.astype(np.float32), as_single, weights.astype(np.float32))[1]
    assert single.dtype == np.float32, f"{loss}: float32 in, {single.dtype} out"
    for scale in (1e4, -1e4):
        huge, dhuge = loss(logits * scale, targets, weights)
        assert np.isfinite(huge), f"{loss}: not finite for huge logits"
        assert np.isfinite(dhuge).all(), f"{loss}: a gradient that is not finite for huge logits"
