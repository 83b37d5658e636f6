"""How a classifier learns: samples are read, trained on, and what came of it is kept."""

from __future__ import annotations

import copy
from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np
from rich.console import Console
from sklearn.utils.validation import _check_sample_weight, validate_data

from homespun.estimators.dense_weights import n_weighted_layers
from homespun.estimators.fitting import Fit, TellReady
from homespun.estimators.past import Past
from homespun.estimators.pictures import PIXEL_TYPES, check_shape, in_shape_of, rows_of
from homespun.estimators.planning import Wishes, make_plan
from homespun.estimators.samples import Samples
from homespun.estimators.targets import Targets, targets_of
from homespun.estimators.threads import threads_for
from homespun.models import Model
from homespun.optim import Constant
from homespun.training import Callback, Plan, TimeLimit
from homespun.training.progress import ShowProgress
from homespun.types import Array, Shape


class Learner:
    """The part of an estimator that learns, from its settings, which are those of `Wishes` besides.

    What it keeps is described by the estimator.
    """

    image_shape: Any
    learning_rate: Any
    multilabel: bool | Literal["auto"]
    thresholds: Any
    class_weight: Any
    early_stopping: bool
    scoring: Any
    n_iter_no_change: int | None
    tol: float
    max_time: float | None
    warm_start: bool
    n_jobs: int | None
    verbose: bool
    random_state: Any

    classes_: Array
    in_shape_: Shape
    _is_flat: bool
    _model: Model
    _past: Past
    _targets: Targets

    def _read(
        self, X: Any, y: Any, sample_weight: Any, *, reset: bool, classes: Any = None
    ) -> Samples:
        """Check the samples; with `reset`, take over what kind they are."""
        X, shape = rows_of(X)
        rows, y = validate_data(self, X, y, dtype=PIXEL_TYPES, multi_output=True, reset=reset)
        y, targets = targets_of(y, self.multilabel, classes)
        if reset:
            self.__dict__.pop("_model", None)
            self.in_shape_ = in_shape_of(
                rows.shape[1], self.image_shape, shape, type(self).__name__
            )
            self._is_flat = self.image_shape is None and shape is None
            self._targets = targets
            self.classes_ = targets.classes
        self._targets.thresholds(self.thresholds)  # in time, not after a long fit
        check_shape(shape, self.in_shape_, type(self).__name__)
        if type(targets) is not type(self._targets):
            raise ValueError("y has another kind of labels than in the call to fit before")
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, rows, dtype=np.float64, ensure_non_negative=True
            )
        return Samples(rows, y, self._targets.encode(y), weights).that_count()

    def _read_validation(self, data: Any) -> Samples:
        """Check the part that the user holds out; it says nothing new about what kind it is."""
        if not isinstance(data, tuple | list) or len(data) != 2:
            raise ValueError("validation_data must be a tuple (X, y)")
        X, y = data
        return self._read(X, y, None, reset=False)

    def _check_part(self, y: Any, classes: Any, goes_on: bool) -> None:
        """Refuse what a single pass over a part of the data cannot know or do."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.class_weight == "balanced":
            raise ValueError("class_weight 'balanced' is not supported for partial_fit")
        if not goes_on and classes is None and np.ndim(y) == 1:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if (
            goes_on
            and classes is not None
            and not np.array_equal(np.unique(classes), self.classes_)
        ):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}"
            )

    def _plan(self, samples: Samples, seed: int) -> Plan:
        wishes = Wishes(**{name: getattr(self, name) for name in Wishes.__annotations__})
        plan = make_plan(
            wishes,
            in_shape=self.in_shape_,
            is_flat=self._is_flat,
            n_samples=len(samples.rows),
            n_classes=len(self.classes_),
            seed=seed,
        )
        loss = self._targets.choose_loss(plan.loss)
        return replace(plan, loss=loss, precision=samples.precision)

    def _plan_of_part(self, samples: Samples, past: Past) -> Plan:
        """Return the plan for one more epoch: a schedule over a run means nothing here."""
        plan = replace(self._plan(samples, past.seed), epochs=len(past.records) + 1)
        if isinstance(self.learning_rate, str | None):
            lr: Any = plan.schedule  # each that a name or a recipe stands for has a largest lr
            plan = replace(plan, schedule=Constant(lr.lr))
        return plan

    def _train(
        self,
        plan: Plan,
        samples: Samples,
        held_out: Samples | None,
        past: Past,
        model: Model | None,
        tell_ready: TellReady | None = None,
    ) -> None:
        if model is not None and plan.network != model.network:
            raise ValueError("the layers are not those of the call to fit before")
        callbacks: list[Callback] = []
        if self.max_time is not None:
            callbacks.append(TimeLimit(self.max_time))
        if self.verbose:
            callbacks.append(ShowProgress(Console()))
        fit = Fit(
            plan=plan,
            past=past,
            model=model,
            in_shape=self.in_shape_,
            targets=self._targets,
            importance=samples.importance(self.class_weight),
            scoring=self.scoring,
            ready=self._ready,
            patience=self.n_iter_no_change if self.early_stopping or not held_out else None,
            tol=self.tol,
            callbacks=callbacks,
            tell_ready=tell_ready,
            threads=threads_for(self.n_jobs),
        )
        self._keep(*fit.run(samples, held_out))

    def _ready(self, model: Model) -> Learner:
        """Return a copy that predicts with `model`, and takes rows without feature names."""
        ready = copy.copy(self)
        ready._model = model
        ready.__dict__.pop("feature_names_in_", None)
        return ready

    def _keep(self, model: Model, past: Past) -> None:
        self._model = model
        self._past = past
        self.n_iter_ = len(past.records)
        self.history_ = [
            asdict(record) | {"score": score}
            for record, score in zip(past.records, past.scores, strict=True)
        ]
        self.loss_curve_ = [record.loss + record.penalty for record in past.records]
        scores = [score for score in past.scores if score is not None]
        self.validation_scores_ = scores or None
        self.best_validation_score_ = max(scores) if scores else None
        self.best_loss_ = None if scores or not past.records else min(self.loss_curve_)
        self.n_layers_ = n_weighted_layers(model) + 1
        self.n_outputs_ = len(self.classes_)
        self.out_activation_ = self._targets.activation
