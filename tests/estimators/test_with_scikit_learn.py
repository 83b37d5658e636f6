"""ImageClassifier among scikit-learn's own: pipelines, searches, ensembles, routing, pages."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

from homespun.estimators import ImageClassifier
from homespun.nn import Dense, ReLU

SMALL = {"layers": [Dense(16), ReLU()], "max_iter": 20, "learning_rate_init": 0.01}


def classifier(**settings):
    return ImageClassifier(**(SMALL | {"random_state": 0} | settings))


def test_cross_validation_on_pictures(clothes):
    X, y = clothes
    scores = cross_val_score(classifier(), X, y, cv=3)
    assert scores.min() > 0.7


def test_a_search_with_two_jobs_gives_the_same_bits_as_with_one(clothes):
    X, y = clothes[0][:300], clothes[1][:300]
    grid = {"learning_rate_init": [0.001, 0.01], "layers": [[Dense(8), ReLU()], []]}
    alone, together = (
        GridSearchCV(classifier(max_iter=3), grid, cv=2, n_jobs=n_jobs).fit(X, y)
        for n_jobs in (1, 2)
    )
    for name in ("mean_test_score", "split0_test_score", "split1_test_score", "rank_test_score"):
        np.testing.assert_array_equal(alone.cv_results_[name], together.cv_results_[name])
    hashes = {s.best_estimator_.model_.parameters.weight_hash() for s in (alone, together)}
    assert len(hashes) == 1
    assert (alone.predict_proba(X) == together.predict_proba(X)).all()


def test_fits_in_two_jobs_end_with_the_bits_of_one(clothes):
    X, y = clothes[0][:300], clothes[1][:300]
    hashes = [
        [
            fitted.model_.parameters.weight_hash()
            for fitted in cross_validate(
                classifier(max_iter=3), X, y, cv=3, n_jobs=n_jobs, return_estimator=True
            )["estimator"]
        ]
        for n_jobs in (1, 2)
    ]
    assert hashes[0] == hashes[1]


def test_a_halving_search(clothes):
    X, y = clothes[0][:400], clothes[1][:400]
    search = HalvingRandomSearchCV(
        classifier(),
        {"learning_rate_init": [1e-5, 0.003, 0.01]},
        n_candidates=3,
        resource="max_iter",
        max_resources=9,
        min_resources=1,
        cv=2,
        random_state=0,
    ).fit(X, y)
    assert search.best_params_["learning_rate_init"] > 1e-5
    assert search.best_estimator_.n_iter_ == search.n_resources_[-1]
    assert search.score(X, y) > 0.3


def test_voting_and_calibration(rows):
    X, y = rows
    voting = VotingClassifier(
        [("net", classifier()), ("line", make_pipeline(StandardScaler(), LogisticRegression()))],
        voting="soft",
        n_jobs=2,
    ).fit(X, y)
    assert voting.score(X, y) > 0.9
    calibrated = CalibratedClassifierCV(classifier(), cv=2, method="isotonic").fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)
    assert calibrated.score(X, y) > 0.9


def test_data_frames_and_set_output(rows):
    X = pd.DataFrame(rows[0], columns=["length", "width", "height", "weight"])
    y = pd.Series(rows[1])
    pipeline = make_pipeline(StandardScaler(), classifier(early_stopping=True, scoring="accuracy"))
    pipeline.set_output(transform="pandas").fit(X, y)
    assert pipeline[-1].feature_names_in_.tolist() == X.columns.tolist()
    assert pipeline.score(X, y) > 0.9
    with pytest.raises(ValueError, match="feature names should match"):
        pipeline[-1].predict(X[X.columns[::-1]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        pipeline[-1].predict(rows[0])


def test_weights_and_validation_data_are_routed(rows):
    X, y = rows
    with config_context(enable_metadata_routing=True):
        net = classifier().set_fit_request(sample_weight=True, validation_data=True)
        net.set_score_request(sample_weight=False)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, net)
        weights = (y != "hat").astype(float)
        scaled = StandardScaler().fit_transform(X)
        pipeline.fit(X, y, sample_weight=weights, validation_data=(scaled, y))
        by_hand = classifier().fit(scaled, y, weights, validation_data=(scaled, y))
        assert len(pipeline[-1].validation_scores_) == pipeline[-1].n_iter_
        hashes = {net.model_.parameters.weight_hash() for net in (by_hand, pipeline[-1])}
        assert len(hashes) == 1
        scores = cross_validate(net, X, y, params={"sample_weight": weights}, cv=2)
        assert scores["test_score"].max() < 0.8  # a third are hats, which nobody learnt


def test_logits_serve_rankings_and_calibration(rows):
    X, y = rows
    is_hat = (y == "hat") ^ (np.arange(len(y)) % 6 == 0)  # no temperature mends what is certain
    net = classifier(max_iter=60).fit(X, is_hat)
    assert get_scorer("roc_auc")(net, X, is_hat) == roc_auc_score(is_hat, net.decision_function(X))
    calibrated = CalibratedClassifierCV(FrozenEstimator(net), method="temperature").fit(X, is_hat)
    beta = calibrated.calibrated_classifiers_[0].calibrators[0].beta_
    by_logits = expit(2 * beta * net.decision_function(X))  # it makes logits -d and d of d
    np.testing.assert_allclose(calibrated.predict_proba(X)[:, 1], by_logits, rtol=1e-6)


def test_the_page_that_shows_it_links_to_a_page_that_is_there():
    page = estimator_html_repr(classifier())
    link = re.search(r'class="sk-estimator-doc-link[^>]*href="([^"]+)"', page).group(1)
    address = urlsplit(link)
    assert address.scheme == "file"
    text = Path(url2pathname(address.path)).read_text()
    assert f'<h2 id="{address.fragment}">ImageClassifier</h2>' in text
    assert "The (largest) learning rate" in page  # what is said of each parameter


def test_a_search_shows_the_link_too(rows):
    search = GridSearchCV(classifier(max_iter=1), {"l2": [0.0]}, cv=2).fit(*rows)
    assert "documentation.html#imageclassifier" in estimator_html_repr(search)
