"""The process that serves: a socket, uvicorn with deadlines of our own, and an orderly end."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from homespun.errors import SettingError
from homespun.serve.app import create_app
from homespun.serve.life import Life
from homespun.serve.protocol import protocol_for
from homespun.serve.settings import Settings

_BACKLOG = 1024
_HEAD_BYTES = 32 * 1024


def serve(settings: Settings, started: Callable[[str], None] = lambda address: None) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way then are answered first.

    Args:
        settings: how.
        started: is called with the address once it can be reached.

    Raises:
        FileError: the model's file is missing or cannot be read.
        ModelFileError: it holds no sound model of pictures.
        SettingError: the address is not one of this machine, or its port is in use.
    """
    with listen(settings.host, settings.port) as listening:
        app = create_app(settings)
        config = uvicorn.Config(
            app,
            http=protocol_for(settings),
            ws="none",
            loop="asyncio",
            lifespan="on",
            access_log=False,  # who asks for what is nobody's business
            log_config=None,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            h11_max_incomplete_event_size=_HEAD_BYTES,
            timeout_graceful_shutdown=int(settings.drain),
        )
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # clients' errors are theirs
        address = address_of(listening)
        _Server(config, app.state.serving.life, lambda: started(address)).run([listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        SettingError: it cannot; the message says why.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, address = found[0][0], found[0][4]
        listening = socket.create_server(address, family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)  # of addresses that are none it is below 0
        reason = os.strerror(number) if number and number > 0 else str(error)
        raise SettingError(
            f"serve: cannot listen at {host}, port {port} ({reason}); "
            "choose another with --port or --host, or --port 0 for any that is free"
        ) from error
    # Connections inherit it. asyncio sets it only where a socket says that it is TCP, and this one
    # does not; without it the end of each answer waits 40 ms for the client's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def address_of(listening: socket.socket) -> str:
    """Return the address of a browser for this socket; one that listens everywhere is local."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _Server(uvicorn.Server):
    """Tells when it can be reached and when it ends."""

    def __init__(self, config: uvicorn.Config, life: Life, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._life = life
        self._has_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._has_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._life.end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGTERM and Ctrl-C for what they are here, the usual way to end: status 0."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()
