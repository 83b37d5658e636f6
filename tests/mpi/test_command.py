from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.errors import MissingExtraError
from homespun.mpi.command import ranks_of_command
from homespun.training import ALONE


@pytest.fixture(autouse=True)
def _nobody_launched_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("PMI", "OMPI_", "MPI_"))]:
        monkeypatch.delenv(name)


def test_without_mpiexec_a_process_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    assert ranks_of_command() is ALONE
    monkeypatch.setenv("PMI_RANK", "0")
    monkeypatch.setenv("PMI_SIZE", "1")
    assert ranks_of_command() is ALONE


@pytest.fixture
def without_mpi4py(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Launched as the second of two, without mpi4py; signals that this process sent are noted."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    monkeypatch.setattr("os.kill", lambda pid, number: sent.append((pid, number)))
    monkeypatch.setenv("PMI_RANK", "1")
    monkeypatch.setenv("PMI_SIZE", "2")
    return sent


def test_without_mpi4py_it_is_said_what_to_install(
    without_mpi4py: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPI_LOCALNRANKS", "2")
    with pytest.raises(MissingExtraError, match=r"mpiexec needs mpi4py.*'homespun\[mpi\]'"):
        ranks_of_command()
    assert without_mpi4py == []


def test_where_only_one_host_lacks_it_the_launcher_is_made_to_end_the_others(
    without_mpi4py: list[tuple[int, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MissingExtraError):
        ranks_of_command()
    assert without_mpi4py == [(os.getpid(), signal.SIGTERM)]
    assert capsys.readouterr().err.startswith("homespun: rank 1: training under mpiexec needs")


def test_a_host_without_mpi4py_keeps_nobody_waiting(
    on_two_hosts: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "mpi4py.py").write_text("raise ImportError('it is broken here')")
    ended = on_two_hosts("contract", second=["-env", "PYTHONPATH", str(tmp_path)])
    assert ended.status != 0
    assert "homespun: rank 1: training under mpiexec needs mpi4py" in ended.err


def test_an_mpiexec_of_another_mpi_is_told_of(ranks: Callable[..., Any]) -> None:
    """Its processes find themselves alone, each as the first of one."""
    code = "from homespun.mpi.command import ranks_of_command; ranks_of_command()"
    told = {"OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "3"}
    ended = ranks(None, "-c", code, **told, OMPI_COMM_WORLD_LOCAL_SIZE="3")
    last = ended.err.splitlines()[-1]
    assert "mpiexec started 3 processes, but mpi4py (MPICH" in last
    assert "sees 1: they belong to different MPIs" in last
