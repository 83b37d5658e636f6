"""Random changes of pictures while training."""

from homespun.augment.augmentation import Augmentation
from homespun.augment.blur import Blur, blur
from homespun.augment.erase import Cut, Erase, erase
from homespun.augment.flip import Flip, flip
from homespun.augment.leftover import Leftover, leftover
from homespun.augment.negative import Negative, negative
from homespun.augment.shift import Shift, shift
from homespun.augment.sometimes import Sometimes
from homespun.augment.tone import Tone, tables_of, tone
from homespun.augment.turn import Turn, turn

__all__ = [
    "Augmentation",
    "Blur",
    "Cut",
    "Erase",
    "Flip",
    "Leftover",
    "Negative",
    "Shift",
    "Sometimes",
    "Tone",
    "Turn",
    "blur",
    "erase",
    "flip",
    "leftover",
    "negative",
    "shift",
    "tables_of",
    "tone",
    "turn",
]
