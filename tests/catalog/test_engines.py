"""The contract that both engines keep, each as a user starts it, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

CLUSTER = Path(__file__).parents[2] / "benchmarks" / "ray_cluster.py"
WITHOUT_ADDRESS = {name: text for name, text in os.environ.items() if name != "RAY_ADDRESS"}
QUIET = WITHOUT_ADDRESS | {"RAY_USAGE_STATS_ENABLED": "0"}

MAKE = """
import json, multiprocessing, sys
from pathlib import Path
from homespun.catalog import choose_engine, make_catalog

about, out = json.loads(sys.argv[1]), sys.stdout

def tell(progress):
    if progress.done >= about["stop"]:
        raise KeyboardInterrupt
    pids = [process.pid for process in multiprocessing.active_children()]
    told = {"done": progress.done, "before": progress.before, "pids": pids}
    print(json.dumps(told), file=out, flush=True)

engine = choose_engine(about["engine"], 2, about["address"])
make_catalog(
    Path(about["path"]), Path(about["output"]), model=Path(about["model"]), engine=engine,
    tell=tell, chunk=3,
)
"""


@contextmanager
def making(**about: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that makes a catalogue, three pictures a chunk, and tells how far it is."""
    usual = {"engine": "local", "address": None, "stop": 10**9}
    arguments = [sys.executable, "-c", MAKE, json.dumps(usual | about)]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=QUIET
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def progress_of(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    return map(json.loads, process.stdout)


class Local:
    """Loses a worker to kill -9."""

    engine, address = "local", None

    def hurt(self, progress: dict[str, Any]) -> int:
        os.kill(progress["pids"][0], signal.SIGKILL)
        return 1


@dataclass
class Ray:
    """Loses a node with all that was on it."""

    process: subprocess.Popen[str]
    address: str
    engine = None  # the address says it

    def hurt(self, progress: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def cluster(folder: str) -> Iterator[Ray]:
    """A cluster; its address is empty where it did not start."""
    with subprocess.Popen(
        [sys.executable, str(CLUSTER), folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=QUIET,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Ray(process, process.stdout.readline().strip())
        process.stdin.close()


@pytest.fixture(scope="module")
def ray() -> Iterator[Ray]:
    pytest.importorskip("ray")
    with TemporaryDirectory(prefix="r", dir="/tmp") as folder:  # sockets' names must be short
        for _ in range(5):  # Ray waits 30 s for a node, which a busy machine may not keep
            with cluster(folder) as found:
                if found.address:
                    yield found
                    return
    pytest.fail("no Ray cluster could be started")


@pytest.fixture(params=["local", "ray"])
def engine(request: pytest.FixtureRequest) -> Any:
    return Local() if request.param == "local" else request.getfixturevalue("ray")


def test_what_another_began_is_ended_to_the_same_rows_though_a_part_of_the_engine_is_lost(
    engine: Any,
    pictures: Path,
    model_file: Path,
    tmp_path: Path,
    check_catalog: Callable[[Path], None],
) -> None:
    output = tmp_path / "a catalogue.parquet"
    job = {"path": str(pictures), "output": str(output), "model": str(model_file)}
    with making(**job, stop=4) as process:
        assert process.wait() != 0
    assert not output.exists()
    lost = 0
    with making(**job, engine=engine.engine, address=engine.address) as process:
        for progress in progress_of(process):
            assert 0 < progress["before"] < 27  # by the one before
            if not lost and progress["done"] > progress["before"]:
                lost = engine.hurt(progress)
        assert process.stderr is not None
        assert process.wait() == 0, process.stderr.read()
    assert lost > 0
    check_catalog(output)
    assert list(tmp_path.iterdir()) == [output]


def test_a_job_that_was_killed_as_a_whole_goes_on(
    pictures: Path, model_file: Path, tmp_path: Path, check_catalog: Callable[[Path], None]
) -> None:
    output = tmp_path / "c.parquet"
    job = {"path": str(pictures), "output": str(output), "model": str(model_file)}
    with making(**job) as process:
        for progress in progress_of(process):
            if progress["done"] >= 3:
                process.kill()
        assert process.wait() == -signal.SIGKILL
    assert not output.exists()
    with making(**job) as process:
        first, *_ = progress_of(process)
        assert process.wait() == 0
    assert first["before"] >= 3
    check_catalog(output)
