"""From what a client sent to what it is told: read, prepared, asked of the network, explained."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from http import HTTPStatus
from typing import Any, TypeAlias

import numpy as np

from homespun.data import Preparation, Prepared, prepare, read_photo
from homespun.errors import PhotoError
from homespun.models import TRUST_IN_WORDS
from homespun.models.explanation import occlusion_map
from homespun.serve.batching import Batcher
from homespun.serve.metrics import Metrics
from homespun.serve.pixels import png_uri, tinted
from homespun.serve.problems import Problem
from homespun.serve.served import Served
from homespun.serve.settings import Settings
from homespun.serve.steps import shown_steps
from homespun.serve.unreadable import unreadable
from homespun.types import ByteArray

Answer: TypeAlias = dict[str, Any]
"""What is said of one picture, ready for JSON."""

SWITCHES = tuple(field.name for field in fields(Preparation))
"""What may be switched off; `fill` is a choice between two ways and goes along."""

_N_SIMILAR = 5


@dataclass(frozen=True)
class Wishes:
    """What a client wants besides the answer.

    Attributes:
        off: steps of the preparation to leave out, by the names of their switches.
        steps: the pictures of the preparation's steps.
        explain: what the answer hangs on.
        similar: training pictures that are like this one.
    """

    off: frozenset[str] = frozenset()
    steps: bool = False
    explain: bool = False
    similar: bool = False


NOTHING = Wishes()


@dataclass(frozen=True, eq=False)
class Question:
    """One picture to answer.

    Attributes:
        served: who answers, whatever takes over meanwhile.
        picture: a file's bytes; or pixels that are as the model takes them.
        wishes: what else is wanted.
        asked_at: when, by the clock.
    """

    served: Served
    picture: bytes | ByteArray
    wishes: Wishes
    asked_at: float


@dataclass(frozen=True, eq=False)
class Ready:
    """A question whose picture is as the model takes it."""

    question: Question
    pixels: ByteArray
    prepared: Prepared | None


class Answering:
    """Answers pictures for every door of the server, on its workers.

    Raises where it is asked:
        Problem: there is no room in the line.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._metrics = metrics
        self._clock = clock
        self._queue = settings.queue
        self.batcher: Batcher[Question, Ready, Answer] = Batcher(
            self._prepare, self._answer, settings.n_workers, settings.queue
        )

    @property
    def has_room(self) -> bool:
        """Whether one more picture finds room in the line."""
        return len(self.batcher) < self._queue

    async def answer(
        self, served: Served, pictures: Sequence[bytes | ByteArray], wishes: Wishes = NOTHING
    ) -> list[Answer | Problem]:
        """Return what is said of each picture, or why nothing is.

        Args:
            served: the model that answers.
            pictures: files' bytes, or pixels as the model takes them, of its shape and type.
            wishes: what else is wanted of each.

        Raises:
            Problem: not all of them find room in the line.
        """
        now = self._clock()
        told = await self.batcher.ask(*(Question(served, p, wishes, now) for p in pictures))
        for one in told:
            if isinstance(one, Exception) and not isinstance(one, Problem):
                raise one
        return [one for one in told if isinstance(one, dict | Problem)]

    def _prepare(self, question: Question) -> Ready:
        """Read and prepare one photo; on a worker."""
        began = self._clock()
        self._metrics.spent("wait", began - question.asked_at)
        if isinstance(question.picture, np.ndarray):
            return Ready(question, question.picture, None)
        try:
            photo = read_photo(question.picture)
        except PhotoError as error:
            raise unreadable(question.picture, error) from error
        read = self._clock()
        preparation = _without(question.served.preparation, question.wishes.off)
        prepared = prepare(photo, question.served.model.in_shape, preparation)
        self._metrics.spent("decode", read - began)
        self._metrics.spent("prepare", self._clock() - read)
        return Ready(question, prepared.pixels, prepared)

    def _answer(self, ready: Sequence[Ready]) -> list[Answer | Exception]:
        """Ask the network, for all that ask the same model at one time; on a worker."""
        found: dict[int, Answer | Exception] = {}
        for served in {one.question.served for one in ready}:
            own = [i for i, one in enumerate(ready) if one.question.served is served]
            began = self._clock()
            stack = np.stack([ready[i].pixels for i in own])
            answers = served.together.answer(stack, threads=1).named(served.model.class_names)
            spent = (self._clock() - began) / len(own)
            for i, answer in zip(own, answers, strict=True):
                self._metrics.spent("network", spent)
                found[i] = self._complete(ready[i], answer)
        return [found[i] for i in range(len(ready))]

    def _complete(self, ready: Ready, answer: Answer) -> Answer | Exception:
        """Return the answer with what else is wanted, and when it was given."""
        try:
            answer["trust_words"] = TRUST_IN_WORDS[answer["trust"]]
            answer |= _extras(ready, answer["label"])
        except Exception as error:  # which is no matter of the others
            return error
        seconds = self._clock() - ready.question.asked_at
        self._metrics.answered(answer, seconds)
        return answer | {"milliseconds": round(seconds * 1000, 3)}


def wishes_of(off: str, *, steps: bool, explain: bool, similar: bool) -> Wishes:
    """Return the wishes in a query; `off` names steps with commas between them.

    Raises:
        Problem: there is no such step.
    """
    names = frozenset(name for name in off.split(",") if name)
    if unknown := names.difference(SWITCHES):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unknown-step",
            f"off: there is no step {min(unknown)[:40]!r}",
            f"name some of these, with commas between them: {', '.join(SWITCHES)}",
        )
    return Wishes(names, steps, explain, similar)


def _without(preparation: Preparation, off: frozenset[str]) -> Preparation:
    return replace(preparation, **dict.fromkeys(off, False))


def _extras(ready: Ready, label: str) -> Mapping[str, Any]:
    """Return what else is wanted of one picture."""
    question = ready.question
    model, wishes = question.served.model, question.wishes
    found: dict[str, Any] = {}
    if wishes.steps:
        found["steps"] = shown_steps(ready.prepared, wishes.off)
    if wishes.explain:
        number = model.class_names.index(label)
        lost = occlusion_map(model, ready.pixels, number, threads=1)
        found["occlusion"] = png_uri(tinted(ready.pixels, lost))
    if wishes.similar:
        found["similar"] = [
            {"label": one.label, "picture": png_uri(one.pixels), "distance": one.distance}
            for one in question.served.similar.nearest(model, ready.pixels, _N_SIMILAR)
        ]
    return found
