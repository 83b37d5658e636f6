"""The application: every part put together."""

from __future__ import annotations

import logging
from importlib.metadata import version as version_of
from typing import Any

from fastapi import APIRouter, FastAPI

from homespun.serve.corrections import corrections_router
from homespun.serve.crowd import TurnedAway
from homespun.serve.docs_page import docs_router
from homespun.serve.examples import examples_router
from homespun.serve.headers import Careful
from homespun.serve.hosts import KnownHosts
from homespun.serve.kserve import kserve_router
from homespun.serve.limits import BoundedBodies
from homespun.serve.metrics import Metrics, metrics_router
from homespun.serve.model_info import model_router
from homespun.serve.page import page_router
from homespun.serve.predict import PREDICT, predict_router
from homespun.serve.problems import answer_problems
from homespun.serve.runs import runs_router
from homespun.serve.schemas import with_problems
from homespun.serve.serving import Serving
from homespun.serve.settings import Settings
from homespun.serve.timing import TimedRequests

_ABOUT = """Says what is on pictures of products, and how far each answer can be trusted.

Whatever is wrong with a request is answered as a problem (RFC 9457) with a `code` that stays and
with what to do. Pictures stay in memory: they are neither written to the disk nor logged.
"""


class _Application(FastAPI):
    """FastAPI, which describes errors as they are answered here."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API (OpenAPI); it is made once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_problems(super().openapi())
        return self.openapi_schema


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves the model of these settings.

    Raises:
        FileError: the model's file is missing or cannot be read.
        ModelFileError: it holds no sound model of pictures.
    """
    # Pillow writes what cameras wrote into debug logs
    logging.getLogger("PIL").setLevel(logging.WARNING)
    metrics = Metrics()
    serving = Serving(settings, metrics)
    app = _Application(
        title="homespun",
        version=version_of("homespun"),
        summary="Neural networks for pictures of products, written from scratch in NumPy",
        description=_ABOUT,
        lifespan=serving.lifespan,
        docs_url=None,  # the usual page takes its script from another host
        redoc_url=None,
    )
    app.state.serving = serving
    answer_problems(app)
    for router in _routers(app, settings, serving, metrics):
        app.include_router(router)
    _surround(app, settings, serving, metrics)
    return app


def _routers(
    app: FastAPI, settings: Settings, serving: Serving, metrics: Metrics
) -> tuple[APIRouter, ...]:
    holder, life, answering = serving.holder, serving.life, serving.answering
    return (
        predict_router(settings, holder, answering),
        model_router(holder),
        examples_router(),
        corrections_router(settings, holder),
        runs_router(settings, life),
        kserve_router(
            holder, answering.answer, min(16, settings.queue), lambda: not life.has_ended
        ),
        metrics_router(metrics),
        page_router(settings),
        docs_router(app),
    )


def _surround(app: FastAPI, settings: Settings, serving: Serving, metrics: Metrics) -> None:
    """Put the middleware around the application; the one added last stands outermost."""
    app.add_middleware(
        BoundedBodies,
        most=settings.max_body,
        most_held=settings.most_held,
        deadline=settings.body_deadline,
    )
    app.add_middleware(KnownHosts, allowed=settings.allowed_hosts)
    app.add_middleware(Careful)
    app.add_middleware(TimedRequests, metrics=metrics)
    app.add_middleware(
        TurnedAway, path=PREDICT, has_room=lambda: serving.answering.has_room, metrics=metrics
    )
