"""What only model and data together can show: the parts of a page that need an examination."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from homespun.data import Dataset
from homespun.nn.parameters import named_arrays
from homespun.report.answers import cards, first_right_and_wrong, greatest_losses
from homespun.report.figures import (
    filters,
    mosaic,
    network,
    place_map,
    reliability_diagram,
    risk_coverage_curve,
    score_histogram,
)
from homespun.report.figures.filters import MOST
from homespun.report.pixels import strip_uri, thumbnails
from homespun.report.rendering import Picture, drawn
from homespun.report.words import most_confused
from homespun.runs import Examination, evaluate
from homespun.runs.calibration import probabilities_at, risk_coverage
from homespun.runs.costs import Costs
from homespun.runs.evaluation import calibration_error, interval
from homespun.runs.far import far_pictures, separation, unlikeness
from homespun.runs.maps import hidden, subset, tsne
from homespun.runs.rivals import mcnemar, rivals
from homespun.runs.seen import first_shard
from homespun.runs.suspects import suspects
from homespun.types import FloatArray, IntArray, Shape

_SEEN = 60
_PAIRS = 10
_STRIP = 8
_CARDS = 9
_SUSPECTS = 12
_ON_MAP = 1000
_FEWEST_ON_MAP = 10


def findings(found: Examination, costs: Costs, seed: int) -> dict[str, Any]:
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
        "suspects": _suspects(found),
        "calibration": _calibration(found, plain, after),
        "far": _far(found, after),
        "network": _network(costs, found.model.in_shape),
        "filters": _filters(found),
        "maps": _maps(found, seed),
        "rivals": _rivals(found, seed),
    }


def calibration_after(found: Examination) -> float:
    """Return the calibration error on the test part at the run's temperature."""
    probabilities = found.probabilities(found.test_logits)
    right = probabilities.argmax(axis=1) == found.test.labels
    return calibration_error(probabilities.max(axis=1), right)


def _seen(found: Examination) -> dict[str, Any]:
    _, seen = first_shard(found.plan, found.train)
    images = thumbnails(seen.images[:_SEEN])
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


def _suspects(found: Examination) -> list[dict[str, Any]]:
    """Return suspected label errors of the parts that the model did not learn from."""
    told = [_suspects_of(found, found.test, found.test_logits, np.arange(len(found.test)))]
    told[0] |= {"part": "test part", "file": "test part"}
    if found.validation is not None and found.validation_logits is not None:
        logits, places = found.validation_logits, found.validation_places
        held_out = _suspects_of(found, found.validation, logits, places)
        told.append(held_out | {"part": "validation part", "file": "training file"})
    return told


def _suspects_of(
    found: Examination, data: Dataset, logits: FloatArray, places: IntArray
) -> dict[str, Any]:
    """Return how many labels are suspect, and the clearest by their places in the file."""
    probabilities = found.probabilities(logits)
    named = suspects(probabilities, data.labels)
    shown = cards(data, probabilities, [one.index for one in named[:_SUSPECTS]])
    in_file = [replace(card, index=int(places[card.index])) for card in shown]
    return {"n": len(named), "of": len(data), "cards": in_file}


def _calibration(found: Examination, plain: FloatArray, after: FloatArray) -> dict[str, Any]:
    labels = found.test.labels
    fitted = found.validation is not None
    lines = {"as trained": plain}
    if fitted:
        lines[f"at temperature {found.temperature:.2f}"] = after
    right = after.argmax(axis=1) == labels
    _coverage, risk = risk_coverage(after.max(axis=1), right)
    rows = [
        {"coverage": share, "risk": float(risk[max(0, round(share * len(labels)) - 1)])}
        for share in (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
    ]
    errors = {
        name: calibration_error(p.max(axis=1), p.argmax(axis=1) == labels)
        for name, p in lines.items()
    }
    said = "; ".join(f"{name} off by {100 * error:.1f} points" for name, error in errors.items())
    return {
        "temperature": found.temperature if fitted else None,
        "errors": errors,
        "coverage": rows,
        "diagram": drawn(
            reliability_diagram(labels, lines),
            f"Share of right answers against confidence; on average {said}",
        ),
        "risk": drawn(
            risk_coverage_curve(labels, after),
            f"Share of errors against the share of pictures that get an answer: "
            f"{100 * rows[0]['risk']:.1f}% at one half, {100 * rows[-1]['risk']:.1f}% at all",
        ),
    }


def _far(found: Examination, after: FloatArray) -> dict[str, Any]:
    far = unlikeness(found.ask(far_pictures(found.model.in_shape)))
    near = unlikeness(after)
    right = after.argmax(axis=1) == found.test.labels
    groups = {
        "test part, answered rightly": near[right],
        "test part, answered wrongly": near[~right],
        "handwritten digits (far)": far,
    }
    area = separation(near, far)
    alt = f"Score by group: a far picture scores above a test picture {100 * area:.1f}% of the time"
    return {
        "area": area,
        "n": len(far),
        "picture": drawn(score_histogram(groups, "1 - highest probability"), alt),
    }


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


def _maps(found: Examination, seed: int) -> dict[str, Any] | None:
    if len(found.test) < _FEWEST_ON_MAP:
        return None
    chosen = found.test.take(subset(len(found.test), _ON_MAP, seed))
    images = thumbnails(chosen.images)
    pixels = tsne(chosen.images.reshape(len(chosen), -1) / 255, seed)
    inside = tsne(hidden(found.model, chosen.images), seed)
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


def _rivals(found: Examination, seed: int) -> list[dict[str, Any]]:
    """Return the ways to answer from worst to best, each held against the one before it."""
    labels = found.test.labels
    ways = [
        (rival.name, rival.how, rival.answers) for rival in rivals(found.train, found.test, seed)
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
