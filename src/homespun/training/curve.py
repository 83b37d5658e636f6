"""A curve in one line of characters, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-=*#"
"""For terminals whose encoding lacks the blocks."""


def curve(values: Sequence[float], width: int, marks: str = BLOCKS) -> str:
    """Return the values as at most `width` marks, the lowest mark for the least value.

    Where there are more values than room, each mark stands for the mean of its neighbours.
    """
    if not len(values):
        return ""
    parts = np.array_split(np.asarray(values, float), min(width, len(values)))
    means = np.array([part.mean() for part in parts])
    span = means.max() - means.min() or 1.0
    heights = np.round((means - means.min()) / span * (len(marks) - 1)).astype(int)
    return "".join(marks[height] for height in heights)


def marks_for(encoding: str) -> str:
    """Return the marks that can be written in this encoding."""
    try:
        BLOCKS.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return PLAIN
    return BLOCKS
