"""How far a run's confidence can be trusted: on pictures like its own, and on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from homespun.report.figures import reliability_diagram, risk_coverage_curve, score_histogram
from homespun.report.rendering import Picture, drawn
from homespun.runs import Examination
from homespun.runs.calibration import probabilities_at, risk_coverage
from homespun.runs.evaluation import calibration_error
from homespun.runs.far import far_sets, separation, unlikeness
from homespun.types import FloatArray

_SCORE = "how far from the training pictures, seen from inside (about 0: not at all)"
_PLAIN_SCORE = "1 - highest probability"


@dataclass(frozen=True)
class AsTrained:
    """What a model's probabilities were like before they were calibrated.

    Attributes:
        error: the calibration error on the test part.
        lean: mean confidence minus accuracy: above 0 it was too sure of itself.
    """

    error: float
    lean: float


def as_trained(found: Examination) -> AsTrained | None:
    """Return what calibration has mended; None where nothing was calibrated."""
    if not is_calibrated(found):
        return None
    plain = probabilities_at(found.model.loss, found.test_logits)
    right = plain.argmax(axis=1) == found.test.labels
    confidence = plain.max(axis=1)
    return AsTrained(calibration_error(confidence, right), float((confidence - right).mean()))


def is_calibrated(found: Examination) -> bool:
    """Return whether the model's probabilities are not just those that it was trained to give."""
    return found.model.temperature != 1 or found.model.smoothing != 0


def calibration(found: Examination, plain: FloatArray, after: FloatArray) -> dict[str, Any]:
    """Return how confidence and accuracy agree on the test part, before and after calibration."""
    labels = found.test.labels
    lines = {"as trained": plain}
    if is_calibrated(found):
        lines["calibrated"] = after
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
        "temperature": found.model.temperature if is_calibrated(found) else None,
        "smoothing": found.model.smoothing,
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


@dataclass(frozen=True)
class Group:
    """What the model makes of one kind of pictures.

    Attributes:
        name: what they are.
        n: how many.
        area: how often one of them scores above a test picture; None for the test part.
        yes: the share of its answers that are marked so; unsure and unlike likewise.
        unsure: see there.
        unlike: see there.
    """

    name: str
    n: int
    area: float | None
    yes: float
    unsure: float
    unlike: float


def far(found: Examination, seed: int, threads: int | None = None) -> dict[str, Any]:
    """Return how the model's score tells pictures of its classes from others."""
    kinds = {found.judged_on: found.test.images, **far_sets(found.model.in_shape, seed)}
    answers = {name: found.model.answer(images, threads) for name, images in kinds.items()}
    scores = {
        name: unlikeness(one.probabilities) if one.unlikeness is None else one.unlikeness
        for name, one in answers.items()
    }
    areas = {name: separation(scores[found.judged_on], one) for name, one in scores.items()}
    groups = [
        Group(
            name=name,
            n=len(one.trust),
            area=None if name == found.judged_on else areas[name],
            **{
                kind: one.trust.count(kind) / len(one.trust) for kind in ("yes", "unsure", "unlike")
            },
        )
        for name, one in answers.items()
    ]
    sure = np.array([word == "yes" for word in answers[found.judged_on].trust])
    right = answers[found.judged_on].probabilities.argmax(axis=1) == found.test.labels
    return {
        "groups": groups,
        "sure_right": float(right[sure].mean()) if sure.any() else None,
        "knows": found.model.rejection is not None,
        "kept": found.model.rejection.kept if found.model.rejection else None,
        "sure_from": found.model.sure_from,
        "picture": _histogram(found, scores, areas),
    }


def _histogram(
    found: Examination, scores: dict[str, FloatArray], areas: dict[str, float]
) -> Picture:
    rejection = found.model.rejection
    figure = score_histogram(
        scores,
        _SCORE if rejection else _PLAIN_SCORE,
        rejection.threshold if rejection else None,
    )
    told = [f"{name} {100 * area:.1f}%" for name, area in areas.items() if name != found.judged_on]
    return drawn(
        figure,
        "Scores, a row for each kind of pictures; how often one of them scores above a picture of "
        f"the {found.judged_on}: {', '.join(told)}",
    )
