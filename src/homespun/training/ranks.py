"""Ranks: the processes that train one network together, of which there is usually one.

What training asks of them stands here, and what one process answers. Several are told apart by
their number, their rank; the first, 0, writes files and talks to people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, TypeVar

import numpy as np

from homespun.errors import SettingError
from homespun.nn import Parameters
from homespun.training.workers import available_threads
from homespun.types import Array

T = TypeVar("T")


class Ranks(Protocol):
    """What a process knows of those that it trains with, and does with them.

    All must call the same methods in the same order, with arguments that fit together. They are
    entered together in a `with` block and left together; an error that leaves the block in one of
    them ends it in all of them.
    """

    @property
    def rank(self) -> int:
        """The number of this one, from 0."""
        ...

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    @property
    def threads(self) -> int:
        """How many threads this one uses unless told otherwise."""
        ...

    def __enter__(self) -> Ranks: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def own(self, n: int) -> range:
        """Return which of `n` shards in a row are this rank's; maybe none."""
        ...

    def gather(self, piece: Array) -> Array:
        """Return the pieces (n, ...) of all ranks, of one type, one after another in the order."""
        ...

    def combine(self, gradients: Sequence[Parameters], n_shards: int) -> Sequence[Parameters]:
        """Return gradients whose `tree_sum` is that of the gradients of all `n_shards` shards.

        Args:
            gradients: those of this rank's own shards, in their order; there may be more after
                them, and must be at least one, as room for the result. They are changed.
            n_shards: how many shards the batch has.
        """
        ...

    def tell(self, make: Callable[[], T]) -> T:
        """Return what `make` returns on the first rank; the others do not call it."""
        ...

    def once_a_host(self, make: Callable[[], T]) -> T:
        """Return what `make` returns on one rank of each host; its arrays are there once a host."""
        ...

    def agree(self, wish: str | None) -> str | None:
        """Return the wish of the first rank that has one, or None."""
        ...


class Alone:
    """The one process that is enough for most trainings."""

    rank = 0
    size = 1

    @property
    def threads(self) -> int:
        """As many as there are cores."""
        return available_threads()

    def __enter__(self) -> Alone:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave nobody behind."""

    def own(self, n: int) -> range:
        """Return all of them."""
        return range(n)

    def gather(self, piece: Array) -> Array:
        """Return the piece."""
        return piece

    def combine(self, gradients: Sequence[Parameters], n_shards: int) -> Sequence[Parameters]:
        """Return them as they are: whoever needs their sum adds them up, block by block."""
        return gradients[:n_shards]

    def tell(self, make: Callable[[], T]) -> T:
        """Return what `make` returns."""
        return make()

    def once_a_host(self, make: Callable[[], T]) -> T:
        """Return what `make` returns."""
        return make()

    def agree(self, wish: str | None) -> str | None:
        """Return the wish."""
        return wish


ALONE: Ranks = Alone()
"""No other process takes part."""


def check_same(ranks: Ranks, vector: Array, what: str) -> None:
    """Compare `vector`, bit for bit, with that of the first rank; all ranks learn of a difference.

    Raises:
        SettingError: it is another one somewhere; `what`, in the plural, says what differs.
    """
    if ranks.size == 1:
        return
    digest = np.frombuffer(hashlib.sha256(np.ascontiguousarray(vector).data).digest(), np.uint8)
    digests = ranks.gather(digest[np.newaxis])
    others = np.flatnonzero((digests != digests[0]).any(axis=1))
    if len(others):
        raise SettingError(
            f"{what} on rank {others[0]} are not those on rank 0; ranks need the same homespun, "
            "the same data and the same kind of processor"
        )
