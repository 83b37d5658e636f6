"""How this process was started: alone, or by mpiexec as one of several; mpi4py is not needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

_VARIABLES = (
    ("PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"),  # MPICH, Intel MPI, Slurm's srun --mpi=pmi2
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"),  # Open MPI
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE"),  # MVAPICH
    ("PMIX_RANK", "SLURM_STEP_NUM_TASKS", ""),  # Slurm's srun --mpi=pmix
)
"""What launchers tell their processes: rank, number of ranks, number of ranks on the host.

A batch script of Slurm has variables of its own, but is no rank.
"""


@dataclass(frozen=True)
class Launch:
    """What the launcher says of this process.

    Attributes:
        rank: its number, from 0.
        size: how many processes there are.
        n_here: how many of them are on this host; 0 where that is not told.
    """

    rank: int = 0
    size: int = 1
    n_here: int = 0

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that talks to people."""
        return self.rank == 0


def launch(environment: Mapping[str, str] = os.environ) -> Launch:
    """Return how this process was started; one of one where no launcher says otherwise."""
    for rank, size, n_here in _VARIABLES:
        told = environment.get(rank, ""), environment.get(size, "")
        if all(number.isdecimal() for number in told):
            here = environment.get(n_here, "")
            return Launch(int(told[0]), int(told[1]), int(here) if here.isdecimal() else 0)
    return Launch()
