"""The clients of `make load`, for a moment, against a server process with short deadlines."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from homespun.models.coming_along import packaged_model

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="memory is read from /proc"
)
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def load() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import load
    return load


def test_slow_and_endless_clients_are_cut_and_a_stop_loses_nothing(load: ModuleType) -> None:
    """What is asked of it before it is told to stop is answered, whoever else disturbs."""
    pictures = load.small_pictures()[:4]
    deadlines = {"header_deadline": 0.5, "body_deadline": 1.0}
    with load.running(max_body=2**20, **deadlines) as server:
        cut = asyncio.run(load.slow(server.port, 6, 0.1))
        assert all(seconds is not None and seconds >= 0.5 for seconds in cut)
        assert min(cut[::2]) >= 1.0  # those whose head was whole
        poured = asyncio.run(load.endless(server.port, 3, 0.5, server.memory))
        assert poured.cut >= 3
        assert poured.statuses <= {413}
        assert poured.most < 16 * 2**20
        found = asyncio.run(load.drain(server.port, pictures, "image/png", 4, 0.5, server.end))
        assert server.process.wait(timeout=60) == 0
    assert found.lost == 0
    assert found.under_way > 0


def test_the_same_model_answers_through_onnxruntime(load: ModuleType) -> None:
    import load_server

    onnx = load_server.load_onnx(packaged_model()).model
    ours = load_server.load_served(packaged_model()).model
    images = np.random.default_rng(0).integers(0, 256, (5, *ours.in_shape), dtype=np.uint8)
    images[0] = 0
    expected, given = ours.answer(images), onnx.answer(images)
    np.testing.assert_allclose(given.probabilities, expected.probabilities, atol=1e-5)
    assert given.trust == expected.trust


def test_what_came_besides_good_answers_is_said(load: ModuleType) -> None:
    found = load.Load(seconds=2.0, ok=10, busy=4, other=0, lost=2, p50=0.1, p99=0.2)
    assert found.rate == 5
    assert found.offered == 8
    assert load._others(found) == "503: 4, none: 2"
    assert load._others(load.Load(1.0, 3, 0, 0, 0, 0.1, 0.1)) == "0"


class _Moody(BaseHTTPRequestHandler):
    """Takes a body, and answers with one status after the other."""

    protocol_version = "HTTP/1.1"
    statuses = itertools.cycle((200, 503, 415))
    bodies: ClassVar[set[bytes]] = set()

    def do_POST(self) -> None:
        self.bodies.add(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(next(self.statuses))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs wrk: apt-get install wrk")
def test_wrk_sends_each_body_and_counts_by_status(load: ModuleType) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Moody) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        found = load.load(address, [b"one", b"two"], "text/plain", 1, 1)
        server.shutdown()
    assert _Moody.bodies == {b"one", b"two"}
    assert found.ok > 0
    assert 0 <= found.ok - found.other <= 1
    assert found.busy in (found.ok, found.other)
    assert 0 < found.p50 <= found.p99
