"""Public checks of the contracts, for the parts of homespun and for a user's own."""

from homespun.testing.gradients import assert_slope
from homespun.testing.layers import check_layer
from homespun.testing.losses import check_loss
from homespun.testing.optimizers import check_optimizer

__all__ = ["assert_slope", "check_layer", "check_loss", "check_optimizer"]
