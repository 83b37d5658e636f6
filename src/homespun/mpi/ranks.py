"""Ranks over MPI: what training asks of several processes, answered with mpi4py."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from mpi4py import MPI

from homespun.errors import HomespunError
from homespun.mpi import host
from homespun.mpi.ending import abort, deaf_to_interrupts
from homespun.mpi.roll_call import RollCall
from homespun.mpi.route import own, route
from homespun.nn import Parameters
from homespun.training import available_threads
from homespun.types import Array, FloatArray

T = TypeVar("T")


class MpiRanks:
    """The processes of one MPI communicator (see `homespun.training.Ranks`).

    Each adds up the shards that it owns. Then each is given one piece of the vectors: it gets that
    piece of every subtree's sum, makes the additions that are left of the tree, and gives the
    result to all. So each sends and receives about twice the vector in a step, however many there
    are (Rabenseifner, 2004, "Optimization of collective reduction operations"), and every number
    is added up in the order in which one process would.

    Attributes:
        rank: this one's number, from 0.
        size: how many there are.
        threads: the cores of this host, shared out between the ranks on it.
        bytes_sent: how many bytes of gradients this rank has sent to others.
    """

    def __init__(self, comm: Any) -> None:
        """Take a communicator for ourselves alone; all its ranks must do so together."""
        self._comm = comm.Dup()
        self._host = self._comm.Split_type(MPI.COMM_TYPE_SHARED)
        self._roll_call = RollCall(self._comm)
        self.rank: int = self._comm.rank
        self.size: int = self._comm.size
        self.threads: int = _threads(self._host)
        self.bytes_sent = 0

    def __enter__(self) -> MpiRanks:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for the others, or tell them why this rank can't go on; never leave them waiting.

        Raises:
            RankError: another one can't go on.
        """
        if error is None and self.rank == 0:
            self._roll_call.leave()
        elif error is None:
            with deaf_to_interrupts():
                self._roll_call.leave()
        elif isinstance(error, (HomespunError, OSError)):
            self._roll_call.fail(str(error) or type(error).__name__)
        else:
            abort(self._comm, error)

    def own(self, n: int) -> range:
        """Return which of `n` shards in a row are this rank's; maybe none."""
        return own(self.rank, self.size, n)

    def gather(self, piece: Array) -> Array:
        """Return the pieces (n, ...) of all ranks, one after another along the first axis."""
        piece = np.ascontiguousarray(piece)
        counts = self._roll_call.meet(len(piece))
        row = int(np.prod(piece.shape[1:]))
        whole = np.empty((sum(counts), *piece.shape[1:]), piece.dtype)
        self._comm.Allgatherv(piece, [whole, [count * row for count in counts]])
        return whole

    def combine(self, gradients: Sequence[Parameters], n_shards: int) -> Sequence[Parameters]:
        """Return gradients whose `tree_sum` is that of the gradients of all `n_shards` shards.

        Args:
            gradients: those of this rank's own shards, in their order; there may be more after
                them, and must be at least one, as room for the result. They are changed.
            n_shards: how many shards the batch has.
        """
        way = route(self.size, n_shards)
        vectors = {shard: g.whole for shard, g in zip(self.own(n_shards), gradients, strict=False)}
        for into, other in way.inside[self.rank]:
            vectors[into] += vectors[other]
        total = gradients[0].whole
        bounds = [total.size * i // self.size for i in range(self.size + 1)]
        lengths = np.diff(bounds)
        sums: dict[int, FloatArray] = {}
        for i in range(way.n_rounds):
            roots = [theirs[i] if i < len(theirs) else None for theirs in way.roots]
            sums |= self._deal(roots, vectors, lengths, total.dtype)
        for into, other in way.outside:
            sums[into] += sums[other]
        self._comm.Allgatherv(sums[0], [total, lengths.tolist()])
        self.bytes_sent += sums[0].nbytes * (self.size - 1)
        return gradients[:1]

    def tell(self, make: Callable[[], T]) -> T:
        """Return what `make` returns on the first rank; the others do not call it."""
        value = make() if self.rank == 0 else None
        self._roll_call.meet(patient=True)
        told: T = self._comm.bcast(value)
        return told

    def once_a_host(self, make: Callable[[], T]) -> T:
        """Return what `make` returns on one rank of each host; its arrays are there once a host."""
        return host.share(make, self._host, lambda: self._roll_call.meet(patient=True))

    def agree(self, wish: str | None) -> str | None:
        """Return the wish of the first rank that has one, or None."""
        have_one = self._roll_call.meet(int(wish is not None))
        if not any(have_one):
            return None
        agreed: str = self._comm.bcast(wish, root=have_one.index(1))
        return agreed

    def _deal(
        self,
        roots: Sequence[int | None],
        vectors: dict[int, FloatArray],
        lengths: Array,
        dtype: Any,
    ) -> dict[int, FloatArray]:
        """Give each rank its piece of our root's vector; return our piece of each rank's root.

        `roots` holds a root of each rank, or None where it has none left.
        """
        mine, length = roots[self.rank], int(lengths[self.rank])
        sent = np.empty(0, dtype) if mine is None else vectors[mine]
        to_send = np.zeros(self.size, int) if mine is None else lengths
        received = np.empty((self.size, length), dtype)
        to_receive = [0 if root is None else length for root in roots]
        self._comm.Alltoallv(
            [sent, (to_send.tolist(), _starts(to_send))],
            [received, (to_receive, [length * i for i in range(self.size)])],
        )
        self.bytes_sent += int(to_send.sum() - to_send[self.rank]) * received.itemsize
        return {
            root: piece for root, piece in zip(roots, received, strict=True) if root is not None
        }


def _starts(lengths: Array) -> list[int]:
    starts: list[int] = (np.cumsum(lengths) - lengths).tolist()
    return starts


def _threads(comm: Any) -> int:
    """Return how many threads each rank of a host may use, so that there is one for each core.

    A launcher may have bound ranks to cores of their own, or left all cores to all.
    """
    n = available_threads()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(n))
    on_this_host: set[int] = set().union(*comm.allgather(cores))
    share: int = len(on_this_host) // comm.size
    return max(1, min(n, share))
