"""Ray Data: a list of chunks is read, a pool of actors holds the model, and parts are written."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from homespun.catalog.chunk import Chunk, chunks_of, write_chunks
from homespun.catalog.engine import EngineError, Tell
from homespun.catalog.parts import WRITING
from homespun.catalog.work import Work, Worker
from homespun.errors import MissingExtraError
from homespun.training.workers import available_threads

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # else it tells its makers
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_OUR_OWN = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_worker_niceness": "0",  # else everybody else goes first
}
"""How a Ray of our own is told, on any system, that there is one node alone: its servers then
listen on the loopback address. `ray.init` has no setting for that, and takes 127.0.0.1 for an outer
address."""
_OBJECT_STORE = 200 * 2**20
"""Bytes for what goes from task to task: lists of paths, and rows. Pictures never do."""
_SHARE = 0.25
"""Of a core in Ray's books for an actor: so the small tasks that read lists and write parts find
room beside actors, even when nodes were lost. Actors are spread over the nodes all the same."""
_LOOK_EACH = 0.5
"""Seconds between looks at how many parts there are."""


class OnRay:
    """The engine for many machines; without an address, one that is started here on loopback.

    All nodes must have homespun installed, and see input and output under the same paths.
    """

    name = "ray"

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        """Take a Ray cluster.

        Raises:
            MissingExtraError: Ray is not installed.
        """
        os.environ.update(_QUIET if address else _QUIET | _OUR_OWN)  # read when Ray is imported
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise MissingExtraError("Ray", "ray", "--engine ray") from error
        self._ray: Any = ray
        self._workers = workers
        self._address = address

    def run(self, work: Work, chunks: Iterable[Chunk], tell: Tell) -> None:
        """Do the chunks; see `Engine`."""
        with TemporaryDirectory(dir=work.parts.parent, prefix="todo-") as folder:
            todo = Path(folder) / "chunks.parquet"
            n_chunks, n_pictures = write_chunks(todo, chunks)
            if n_chunks:
                with self._cluster(), _told(work.parts, n_pictures / n_chunks, n_pictures, tell):
                    self._follow(work, todo)

    def _follow(self, work: Work, todo: Path) -> None:
        """Build the stream and let it run.

        A chunk is a row of the list. Each row becomes a block of its own, so that a task is one
        chunk, and a part holds one.
        """
        ray = self._ray
        try:
            chunks = ray.data.read_parquet(str(todo)).repartition(target_num_rows_per_block=1)
            rows = chunks.map_batches(
                _Actor,
                fn_constructor_args=(work,),
                batch_size=1,
                batch_format="pyarrow",
                num_cpus=_SHARE,
                compute=ray.data.ActorPoolStrategy(size=self._n_actors()),
            )
            rows.write_parquet(str(work.parts), **WRITING)
        except (ray.exceptions.RayError, OSError, RuntimeError) as error:
            raise EngineError(f"Ray could not go on: {_last_line(error)}") from error

    def _n_actors(self) -> int:
        if self._workers is not None:
            return self._workers
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    @contextmanager
    def _cluster(self) -> Iterator[None]:
        """Be connected to the cluster, or to one of our own, which ends with the block.

        Raises:
            EngineError: nobody answers at the address, or no cluster can be started.
        """
        ray = self._ray
        settings: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
        if self._address is None:
            n = self._workers or available_threads()
            settings |= {
                "address": "local",
                "num_cpus": max(2, n),
                "include_dashboard": False,
                "object_store_memory": _OBJECT_STORE,
            }
        else:
            settings["address"] = self._address
        with warnings.catch_warnings(), redirect_stdout(sys.stderr):  # where Ray, too, may talk
            warnings.simplefilter("ignore")  # what Ray warns of is no matter of the user's
            try:
                ray.init(**settings)
            except Exception as error:  # Ray raises that itself where a node starts too slowly
                where = self._address or "this machine"
                raise EngineError(f"Ray at {where}: {_last_line(error)}") from error
            logging.getLogger("ray.data").setLevel(logging.ERROR)
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            context.max_errored_blocks = 0
            try:
                yield
            finally:
                ray.shutdown()


class _Actor:
    """Holds the model in a process of Ray's."""

    def __init__(self, work: Work) -> None:
        self._worker = Worker(work)
        self._worker.__enter__()  # for as long as the process lives

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return the rows of the chunks in the batch."""
        return pa.concat_tables([self._worker.answer(chunk) for chunk in chunks_of(batch)])


@contextmanager
def _told(parts: Path, a_part: float, n: int, tell: Tell) -> Iterator[None]:
    """Tell of pictures as parts appear, since Ray gives word only at the end; then of the rest."""
    before, told = len(list(parts.iterdir())), 0
    ended = threading.Event()

    def look() -> None:
        nonlocal told
        while not ended.wait(_LOOK_EACH):
            now = min(n, int((sum(1 for _ in parts.iterdir()) - before) * a_part))
            if now > told:
                tell(now - told)
                told = now

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    tell(n - told)


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
