"""What does the work: one contract, whoever keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from homespun.catalog.chunk import Chunk
from homespun.catalog.work import Work
from homespun.errors import HomespunError

Tell = Callable[[int], None]
"""Called with a number of pictures that were done since the last call."""


class EngineError(HomespunError, RuntimeError):
    """An engine could not do its work, whatever the pictures are."""


class Engine(Protocol):
    """Has chunks answered and written.

    When `run` returns, each chunk stands in a part with all its rows. When it raises, or its
    process is killed, some do and the others do not; none is lost and nothing half written counts.
    How many processes there are, and how many of them died meanwhile, changes no bit of a row.

    Attributes:
        name: what it is called.
    """

    name: str

    def run(self, work: Work, chunks: Iterable[Chunk], tell: Tell) -> None:
        """Do the chunks.

        Args:
            work: what each process needs.
            chunks: taken one by one, never all at once.
            tell: hears how many pictures are done.

        Raises:
            EngineError: processes cannot be started, or keep ending.
            HomespunError: a part cannot be written, and the like.
        """
        ...
