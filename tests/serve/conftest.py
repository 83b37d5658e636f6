from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image

from homespun.models.coming_along import packaged_model
from homespun.serve.app import create_app
from homespun.serve.settings import Settings

EXAMPLES = Path(str(files("homespun.serve") / "examples"))
CODES = "application/problem+json"


class Client:
    """Asks an application without any socket, and lets it live from one request to the next."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        self._life = app.router.lifespan_context(app)
        self.run(self._life.__aenter__())

    def run(self, coroutine: Any) -> Any:
        return self._runner.run(coroutine)

    def get(self, path: str, **about: Any) -> httpx.Response:
        return self.run(self.http.get(path, **about))

    def post(self, path: str, **about: Any) -> httpx.Response:
        return self.run(self.http.post(path, **about))

    def problem(self, status: int, response: httpx.Response) -> str:
        """The code of the problem that a response must be."""
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == CODES
        told = response.json()
        assert told["status"] == status
        assert told["detail"]
        assert told["what_to_do"]
        assert told["type"] == f"/docs#{told['code']}"
        code: str = told["code"]
        return code

    def close(self) -> None:
        self.run(self._life.__aexit__(None, None, None))
        self.run(self.http.aclose())
        self._runner.close()


@pytest.fixture
def serving() -> Iterator[Callable[..., Client]]:
    """(settings) -> a client of an application of its own, with the packaged model by default."""
    clients = []

    def begin(**settings: Any) -> Client:
        settings = {"model": packaged_model(), "workers": 1, **settings}
        clients.append(Client(create_app(Settings(**settings))))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """A client of an application with nothing but defaults."""
    client = Client(create_app(Settings(model=packaged_model())))
    yield client
    client.close()


def png(pixels: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(out, format="PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def bag() -> bytes:
    """A picture of the test file, as the gallery has it."""
    return (EXAMPLES / "test-bag.png").read_bytes()


@pytest.fixture(scope="session")
def coat() -> bytes:
    """A made photo of some hundred pixels, stored lying, with a flag that says so."""
    return (EXAMPLES / "photo-coat.jpg").read_bytes()


@dataclass(frozen=True)
class Process:
    """A server that really runs."""

    process: subprocess.Popen[str]
    address: str

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.address)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def terminate(self) -> tuple[int, str]:
        """Send SIGTERM; return the exit status and what was written for people."""
        self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=300)
        return self.process.returncode, err


_SERVE = """
import json, sys
from pathlib import Path
from homespun.serve.server import serve
from homespun.serve.settings import Settings
about = json.loads(sys.argv[1])
settings = Settings(Path(about.pop("model")), port=0, **about)
serve(settings, lambda address: print(address, flush=True))
"""


@contextmanager
def running(**settings: Any) -> Iterator[Process]:
    """A process that serves with these settings."""
    about = json.dumps({"model": str(packaged_model()), "workers": 1, **settings})
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, about],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield Process(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def impatient() -> Iterator[Process]:
    """A server with short deadlines and small limits."""
    with running(
        header_deadline=0.5, body_deadline=1.0, max_body=100_000, most_held=150_000
    ) as process:
        yield process


@pytest.fixture(scope="session")
def process() -> Callable[..., Any]:
    """(settings) -> a context in which a server of its own runs."""
    return running
