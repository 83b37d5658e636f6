from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from homespun.data import originals
from homespun.data.originals import Original


def _idx(values: np.ndarray) -> bytes:
    counts = b"".join(count.to_bytes(4, "big") for count in values.shape)
    return bytes([0, 0, 8, values.ndim]) + counts + values.tobytes()


@dataclass
class TinyFiles:
    """Four files that stand in for the published ones: nine and four pictures of 5 x 5."""

    contents: dict[str, bytes]

    def write(self, folder: Path, *, gzipped: bool = False) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.contents.items():
            if gzipped:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
        return folder


@pytest.fixture
def tiny_files(monkeypatch: pytest.MonkeyPatch) -> TinyFiles:
    """Small files, which the code takes for the published ones."""
    rng = np.random.default_rng(3)
    values = [
        rng.integers(0, 256, (9, 5, 5), dtype=np.uint8),
        np.arange(9, dtype=np.uint8),
        rng.integers(0, 256, (4, 5, 5), dtype=np.uint8),
        np.arange(4, dtype=np.uint8),
    ]
    names = [file.name for file in originals.FASHION_MNIST]
    contents = {name: _idx(array) for name, array in zip(names, values, strict=True)}
    published = tuple(
        Original(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    )
    monkeypatch.setattr(originals, "FASHION_MNIST", published)
    return TinyFiles(contents)


@dataclass
class Publisher:
    """A server on this machine: what it serves, and what was asked of it."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A loopback stand-in for the publisher's server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/")
            publisher.asked.append(name)
            content = publisher.files.get(name)
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        publisher = Publisher(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield publisher
        server.shutdown()
        thread.join()


@pytest.fixture
def no_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without apt-get, or any other command."""
    folder = tmp_path / "no-commands"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
