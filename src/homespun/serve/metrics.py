"""What an operator watches: load, delay, refusals, and whether pictures drift from the training's.

Everything is counted in a registry of this server's own, so that two servers in one process, or
a library that counts in the common registry, do not disturb each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_SHORT = (0.0002, 0.0005, *_SECONDS[:11])
_SCORES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
_RECENT = 1000
"""Answers that the share of unlike pictures looks back on."""

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Metrics:
    """Counters of one server; every method may be called from any thread.

    Names and labels come from the application alone (routes, codes, class names), never from a
    client, so that nobody can fill the memory with them.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "homespun_requests", "Requests answered.", ("method", "route", "status"),
            registry=registry,
        )  # fmt: skip
        self._request_seconds = Histogram(
            "homespun_request_seconds", "From a request's head to its answer's last byte.",
            ("route",), buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._under_way = Gauge(
            "homespun_requests_under_way", "Requests not answered yet.", registry=registry
        )
        self._stage_seconds = Histogram(
            "homespun_stage_seconds", "Where the time of a picture goes.", ("stage",),
            buckets=_SHORT, registry=registry,
        )  # fmt: skip
        self._answers = Counter(
            "homespun_answers", "Pictures answered, by how far the answer can be trusted.",
            ("trust",), registry=registry,
        )  # fmt: skip
        self._score = Histogram(
            "homespun_score", "The probability of the answer, by the class that was answered.",
            ("label",), buckets=_SCORES, registry=registry,
        )  # fmt: skip
        self._recent: deque[bool] = deque(maxlen=_RECENT)
        Gauge(
            "homespun_unlike_share",
            f"Share of the last {_RECENT:,} pictures that are unlike the training data.",
            registry=registry,
        ).set_function(self._unlike_share)
        self._queue = Gauge(
            "homespun_queue_length", "Pictures that wait for the network.", registry=registry
        )
        self._model = Info("homespun_model", "The model that answers.", registry=registry)
        self._swaps = Counter(
            "homespun_model_swaps", "Changes of the model's file.", ("outcome",), registry=registry
        )
        Info("homespun_build", "The version of homespun.", registry=registry).info(
            {"version": version("homespun")}
        )
        for trust in ("yes", "unsure", "unlike"):
            self._answers.labels(trust)
        for outcome in ("taken", "refused"):
            self._swaps.labels(outcome)

    def arrived(self) -> None:
        """Count a request that has begun."""
        self._under_way.inc()

    def left(self, method: str, route: str, status: str, seconds: float | None) -> None:
        """Count the end of a request that `arrived`.

        Args:
            method: its method; one that HTTP does not define is counted as `other`.
            route: the pattern of the path, as `/api/runs/{name}`; never the path itself.
            status: the answer's status, or `aborted` where the client went away before one.
            seconds: how long it took; None: not worth counting, as with a stream of events.
        """
        self._under_way.dec()
        self._requests.labels(method if method in _METHODS else "other", route, status).inc()
        if seconds is not None:
            self._request_seconds.labels(route).observe(seconds)

    def turned_away(self, method: str, route: str, status: int) -> None:
        """Count a request that was refused before it `arrived`."""
        self._requests.labels(method, route, str(status)).inc()

    def spent(self, stage: str, seconds: float) -> None:
        """Count the time that a stage took: wait, decode, prepare, network."""
        self._stage_seconds.labels(stage).observe(seconds)

    def answered(self, answer: Mapping[str, Any], seconds: float | None = None) -> None:
        """Count an answer as `Answers.named` gives it, and the seconds from asking to having it."""
        self._answers.labels(answer["trust"]).inc()
        self._score.labels(answer["label"]).observe(answer["probability"])
        self._recent.append(answer["trust"] == "unlike")
        if seconds is not None:
            self.spent("answer", seconds)

    def serving(self, name: str, weight_hash: str) -> None:
        """Say which model answers from now on."""
        self._model.info({"name": name, "weight_hash": weight_hash})

    def swapped(self, *, taken: bool) -> None:
        """Count a change of the model's file: taken, or refused since the new one is bad."""
        self._swaps.labels("taken" if taken else "refused").inc()

    def watch_queue(self, length: Callable[[], float]) -> None:
        """Ask this for the length of the queue whenever somebody looks."""
        self._queue.set_function(length)

    def shown(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _unlike_share(self) -> float:
        recent = tuple(self._recent)
        return sum(recent) / len(recent) if recent else 0.0


def metrics_router(metrics: Metrics) -> APIRouter:
    """Return the route on which Prometheus looks, `/metrics`."""
    router = APIRouter(tags=["operation"])

    @router.get(
        "/metrics",
        summary="Counters for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def show() -> Response:
        return Response(metrics.shown(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
