"""`POST /api/predict`: pictures in, answers out, in the words of `homespun predict --json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from homespun.serve.answering import Answer, Answering, wishes_of
from homespun.serve.json_answer import JsonAnswer
from homespun.serve.problems import Problem
from homespun.serve.schemas import PREDICT_BODY, Predicted, problems
from homespun.serve.served import Holder
from homespun.serve.settings import Settings
from homespun.serve.uploads import Upload, read_uploads

PREDICT = "/api/predict"
"""Where pictures are sent to."""

_OFF = "Steps of the preparation to leave out, with commas between them."
_STEPS = "Whether to show the steps of the preparation as small pictures."
_EXPLAIN = "Whether to show which places of the picture the answer hangs on."
_SIMILAR = "Whether to show the training pictures that are most like it."


def predict_router(settings: Settings, holder: Holder, answering: Answering) -> APIRouter:
    """Return the route that answers pictures.

    Args:
        settings: how many pictures one request may bring.
        holder: the model that answers.
        answering: answers on its workers.
    """
    router = APIRouter(tags=["pictures"])

    @router.post(
        PREDICT,
        summary="What do these pictures show?",
        responses={200: {"model": Predicted}, **problems(400, 403, 408, 413, 415, 422, 503)},
        openapi_extra={"requestBody": PREDICT_BODY},
    )
    async def predict(
        request: Request,
        off: Annotated[str, Query(max_length=200, description=_OFF)] = "",
        steps: Annotated[bool, Query(description=_STEPS)] = False,
        explain: Annotated[bool, Query(description=_EXPLAIN)] = False,
        similar: Annotated[bool, Query(description=_SIMILAR)] = False,
    ) -> JsonAnswer:
        """Answer one picture or several.

        Send a picture's bytes as the body, or a form with one or more files called `picture`. A
        picture that cannot be read gets its reason, and the others their answers; where it is the
        only one, the reason is the answer (415 or 422).
        """
        wishes = wishes_of(off, steps=steps, explain=explain, similar=similar)
        uploads = await read_uploads(request, settings.most_pictures)
        served = holder.current
        told = await answering.answer(served, [one.content for one in uploads], wishes)
        if len(told) == 1 and isinstance(told[0], Problem):
            raise told[0]
        model = {"name": served.name, "weight_hash": served.weight_hash}
        return JsonAnswer({"model": model, "answers": _named(uploads, told)})

    return router


def _named(uploads: Sequence[Upload], told: Sequence[Answer | Problem]) -> list[dict[str, Any]]:
    """Return the answers with the names of their files."""
    return [
        {"file": upload.file, "error": one.detail, "code": one.code}
        if isinstance(one, Problem)
        else {"file": upload.file, **one}
        for upload, one in zip(uploads, told, strict=True)
    ]
