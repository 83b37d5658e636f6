"""The ranks of a command: this process alone, or those that mpiexec started together."""

from __future__ import annotations

import os
import signal
import sys

from homespun.errors import HomespunError, MissingExtraError, SettingError
from homespun.mpi.launch import Launch, launch
from homespun.training import ALONE, Ranks

_PURPOSE = "training under mpiexec"


def ranks_of_command() -> Ranks:
    """Return the ranks that this process belongs to; mpi4py is imported only if there are several.

    Raises:
        MissingExtraError: it is not installed.
        SettingError: it belongs to another MPI than the mpiexec that started this process.
    """
    started = launch()
    if started.size == 1:
        return ALONE
    try:
        return _ranks(started)
    except HomespunError as error:
        _end_the_others(started, error)
        raise


def _ranks(started: Launch) -> Ranks:
    try:
        from mpi4py import MPI
    except ImportError as error:
        raise MissingExtraError("mpi4py", "mpi", _PURPOSE) from error
    except RuntimeError as error:
        raise SettingError(
            f"{_PURPOSE}: mpi4py finds no MPI library ({' '.join(str(error).split())}); "
            "pip install 'homespun[mpi]' brings one"
        ) from error
    from homespun.mpi.ranks import MpiRanks

    if MPI.COMM_WORLD.size != started.size:
        library = MPI.Get_library_version().split("\n")[0].strip("\0 ")
        raise SettingError(
            f"{_PURPOSE}: mpiexec started {started.size} processes, but mpi4py ({library}) sees "
            f"{MPI.COMM_WORLD.size}: they belong to different MPIs; use the mpiexec of the one, or "
            "an mpi4py built for the other"
        )
    return MpiRanks(MPI.COMM_WORLD)


def _end_the_others(started: Launch, error: HomespunError) -> None:
    """End a process that lacks something only here: ranks elsewhere would wait for it for ever.

    Where all are on one host, they all lack it, and each ends by itself. Elsewhere a launcher ends
    the others when one is ended by a signal, and not when it says that it failed before it began.
    """
    if started.n_here != started.size:
        sys.stderr.write(f"homespun: rank {started.rank}: {error}\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGTERM)
