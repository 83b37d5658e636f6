"""What only model and data together can show: the parts of a page that need an examination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from homespun.data import Dataset
from homespun.nn.parameters import named_arrays
from homespun.report.answers import cards, first_right_and_wrong, greatest_losses
from homespun.report.doubts import doubts
from homespun.report.figures import (
    filters,
    mosaic,
    network,
    place_map,
)
from homespun.report.figures.filters import MOST
from homespun.report.pixels import strip_uri, thumbnails
from homespun.report.rendering import Picture, drawn
from homespun.report.trust import calibration, far
from homespun.report.words import most_confused
from homespun.runs import Examination, evaluate
from homespun.runs.calibration import probabilities_at
from homespun.runs.costs import Costs
from homespun.runs.evaluation import interval
from homespun.runs.maps import hidden, subset, tsne
from homespun.runs.rivals import mcnemar, rivals
from homespun.runs.seen import first_pictures
from homespun.types import FloatArray, IntArray, Shape

_SEEN = 60
_PAIRS = 10
_STRIP = 8
_CARDS = 9
_ON_MAP = 1000
_FEWEST_ON_MAP = 10


def findings(
    found: Examination, costs: Costs, seed: int, threads: int | None = None
) -> dict[str, Any]:
    """Return the parts of the page by the names that the template knows them under."""
    plain = probabilities_at(found.model.loss, found.test_logits)
    after = found.probabilities(found.test_logits)
    return {
        "seen": _seen(found),
        "pairs": _pairs(found.test, plain),
        "worst": cards(found.test, after, greatest_losses(found.test.labels, after, _CARDS)),
        "answers": cards(
            found.test, after, first_right_and_wrong(found.test.labels, after, _CARDS)
        ),
        "doubts": doubts(found, seed, threads),
        "calibration": calibration(found, plain, after),
        "far": far(found, seed, threads),
        "network": _network(costs, found.model.in_shape),
        "filters": _filters(found),
        "maps": _maps(found, seed, threads),
        "rivals": _rivals(found, seed, threads),
    }


def _seen(found: Examination) -> dict[str, Any]:
    _, seen = first_pictures(found.plan, found.train, _SEEN)
    images = thumbnails(seen.images)
    changes = ", ".join(repr(change) for change in found.plan.augmentation) or "none"
    alt = f"{len(images)} training pictures in rows, after augmentation ({changes}); 0 is black"
    return {"picture": drawn(mosaic(images), alt), "changes": changes, "n": len(images)}


@dataclass(frozen=True)
class Pair:
    """Two classes that are confused, with pictures of the first that were taken for the second."""

    truth: str
    answer: str
    count: int
    share: float
    strip: Picture


def _pairs(test: Dataset, probabilities: FloatArray) -> list[Pair]:
    answers = probabilities.argmax(axis=1)
    counts = evaluate(probabilities, test.labels, test.class_names).confusion
    return [
        _pair(test, answers, pair.truth, pair.answer, pair.count, pair.share)
        for pair in most_confused(counts.tolist(), _PAIRS)
    ]


def _pair(
    test: Dataset, answers: IntArray, truth: int, answer: int, count: int, share: float
) -> Pair:
    chosen = np.flatnonzero((test.labels == truth) & (answers == answer))[:_STRIP]
    names = test.class_names[truth], test.class_names[answer]
    alt = f"{len(chosen)} pictures of {names[0]} that were taken for {names[1]}"
    strip = Picture(strip_uri(test.images[chosen], len(chosen)), alt)
    return Pair(*names, count, share, strip)


def _network(costs: Costs, in_shape: Shape) -> Picture:
    told = [f"{row['name']} with {row['weights']:,} weights" for row in costs.layers]
    figure = network(costs.layers, in_shape)
    return drawn(figure, f"The {len(told)} layers in order: {', '.join(told)}")


def _filters(found: Examination) -> dict[str, Any] | None:
    first = next(
        (a for name, a in named_arrays(found.model.parameters.views).items() if name.endswith("W")),
        None,
    )
    in_shape = found.model.in_shape
    if first is None or not (first.ndim == 4 or len(first) == np.prod(in_shape)):
        return None
    figure = filters(first, in_shape)
    n = first.shape[-1]
    alt = "Weights of the first layer as small pictures, red where they add, blue where they take"
    return {"picture": drawn(figure, alt), "n": n, "shown": min(n, MOST)}


def _maps(found: Examination, seed: int, threads: int | None) -> dict[str, Any] | None:
    if len(found.test) < _FEWEST_ON_MAP:
        return None
    chosen = found.test.take(subset(len(found.test), _ON_MAP, seed)).in_memory()
    images = thumbnails(chosen.images)
    pixels = tsne(chosen.images.reshape(len(chosen), -1) / 255, seed)
    inside = tsne(hidden(found.model, chosen.images, threads), seed)
    said = f"{len(chosen):,} test pictures as dots coloured by class, placed by t-SNE of "
    names = chosen.class_names
    return {
        "n": len(chosen),
        "seed": seed,
        "pixels": drawn(place_map(pixels, chosen.labels, names, images), said + "their raw pixels"),
        "hidden": drawn(
            place_map(inside, chosen.labels, names, images), said + "the last hidden layer"
        ),
    }


def _rivals(found: Examination, seed: int, threads: int | None) -> list[dict[str, Any]]:
    """Return the ways to answer from worst to best, each held against the one before it."""
    labels = found.test.labels
    ways = [
        (rival.name, rival.how, rival.answers)
        for rival in rivals(found.train, found.test, seed, threads)
    ]
    own = found.test_logits.argmax(axis=1)
    ways.append(("this run", f"{found.model.parameters.vector.size:,} weights", own))
    ways.sort(key=lambda way: np.count_nonzero(way[2] == labels))
    rows: list[dict[str, Any]] = []
    for i, (name, how, answers) in enumerate(ways):
        right = answers == labels
        low, high = interval(right)
        before = mcnemar(ways[i - 1][2] == labels, right) if i else None
        rows.append(
            {"name": name, "how": how, "accuracy": float(right.mean()), "low": low, "high": high}
            | {"before": before}
        )
    return rows
