from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest

from homespun.data import Dataset
from homespun.report.trust import as_trained, calibration, far
from homespun.runs import Examination, RunFolder, examine


@pytest.fixture(scope="module")
def found(finished_run: RunFolder, pictures: Dataset) -> Examination:
    return examine(finished_run, pictures, pictures, 1)


@pytest.fixture(scope="module")
def plain(found: Examination) -> Examination:
    """The same run as if nothing had been held out."""
    model = replace(found.model, temperature=1.0, smoothing=0.0, rejection=None, sure_from=None)
    return replace(found, model=model)


def test_what_calibration_has_mended_is_told_only_where_there_was_one(
    found: Examination, plain: Examination
) -> None:
    assert as_trained(plain) is None
    labels = found.test.labels
    logits = np.full((len(labels), 3), -20.0)
    logits[np.arange(len(labels)), 0] = 20.0  # as sure as can be of the first class, a third of all
    told = as_trained(replace(found, test_logits=logits))
    assert told is not None
    assert told.error == pytest.approx(2 / 3)
    assert told.lean == pytest.approx(2 / 3)


def test_both_lines_are_drawn_only_after_calibration(
    found: Examination, plain: Examination
) -> None:
    p = found.probabilities(found.test_logits)
    both = calibration(found, p, p)
    assert list(both["errors"]) == ["as trained", "calibrated"]
    assert both["temperature"] == found.model.temperature
    one = calibration(plain, p, p)
    assert (list(one["errors"]), one["temperature"]) == (["as trained"], None)
    assert one["coverage"][-1]["risk"] == np.mean(p.argmax(axis=1) != found.test.labels)


def test_near_and_far_pictures_are_counted_by_trust(found: Examination) -> None:
    told = far(found, seed=1, threads=1)
    first, *others = told["groups"]
    assert (first.name, first.n, first.area) == ("test part", 120, None)
    assert [one.name for one in others] == [
        "handwritten digits", "letters", "pieces of photos", "noise"
    ]  # fmt: skip
    trust = found.model.trust(found.test.images, 1)
    assert first.unlike == trust.count("unlike") / 120
    for one in told["groups"]:
        assert one.yes + one.unsure + one.unlike == pytest.approx(1)
    assert all(0 <= one.area <= 1 for one in others)
    assert told["knows"]
    drawing = base64.b64decode(told["picture"].source.split(",")[1]).decode()
    assert "stroke-dasharray" in drawing  # the threshold


def test_a_model_that_cannot_tell_is_shown_with_the_simplest_score(plain: Examination) -> None:
    told = far(plain, seed=1, threads=1)
    assert (told["knows"], told["sure_right"], told["kept"]) == (False, None, None)
    assert {one.unsure for one in told["groups"]} == {1.0}
