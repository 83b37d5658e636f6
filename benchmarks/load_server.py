"""The server under load: a process of its own, as `homespun serve` starts it.

Run as a script it is that process; with the engine `onnxruntime` the same server asks the same
model through onnxruntime instead of homespun's own layers.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from homespun.export import export_onnx
from homespun.models import Answers, Model
from homespun.models.coming_along import packaged_model
from homespun.serve import serving
from homespun.serve.served import Served, load_served
from homespun.serve.server import serve
from homespun.serve.settings import Settings
from homespun.types import Array

ENGINES = ("homespun", "onnxruntime")
_TRUST = ("yes", "unsure", "unlike")
_LOOK = 0.5
_MOST_LOOKS = 120
_IDLE = 0.1
"""The share of a core that an idle server may take while it is looked at."""


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Attributes:
        process: what runs it.
        address: where it is, with a slash at the end.
    """

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.address.rstrip("/").rsplit(":", 1)[1])

    def metrics(self) -> Mapping[str, float]:
        """Return what `/metrics` says, by name and labels as they stand there."""
        text = urlopen(f"{self.address}metrics", timeout=30).read().decode()
        return {
            "|".join((sample.name, *sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def cpu_seconds(self) -> float:
        """Return how much of the cores' time it has taken."""
        return self.metrics()["process_cpu_seconds_total"]

    def settle(self) -> None:
        """Wait until what a server does in the background after its start is done."""
        for _ in range(_MOST_LOOKS):
            before = self.cpu_seconds()
            time.sleep(_LOOK)
            if self.cpu_seconds() - before < _IDLE * _LOOK:
                return

    def memory(self) -> int:
        """Return the bytes of memory that it holds now."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> None:
        """Ask it to end, as an operator does."""
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def running(engine: str = "homespun", **settings: Any) -> Iterator[Running]:
    """Give a server with these settings on a free port; it ends with the `with` block."""
    command = [sys.executable, __file__, "--engine", engine, "--settings", json.dumps(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address:
                raise SystemExit(f"the server did not start: {' '.join(command)}")
            yield Running(process, address)
        finally:
            if process.poll() is None:
                process.kill()


@dataclass(frozen=True, eq=False)
class OnnxModel(Model):
    """A model whose answers are computed by onnxruntime, on one thread."""

    session: Any = None

    def answer(self, images: Array, threads: int | None = None) -> Answers:
        """Return what the graph says."""
        names = [output.name for output in self.session.get_outputs()]
        found = dict(zip(names, self.session.run(None, {"pictures": images}), strict=True))
        trust = tuple(_TRUST[number] for number in found["trust"].tolist())
        return Answers(found["probabilities"], found.get("unlikeness"), trust)


def load_onnx(path: Path) -> Served:
    """Return what is served, with its model in onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the server's workers are the threads
    served = load_served(path)
    content = export_onnx(served.model)
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    values = {field.name: getattr(served.model, field.name) for field in fields(Model)}
    return replace(served, model=OnnxModel(**values, session=session))


def main() -> None:
    """Serve, and print the address once there is an answer at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="homespun")
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON for Settings")
    arguments = parser.parse_args()
    if arguments.engine == "onnxruntime":
        serving.load_served = load_onnx
    places = {"model", "runs", "corrections"}
    named = {n: Path(v) if n in places else v for n, v in arguments.settings.items()}
    settings = {"model": packaged_model(), "port": 0, **named}
    serve(Settings(**settings), lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
