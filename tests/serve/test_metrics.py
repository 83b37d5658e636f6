from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from homespun.serve.metrics import Metrics, metrics_router


def values(metrics: Metrics) -> Mapping[tuple[str, ...], float]:
    """Read the text as Prometheus does: a name and its sorted labels lead to a number."""
    return {
        (sample.name, *(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.shown().decode())
        for sample in family.samples
    }


def answer(label: str, probability: float, trust: str) -> dict[str, object]:
    return {"label": label, "probability": probability, "trust": trust, "probabilities": {}}


def test_answers_are_counted_by_trust_and_their_scores_by_class() -> None:
    metrics = Metrics()
    metrics.answered(answer("Bag", 0.95, "yes"), seconds=0.25)
    metrics.answered(answer("Bag", 0.55, "unsure"))
    metrics.answered(answer("Coat", 0.35, "unlike"))
    found = values(metrics)
    assert found["homespun_answers_total", "trust=yes"] == 1
    assert found["homespun_answers_total", "trust=unlike"] == 1
    assert found["homespun_score_count", "label=Bag"] == 2
    assert found["homespun_score_sum", "label=Bag"] == pytest.approx(1.5)
    assert found["homespun_score_bucket", "label=Bag", "le=0.6"] == 1
    assert found["homespun_score_bucket", "label=Coat", "le=0.4"] == 1
    assert found["homespun_stage_seconds_sum", "stage=answer"] == 0.25
    assert found["homespun_stage_seconds_count", "stage=answer"] == 1


def test_the_share_of_unlike_pictures_forgets() -> None:
    metrics = Metrics()
    assert values(metrics)["homespun_unlike_share",] == 0
    for _ in range(3):
        metrics.answered(answer("Bag", 0.9, "yes"))
    metrics.answered(answer("Bag", 0.9, "unlike"))
    assert values(metrics)["homespun_unlike_share",] == 0.25
    for _ in range(1000):
        metrics.answered(answer("Bag", 0.9, "yes"))
    assert values(metrics)["homespun_unlike_share",] == 0


def test_series_that_alarms_look_at_are_there_from_the_beginning() -> None:
    """A series that begins with its first event has no increase to be alarmed by."""
    found = values(Metrics())
    for trust in ("yes", "unsure", "unlike"):
        assert found["homespun_answers_total", f"trust={trust}"] == 0
    for outcome in ("taken", "refused"):
        assert found["homespun_model_swaps_total", f"outcome={outcome}"] == 0


def test_requests_that_have_begun_are_under_way_until_they_end() -> None:
    metrics = Metrics()
    metrics.arrived()
    metrics.arrived()
    metrics.left("POST", "/api/predict", "200", 0.3)
    found = values(metrics)
    assert found["homespun_requests_under_way",] == 1
    request = ("method=POST", "route=/api/predict", "status=200")
    assert found["homespun_requests_total", *request] == 1
    assert found["homespun_request_seconds_bucket", "le=0.2", "route=/api/predict"] == 0
    assert found["homespun_request_seconds_bucket", "le=0.5", "route=/api/predict"] == 1


def test_made_up_methods_make_no_new_series() -> None:
    metrics = Metrics()
    for number in range(20):
        metrics.left(f"M{number}", "other", "405", None)
    found = values(metrics)
    assert found["homespun_requests_total", "method=other", "route=other", "status=405"] == 20
    assert not [key for key in found if key[0] == "homespun_request_seconds_count"]


def test_the_queue_is_asked_when_somebody_looks() -> None:
    metrics, queue = Metrics(), [1, 2, 3]
    metrics.watch_queue(lambda: len(queue))
    assert values(metrics)["homespun_queue_length",] == 3
    queue.pop()
    assert values(metrics)["homespun_queue_length",] == 2


def test_only_the_model_that_answers_is_named() -> None:
    metrics = Metrics()
    metrics.serving("old", "aa")
    metrics.serving("new", "bb")
    metrics.swapped(taken=True)
    metrics.swapped(taken=False)
    metrics.swapped(taken=False)
    found = values(metrics)
    models = [key for key in found if key[0] == "homespun_model_info"]
    assert models == [("homespun_model_info", "name=new", "weight_hash=bb")]
    assert found["homespun_model_swaps_total", "outcome=taken"] == 1
    assert found["homespun_model_swaps_total", "outcome=refused"] == 2


def test_two_servers_in_one_process_do_not_disturb_each_other() -> None:
    one, other = Metrics(), Metrics()
    one.spent("decode", 0.5)
    assert values(one)["homespun_stage_seconds_count", "stage=decode"] == 1
    assert ("homespun_stage_seconds_count", "stage=decode") not in values(other)


def test_prometheus_finds_text_of_its_own_kind() -> None:
    metrics, app = Metrics(), FastAPI()
    app.include_router(metrics_router(metrics))
    metrics.swapped(taken=True)

    async def look() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.get("/metrics")

    shown = asyncio.run(look())
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/plain; version=")
    assert 'homespun_model_swaps_total{outcome="taken"} 1.0' in shown.text.splitlines()
