from __future__ import annotations

import numpy as np
import pytest
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.model_selection import GridSearchCV

from homespun.estimators import ImageClassifier


class Recorder:
    """Notes the tasks of one estimator; may ask to stop, or look at what is fitted."""

    def __init__(self, stop_after=None):
        self.seen = []
        self.scores = []
        self.stop_after = stop_after

    def setup(self, estimator, context):
        self.seen.append("setup")

    def on_fit_task_begin(self, estimator, context):
        self.seen.append(f"begin {context.task_name} {context.task_id} {context.max_subtasks}")

    def on_fit_task_end(self, estimator, context, *, X, y, metadata, fitted_estimator):
        self.seen.append(f"end {context.task_name} {context.task_id}")
        self.metadata = metadata
        if fitted_estimator is not None:
            self.scores.append(fitted_estimator.score(X, y))
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_after

    def teardown(self, estimator, context):
        self.seen.append("teardown")


def test_a_fit_is_a_task_and_so_is_each_epoch(rows):
    recorder = Recorder()
    weights = np.ones(len(rows[1]))
    classifier = ImageClassifier(max_iter=2, random_state=0).set_callbacks(recorder)
    classifier.fit(*rows, sample_weight=weights)
    assert recorder.seen == [
        "setup",
        "begin fit 0 2",
        "begin epoch 0 0",
        "end epoch 0",
        "begin epoch 1 0",
        "end epoch 1",
        "end fit 0",
        "teardown",
    ]
    assert recorder.metadata["sample_weight"] is weights
    assert recorder.scores[-1] == classifier.score(*rows)
    assert "_callback_fit_ctx" not in vars(classifier)


def test_callbacks_do_not_move_a_bit(rows):
    watched = ImageClassifier(max_iter=3, random_state=0).set_callbacks(Recorder()).fit(*rows)
    alone = ImageClassifier(max_iter=3, random_state=0).fit(*rows)
    assert watched.model_.parameters.weight_hash() == alone.model_.parameters.weight_hash()


def test_a_callback_may_stop_the_fit(rows):
    recorder = Recorder(stop_after=3)
    classifier = ImageClassifier(max_iter=50, random_state=0).set_callbacks(recorder).fit(*rows)
    assert classifier.n_iter_ == 3
    assert recorder.seen[-3:] == ["end epoch 2", "end fit 0", "teardown"]


def test_an_epoch_that_is_cut_short_ends_too(rows):
    recorder = Recorder()
    ImageClassifier(max_iter=10, max_time=1e-9, batch_size=50).set_callbacks(recorder).fit(*rows)
    assert recorder.seen.count("begin epoch 0 0") == recorder.seen.count("end epoch 0") == 1
    assert recorder.seen[-2:] == ["end fit 0", "teardown"]


def test_callbacks_are_torn_down_after_an_error(rows):
    recorder = Recorder()
    classifier = ImageClassifier("nonsense", image_shape=(2, 2)).set_callbacks(recorder)
    with pytest.raises(ValueError, match="no recipe"):
        classifier.fit(*rows)
    assert recorder.seen == []
    classifier.set_params(
        layers=None, image_shape=None, optimizer="sgd", learning_rate_init=1e300, batch_size=50
    )
    with pytest.raises(ArithmeticError):
        classifier.fit(*rows)
    assert recorder.seen[-1] == "teardown"


def test_scikit_learns_monitor_sees_every_epoch(rows):
    monitor = ScoringMonitor(scoring="accuracy")
    ImageClassifier(max_iter=4, random_state=0).set_callbacks(monitor).fit(*rows)
    log = monitor.get_logs()
    scores = [row["accuracy"] for row in log.data if row["task_name"] == "epoch"]
    assert len(scores) == 4
    assert scores[-1] > scores[0]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_progress_bars_nest_under_those_of_a_search(rows, capsys, n_jobs):
    search = GridSearchCV(
        ImageClassifier(max_iter=3, random_state=0), {"l2": [0, 1]}, cv=2, n_jobs=n_jobs
    )
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(*rows)
    lines = [line for line in capsys.readouterr().out.splitlines() if "ImageClassifier" in line]
    of_search = [line for line in lines if "candidate-split-evaluation" in line][-4:]
    of_best = [line for line in lines if "refit-with-best-params" in line][-1:]
    assert all(line.startswith("    Grid") and "100%" in line for line in of_search)
    assert all(line.startswith("  Grid") and "100%" in line for line in of_best)
    assert (len(of_search), len(of_best)) == (4, 1)
