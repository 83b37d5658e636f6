"""Random changes of pictures while training."""

from homespun.augment.augmentation import Augmentation
from homespun.augment.erase import Erase, erase
from homespun.augment.flip import Flip, flip
from homespun.augment.shift import Shift, shift
from homespun.augment.tone import Tone, tables_of, tone
from homespun.augment.turn import Turn, turn

__all__ = [
    "Augmentation",
    "Erase",
    "Flip",
    "Shift",
    "Tone",
    "Turn",
    "erase",
    "flip",
    "shift",
    "tables_of",
    "tone",
    "turn",
]
