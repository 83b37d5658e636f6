from __future__ import annotations

import pytest

from homespun.mpi.launch import Launch, launch


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Launch(0, 1)),
        ({"PMI_RANK": "2", "PMI_SIZE": "3", "MPI_LOCALNRANKS": "3"}, Launch(2, 3, 3)),
        ({"PMI_RANK": "1", "PMI_SIZE": "4"}, Launch(1, 4, 0)),
        (
            {
                "OMPI_COMM_WORLD_RANK": "0",
                "OMPI_COMM_WORLD_SIZE": "8",
                "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
            },
            Launch(0, 8, 4),
        ),
        ({"PMIX_RANK": "5", "SLURM_STEP_NUM_TASKS": "6"}, Launch(5, 6)),
        ({"PMI_RANK": "one", "PMI_SIZE": "2"}, Launch(0, 1)),
        ({"PMI_RANK": "1"}, Launch(0, 1)),
    ],
)
def test_launchers_tell_rank_and_size(environment: dict[str, str], expected: Launch) -> None:
    assert launch(environment) == expected
    assert expected.is_first == (expected.rank == 0)


def test_a_batch_script_of_slurm_is_no_rank() -> None:
    assert launch({"SLURM_PROCID": "0", "SLURM_NTASKS": "16"}) == Launch()
