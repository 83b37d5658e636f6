"""What a server was started with: every limit and deadline stands here, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from homespun.errors import SettingError
from homespun.training.workers import available_threads

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""The names under which a machine reaches itself."""


@dataclass(frozen=True)
class Settings:
    """How to serve one model.

    Attributes:
        model: the model's file, which is watched.
        runs: the folder whose runs are shown; None: none are.
        corrections: the folder that keeps pictures with the labels that people gave; None: nothing
            is kept.
        host: the address to listen at.
        port: the port there; 0: any that is free.
        allowed_hosts: by which names, without ports, clients may call this server.
        workers: threads that prepare pictures and ask the network; None: one for each core.
        queue: pictures that may wait for a worker; beyond it requests are refused.
        most_pictures: pictures in one request.
        max_body: bytes of one request's body.
        most_held: bytes of all bodies that are in memory at one time; beyond it requests are
            refused, so that many large ones cannot fill the memory.
        most_followers: streams of events that may be open at one time.
        most_corrections: pictures that are kept, so that nobody can fill the disk.
        header_deadline: seconds within which a request's head must have come.
        body_deadline: seconds within which its body must have come.
        send_deadline: seconds that a client may leave an answer unread before it is cut off.
        drain: seconds that requests under way get to end after SIGTERM.

    Raises:
        SettingError: a limit is less than one, or no port has such a number.
    """

    model: Path
    runs: Path | None = None
    corrections: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: tuple[str, ...] = LOOPBACK
    workers: int | None = None
    queue: int = 64
    most_pictures: int = 32
    max_body: int = 20 * 2**20
    most_held: int = 256 * 2**20
    most_followers: int = 32
    most_corrections: int = 10_000
    header_deadline: float = 10.0
    body_deadline: float = 30.0
    send_deadline: float = 30.0
    drain: float = 60.0

    def __post_init__(self) -> None:
        limits = {
            "workers": self.n_workers,
            "queue": self.queue,
            "most_pictures": self.most_pictures,
            "max_body": self.max_body,
            "most_held": self.most_held,
        }
        for name, value in limits.items():
            if value < 1:
                raise SettingError(f"serve: {name} must be at least 1, got {value}")
        if not 0 <= self.port < 2**16:
            raise SettingError(f"serve: a port is a number from 0 to 65535, got {self.port}")

    @property
    def n_workers(self) -> int:
        """How many worker threads there are."""
        return available_threads() if self.workers is None else self.workers
