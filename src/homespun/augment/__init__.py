"""Random changes of pictures while training."""

from homespun.augment.images import Augmentation, Flip, Shift, flip, shift

__all__ = ["Augmentation", "Flip", "Shift", "flip", "shift"]
