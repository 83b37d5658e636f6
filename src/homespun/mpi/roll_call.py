"""Roll calls: how ranks meet, and how one that failed or is done lets the others know.

Where a rank fails, others would wait for it for ever in whatever they do together next. So all that
they do together begins with a roll call, and a rank that fails answers one for the last time.
"""

from __future__ import annotations

import itertools
import socket
import time
from typing import Any

import numpy as np

from homespun.errors import RankError

_FAILED = -1
_LEFT = -2
_PAUSE = 5e-5
"""Seconds between looks for the others, who may need this core: MPI's own waiting would keep it."""
_LONG_PAUSE = 0.02
"""The same where they may be long."""
_LOOKS = 20
"""Looks before the first pause: often the others are here already."""


class RollCall:
    """The roll calls of one communicator.

    Attributes:
        is_over: a rank has failed or all have left; there will be no other roll call.
    """

    def __init__(self, comm: Any) -> None:
        self._comm = comm
        self.is_over = False

    def meet(self, value: int = 0, *, patient: bool = False) -> list[int]:
        """Return the values of all ranks, each at least 0, when all are here.

        Args:
            value: what this rank has to say.
            patient: whether it may take long until all are here.

        Raises:
            RankError: a rank has failed; the message is the first one's. Or one has left.
        """
        values = self._exchange(value, patient)
        if _FAILED in values:
            self._tell_why("")
        if _LEFT in values:
            self.is_over = True
            if value != _LEFT:
                raise RankError(f"rank {values.index(_LEFT)} has ended before the others")
        return values

    def leave(self) -> None:
        """Wait until all are done.

        Raises:
            RankError: a rank has failed.
        """
        self.meet(_LEFT, patient=True)

    def fail(self, why: str) -> None:
        """Tell the others that this rank can't go on; they end, too."""
        if not self.is_over:
            self._exchange(_FAILED, patient=True)
            self._tell_why(f"rank {self._comm.rank} on {socket.gethostname()}: {why}")

    def _exchange(self, value: int, patient: bool) -> list[int]:
        mine, all_of_them = np.array([value], np.int64), np.empty(self._comm.size, np.int64)
        request = self._comm.Iallgather(mine, all_of_them)
        for look in itertools.count():
            if request.Test():
                break
            if look >= _LOOKS:
                time.sleep(_LONG_PAUSE if patient else _PAUSE)
        values: list[int] = all_of_them.tolist()
        return values

    def _tell_why(self, why: str) -> None:
        """Exchange what went wrong; raise what did on the first such rank, if nothing did here."""
        self.is_over = True
        reasons = self._comm.allgather(why)
        if why:
            return
        raise RankError(next(filter(None, reasons)))
