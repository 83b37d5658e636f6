"""Randomness that is looked up, not used up: the same draw for the same place in a run.

A generator is keyed by what it is for and by where in the run it is used. So a draw depends neither
on the number of threads nor on what was drawn before, and a run that was stopped goes on with the
draws that it would have made.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

_EMPTY_BUFFER = np.zeros(4, np.uint64)


class Purpose(IntEnum):
    """What randomness is for; each purpose has draws of its own."""

    INITIALIZE = 0
    SHUFFLE = 1
    SHARD = 2


def generator(
    seed: int, purpose: Purpose, epoch: int = 0, step: int = 0, shard: int = 0
) -> np.random.Generator:
    """Return the generator of this place in the run of `seed` (0 to 2**64 - 1).

    Source: Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox).
    """
    return move(np.random.Generator(np.random.Philox(0)), seed, purpose, epoch, step, shard)


def move(
    rng: np.random.Generator,
    seed: int,
    purpose: Purpose,
    epoch: int = 0,
    step: int = 0,
    shard: int = 0,
) -> np.random.Generator:
    """Return `rng`, made by `generator`, moved to another place; quicker than making another."""
    rng.bit_generator.state = {
        "bit_generator": "Philox",
        "state": {
            "key": np.array([seed, purpose], np.uint64),
            "counter": np.array([0, shard, step, epoch], np.uint64),
        },
        "buffer": _EMPTY_BUFFER,
        "buffer_pos": len(_EMPTY_BUFFER),
        "has_uint32": 0,
        "uinteger": 0,
    }
    return rng
