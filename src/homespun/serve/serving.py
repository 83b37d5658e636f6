"""What lives as long as the server: its model, its workers, the watch on the model's file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from homespun.serve.answering import Answering
from homespun.serve.known import known_pictures
from homespun.serve.life import Life
from homespun.serve.metrics import Metrics
from homespun.serve.served import Holder, Served, load_served
from homespun.serve.settings import Settings
from homespun.serve.swap import Swap

_LOG = logging.getLogger(__name__)


class Serving:
    """Started and stopped in order by the application.

    Attributes:
        life: ends when the server is told to stop.
        holder: the model that answers.
        answering: answers pictures.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Load the model.

        Raises:
            FileError: its file is missing or cannot be read.
            ModelFileError: it holds no sound model of pictures.
        """
        self.life = Life()
        self.holder = Holder(load_served(settings.model), self._taken)
        self.answering = Answering(settings, metrics)
        self._settings = settings
        self._metrics = metrics
        self._filling: set[asyncio.Task[None]] = set()
        metrics.watch_queue(lambda: len(self.answering.batcher))

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Start the workers and the watch, and at the end let what waits be answered."""
        self.answering.batcher.start()
        self._taken(self.holder.current)
        swap = Swap(self._settings.model, load_served, self.holder.take, self._tell)
        watching = asyncio.create_task(swap.watch())
        yield
        self.life.end()
        for task in (watching, *self._filling):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.to_thread(self.answering.batcher.stop)

    def _tell(self, is_taken: bool) -> None:
        self._metrics.swapped(taken=is_taken)

    def _taken(self, new: Served) -> None:
        """Say which model answers, and look at its training pictures meanwhile."""
        self._metrics.serving(new.name, new.weight_hash)
        task = asyncio.create_task(asyncio.to_thread(self._fill, new))
        self._filling.add(task)
        task.add_done_callback(self._filling.discard)

    def _fill(self, served: Served) -> None:
        """Find training pictures, and look at them; without any the server answers all the same."""
        try:
            pictures = known_pictures(served.model, served.path)
            if pictures is not None:
                served.similar.fill(served.model, pictures, lambda: not self.life.has_ended)
        except Exception:
            _LOG.exception("no training pictures are shown")
