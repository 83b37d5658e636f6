"""`GET /api/model`: which model answers, what it knows, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from homespun.errors import HomespunError
from homespun.models import Model
from homespun.runs.folder import find_run
from homespun.runs.trust import PROMISE
from homespun.serve.json_answer import JsonAnswer
from homespun.serve.schemas import ModelInfo, problems
from homespun.serve.served import Holder, Served
from homespun.serve.steps import TITLES


def model_router(holder: Holder) -> APIRouter:
    """Return the route that describes the model that `holder` has at that moment."""
    router = APIRouter(tags=["model"])

    @router.get(
        "/api/model",
        summary="Which model answers?",
        responses={200: {"model": ModelInfo}, **problems(403)},
    )
    async def model() -> JsonAnswer:
        return JsonAnswer(describe(holder.current))

    return router


def describe(served: Served) -> dict[str, Any]:
    """Return what there is to say of a model, ready for JSON."""
    model = served.model
    return {
        "name": served.name,
        "weight_hash": served.weight_hash,
        "classes": list(model.class_names),
        "input_shape": list(model.in_shape),
        "preparation": [
            {"name": name, "title": title, "on": getattr(served.preparation, name)}
            for name, title in TITLES.items()
        ],
        "recipe": _recipe(model),
        "accuracy": _accuracy(served),
        "trust": trust_sentence(model),
        "loaded_at": served.loaded_at.isoformat(timespec="seconds"),
        "has_similar": served.similar.is_ready,
    }


def trust_sentence(model: Model) -> str:
    """Return what `trust` means with this model, for people."""
    if model.sure_from is None:
        return "no answer of this model counts as sure: nothing was measured that it could promise"
    return (
        f"yes: so sure an answer was right at least {PROMISE:.0%} of the time on pictures held "
        "out; unsure: look yourself; not like the training data: the answer means nothing"
    )


def _recipe(model: Model) -> str | None:
    settings = model.record.get("settings", model.record)
    recipe = settings.get("recipe") if isinstance(settings, Mapping) else None
    return recipe if isinstance(recipe, str) else None


def _accuracy(served: Served) -> float | None:
    """Return the accuracy that was measured when the model was made, or None.

    It stands beside the model in its run's record; in the record of the packaged model itself.
    """
    judged = served.model.record.get("judged")
    if isinstance(judged, Mapping):
        found = [part.get("accuracy") for part in judged.values() if isinstance(part, Mapping)]
        return float(found[0]) if found and isinstance(found[0], float) else None
    try:
        record = find_run(served.path.parent).read_record()
    except HomespunError:
        return None
    result = record.get("result", {})
    if result.get("weight_hash") != served.weight_hash:
        return None
    return float(result["test"]["accuracy"])
