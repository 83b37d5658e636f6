"""Who is trying: each process holds a lock in the search's folder while it does."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from homespun.errors import FileError
from homespun.files import Lock, make_folder


@dataclass(frozen=True)
class Worker:
    """A process that tries.

    Attributes:
        host: the machine's name.
        name: of the process, like no other.
        lock: held while it tries.
    """

    host: str
    name: str
    lock: Lock

    @classmethod
    def here(cls, folder: Path) -> Worker:
        """Return this process; `folder` is where workers keep their locks."""
        make_folder(folder)
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        return cls(socket.gethostname(), name, Lock(folder / name))

    def to_json(self) -> dict[str, str]:
        """Return what others need to know of it."""
        return {"host": self.host, "name": self.name}


def has_died(folder: Path, worker: Mapping[str, str]) -> bool:
    """Return whether a process of this host has ended that others know as `worker`.

    Of a process of another host nobody here can tell.
    """
    if worker["host"] != socket.gethostname():
        return False
    try:
        Lock(folder / Path(worker["name"]).name).check_free()
    except FileError:
        return False
    return True
